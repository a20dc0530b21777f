"""The OpenAPI documents as the code has them."""

import json
from functools import cache
from importlib import import_module
from typing import Any

from libs.shared.openapi.routes import pretty
from libs.shared.settings import read_settings

SERVICES = ("access", "clients", "identity", "notify")


@cache
def document_of(service: str) -> dict[str, Any]:
    """The document of a service, as a sandbox has it: with all there is."""
    document: dict[str, Any] = json.loads(pretty(app_of(service).state.document()))
    return document


def app_of(service: str) -> Any:
    """The app of a service that is made and never started: nothing is connected to."""
    settings = import_module(f"services.{service}.settings").Settings
    return import_module(f"services.{service}.app").create_app(read_settings(settings, _environment(service)))


def _environment(service: str) -> dict[str, str]:
    return {
        "FULLMAKT_DATABASE_URL": "postgresql://nobody@localhost/nothing",
        "FULLMAKT_NATS_URL": "nats://localhost",
        "FULLMAKT_NATS_USER": "nobody",
        "FULLMAKT_NATS_PASSWORD": "none",
        "FULLMAKT_PUBLIC_URL": f"http://localhost/{service}",
        "FULLMAKT_IDENTITY_URL": "http://localhost/identity",
        "FULLMAKT_PORTAL_URL": "http://localhost",
        "FULLMAKT_KEY_SECRET": "none",
        "FULLMAKT_MAIL_TOKEN_SECRET": "none",
        "FULLMAKT_SMTP_HOST": "localhost",
        "FULLMAKT_SMTP_PORT": "25",
        "FULLMAKT_MAIL_FROM": "Fullmakt <no-reply@fullmakt.example>",
        "FULLMAKT_SMS_GATEWAY_URL": "http://localhost/sms",
        "FULLMAKT_SANDBOX": "true",
    }
