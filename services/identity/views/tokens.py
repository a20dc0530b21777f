"""Tokens, keys and service accounts, as they are answered with."""

from typing import Any, Literal
from uuid import UUID

import msgspec


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """An access token; `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token


class KeySetView(msgspec.Struct, frozen=True, kw_only=True):
    """Public keys as JWK (RFC 7517)."""

    keys: list[dict[str, Any]]


class ServiceAccountView(msgspec.Struct, frozen=True, kw_only=True):
    """A service account; the secret is shown this once."""

    client_id: UUID
    client_secret: str
    scopes: list[str]
