"""What notify answers with."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import msgspec

from services.notify.models import Delivery, Notice


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """Something told in the product; `text` is in the reader's language, `params` is what it speaks of."""

    id: UUID
    kind: str
    text: str
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, row: Notice, text: str) -> Self:
        """View of a row."""
        return cls(
            id=row.id, kind=row.kind, text=text, params=row.params, created_at=row.created_at, read_at=row.read_at
        )


class NoticePage(msgspec.Struct, frozen=True, kw_only=True):
    """Notices, the newest first; `unread` counts all of the person's at this organisation."""

    items: list[NoticeView]
    unread: int
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """A mail or SMS and what became of it. `reason` is a code, such as smtp_550."""

    id: UUID
    person_id: UUID
    name: str | None
    channel: str
    template: str
    state: str
    attempts: int
    reason: str | None
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Delivery, name: str | None) -> Self:
        """View of a row."""
        return cls(
            id=row.id,
            person_id=row.person_id,
            name=name,
            channel=row.channel,
            template=row.template,
            state=row.state,
            attempts=row.attempts,
            reason=row.reason,
            created_at=row.created_at,
            settled_at=row.settled_at,
        )


class DeliveryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries of one state, the newest first."""

    items: list[DeliveryView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class Nothing(msgspec.Struct, frozen=True):
    """Done; there is nothing more to say."""
