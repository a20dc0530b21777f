"""Operators and service accounts, as operators see them."""

from datetime import datetime
from uuid import UUID

import msgspec


class OperatorView(msgspec.Struct, frozen=True, kw_only=True):
    """A platform operator."""

    person_id: UUID
    name: str | None
    email: str | None
    has_sign_in: bool
    """False: has not chosen a password yet."""


class OperatorPage(msgspec.Struct, frozen=True, kw_only=True):
    """Platform operators, in the order of their ids."""

    items: list[OperatorView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """A service account; its secret was shown once."""

    client_id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """Service accounts, the revoked ones too, in the order of their ids."""

    items: list[AccountView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
