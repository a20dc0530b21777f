"""A contract, and what somebody might make of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec
from fullmakt.events import Event
from fullmakt.events.base import Moment

TYPE = "clients.page.turned.v1"
FACTS: dict[str, Any] = {"type": TYPE, "thing": "page_id", "stream": "clients", "latest_only": False, "keeps": "newest"}
E = TypeVar("E", bound=type[Event])


def contract(**facts: Any) -> Callable[[E], E]:
    """As `event`, but not registered among the real ones."""

    def set_facts(struct: E) -> E:
        for name, value in (FACTS | facts).items():
            setattr(struct, name, value)
        return struct

    return set_facts


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something on a page."""

    text: str
    """What it says."""


@contract()
class PageTurned(Event, frozen=True, kw_only=True):
    """A page was turned."""

    page_id: UUID
    """The page."""
    side: Literal["left", "right"]
    """Where it lies now."""
    count: int
    """How many were turned."""
    notes: tuple[Note, ...]
    """What is on it."""
    until: Moment | None = None
    """When it is turned back."""


@contract()
class NewField(PageTurned, frozen=True, kw_only=True):
    """Harmless: it has a default."""

    colour: str = "white"
    """Its colour."""


class LongerNote(Note, frozen=True, kw_only=True):
    """Something on a page, and by whom."""

    author: str | None = None
    """Who wrote it."""


@contract()
class NewFieldInside(PageTurned, frozen=True, kw_only=True):
    """Harmless: it has a default."""

    notes: tuple[LongerNote, ...]


@contract()
class OtherWords(PageTurned, frozen=True, kw_only=True):
    """Harmless: what it means in words is not on the wire."""

    side: Literal["right", "left"]
    """The side."""


@contract()
class Removed(Event, frozen=True, kw_only=True):
    """Without the count."""

    page_id: UUID
    """The page."""
    side: Literal["left", "right"]
    """Where it lies now."""
    notes: tuple[Note, ...]
    """What is on it."""
    until: Moment | None = None
    """When it is turned back."""


@contract()
class Renamed(Removed, frozen=True, kw_only=True):
    """The count by another name."""

    number: int = 0
    """How many were turned."""


@contract()
class NewWithoutDefault(PageTurned, frozen=True, kw_only=True):
    """What was sent before doesn't have it."""

    colour: str
    """Its colour."""


@contract()
class OtherType(PageTurned, frozen=True, kw_only=True):
    """A number as text."""

    count: str  # type: ignore[assignment]


@contract()
class WiderType(PageTurned, frozen=True, kw_only=True):
    """A number or text."""

    count: int | str  # type: ignore[assignment]


@contract()
class NullToo(PageTurned, frozen=True, kw_only=True):
    """Old readers take no null."""

    count: int | None  # type: ignore[assignment]


@contract()
class MoreValues(PageTurned, frozen=True, kw_only=True):
    """Old readers refuse a value that they don't know."""

    side: Literal["left", "right", "up"]  # type: ignore[assignment]


@contract()
class FewerValues(PageTurned, frozen=True, kw_only=True):
    """What was sent before may have the other."""

    side: Literal["left"]


@contract()
class NotAlwaysThere(PageTurned, frozen=True, kw_only=True):
    """Old readers count on it."""

    count: int = 0


@contract()
class AlwaysThere(PageTurned, frozen=True, kw_only=True):
    """What was sent before may not have it."""

    until: Moment | None


@contract()
class OtherDefault(PageTurned, frozen=True, kw_only=True):
    """What was sent before would mean something else."""

    until: Moment | None = datetime(2026, 1, 1, tzinfo=UTC)


class OtherNote(msgspec.Struct, frozen=True, kw_only=True):
    """Something on a page, by another name."""

    words: str
    """What it says."""


@contract()
class RenamedInside(PageTurned, frozen=True, kw_only=True):
    """A name further down."""

    notes: tuple[OtherNote, ...]  # type: ignore[assignment]


@contract()
class Forbidding(PageTurned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Its readers couldn't read a later one."""


@contract(thing="other_id")
class OtherThing(PageTurned, frozen=True, kw_only=True):
    """Ordered by something else."""


@contract(stream="other")
class OtherStream(PageTurned, frozen=True, kw_only=True):
    """Nobody looks for it there."""


@contract(latest_only=True)
class LatestOnly(PageTurned, frozen=True, kw_only=True):
    """Versions would be missing."""


@contract(keeps="all")
class KeptOtherwise(PageTurned, frozen=True, kw_only=True):
    """A snapshot would have more of it than it is read for."""


REFUSED = [
    (Removed, "data.count is gone, or has another name"),
    (Renamed, "data.count is gone, or has another name"),
    (NewWithoutDefault, "data.colour is new and has no default"),
    (OtherType, "data.count (type) was 'integer' and is 'string'"),
    (WiderType, "data.count"),
    (NullToo, "data.count"),
    (MoreValues, "data.side (enum) was ['left', 'right'] and is ['left', 'right', 'up']"),
    (FewerValues, "data.side (enum) was ['left', 'right'] and is ['left']"),
    (NotAlwaysThere, "data.count was always there and is optional"),
    (AlwaysThere, "data.until was optional and is always there"),
    (OtherDefault, "data.until (default) was"),
    (RenamedInside, "data.notes.text is gone, or has another name"),
    (Forbidding, "it forbids unknown fields"),
    (OtherThing, "its thing was 'page_id' and is 'other_id'"),
    (OtherStream, "its stream was 'clients' and is 'other'"),
    (LatestOnly, "its latest only was False and is True"),
    (KeptOtherwise, "its keeps was 'newest' and is 'all'"),
]
"""Each change that is refused, and what is said of it."""
