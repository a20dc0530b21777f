"""What a service's OpenAPI document tells beyond what its code does: written by hand, beside the service."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events import Event

from libs.shared.feed import FeedItem, FeedPage
from libs.shared.paging import write_cursor
from libs.shared.snapshot import SnapshotItem, SnapshotPage


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation is called and answered; body and answer are of the types that its route takes and gives."""

    parameters: Mapping[str, object] = {}
    body: object = None
    answer: object = None


class Parameter(msgspec.Struct, frozen=True):
    """What a parameter of this name means, and an example where the operation's own gives none."""

    description: str
    example: object


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """Introduction, tags and parameters by name, examples by operation id."""

    introduction: str = ""
    tags: Mapping[str, str] = {}
    parameters: Mapping[str, Parameter] = {}
    examples: Mapping[str, Example] = {}


COMMON = {
    "after": Parameter("The `next` of the page before; without it, the first page.", None),
    "limit": Parameter("How many items a page has at most.", None),
    "type": Parameter("Only events of this type; may be repeated.", None),
    "tenant": Parameter("Only events of this organisation.", None),
}
"""Parameters that mean the same in every service."""
PLAIN = Guide()
"""Nothing beyond what the code tells."""


def example_id(name: str) -> UUID:
    """The id that something of this name has in the examples of all services."""
    return uuid5(NAMESPACE_URL, f"https://fullmakt.example/{name}")


def event_examples(event: Event, *, version: int, at: datetime, actor: str) -> dict[str, Example]:
    """The feed and the snapshot of a service with this event in them."""
    envelope = Envelope(
        id=example_id(f"event {event.type}"),
        source=event.source(),
        type=event.type,
        subject=event.thing_id(),
        time=at,
        version=version,
        actor=actor,
    )
    item: dict[str, Any] = {
        "subject": event.subject(),
        "thing": event.thing_id(),
        "version": version,
        "headers": to_headers(envelope),
        "body": msgspec.Raw(msgspec.json.encode(event)),
    }
    following = write_cursor(event.stream, event.thing_id(), version)
    return {
        "readFeed": Example(
            parameters={"after": "812.1040", "limit": 100},
            answer=FeedPage(items=[FeedItem(**item)], next="812.1041"),
        ),
        "readSnapshot": Example(
            parameters={"limit": 100, "type": [f"fullmakt.{event.type}"]},
            answer=SnapshotPage(items=[SnapshotItem(stream=event.stream, **item)], next=following),
        ),
    }
