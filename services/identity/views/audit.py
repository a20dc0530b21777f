"""The audit trail, as it is answered with."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec


class AuditEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, for whom, to which thing, when and how it ended (X2)."""

    id: UUID
    at: datetime
    tenant: UUID
    """The organisation in whose trail it stands; of what concerns a person alone, the person."""
    actor: str
    """`person:<id>`, `service:<id>` or `system`."""
    actor_name: str | None
    """Null: not a person, not kept, or erased."""
    on_behalf_of: UUID | None
    """The organisation that the actor acted for."""
    action: str
    thing: UUID
    """What it was done to: a membership, an invitation, a person, …"""
    outcome: Literal["done", "refused"]
    reason: str | None
    details: dict[str, Any]
    """`person`: the id of whom it was done to; more by action."""
    trace: str | None


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of an audit trail, newest first."""

    items: list[AuditEntryView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
