"""Requests and answers of notify."""
# Made from docs/openapi by `make generate`.

from datetime import datetime
from typing import Any
from uuid import UUID

from fullmakt.client.model import Model


class DeliveryView(Model, frozen=True, kw_only=True):
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


class FeedItem(Model, frozen=True, kw_only=True):
    """An event as it is published, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any


class FeedPage(Model, frozen=True, kw_only=True):
    """Events in the order of their commits; `next` continues after the last, also when there is none yet."""

    items: list[FeedItem]
    next: str


class Nothing(Model, frozen=True, kw_only=True):
    """Done; there is nothing more to say."""


class NoticeView(Model, frozen=True, kw_only=True):
    """Something told in the product; `text` is in the reader's language, `params` is what it speaks of."""

    id: UUID
    kind: str
    text: str
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


class SetClock(Model, frozen=True, kw_only=True):
    """How far business time is to be ahead of real time from now on."""

    ahead_seconds: float


class SnapshotItem(Model, frozen=True, kw_only=True):
    """An event as it was published in its stream, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any
    stream: str


class SnapshotPage(Model, frozen=True, kw_only=True):
    """Events in the order of stream, thing and version; `next` continues after the last, null after the last page."""

    items: list[SnapshotItem]
    next: str | None


class DeliveryPage(Model, frozen=True, kw_only=True):
    """Deliveries of one state, the newest first."""

    items: list[DeliveryView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class NoticePage(Model, frozen=True, kw_only=True):
    """Notices, the newest first; `unread` counts all of the person's at this organisation."""

    items: list[NoticeView]
    unread: int
    next: str | None
    """Give it as `after` for the next page; null on the last."""
