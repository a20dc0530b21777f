"""Fullmakt's HTTP API, typed, sync and async.

The requests and answers of a service are in `fullmakt.client.models.<service>`, errors in `fullmakt.client.errors`.
"""

from fullmakt.client.credentials import AccessToken, ClientCredentials, Credentials, SignIn
from fullmakt.client.fullmakt import AsyncFullmakt, Fullmakt
from fullmakt.client.pages import AsyncPages, Pages
from fullmakt.client.retries import Retries

__all__ = [
    "AccessToken",
    "AsyncFullmakt",
    "AsyncPages",
    "ClientCredentials",
    "Credentials",
    "Fullmakt",
    "Pages",
    "Retries",
    "SignIn",
]
