"""The snapshot: what a newcomer starts from, read from the outbox itself over HTTP.

It is, of each thing, the newest event of each type (every event of a type whose contract keeps all), as it was
published. Pages go by thing and version: what is superseded between two pages has a newer event further on, or
one that comes by the stream, so that a newcomer who makes its durable first misses nothing.
"""

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from fullmakt.events import CONTRACTS
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from sqlalchemy import text

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.feed import FeedItem
from libs.shared.paging import read_cursor, write_cursor
from libs.shared.streams import types_kept_whole

PEOPLE = "people"
Version = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Place(NamedTuple):
    """Where a page goes on from."""

    stream: str
    thing: UUID
    version: Version


START = UUID(int=0)
EventType = Annotated[str, msgspec.Meta(max_length=100)]

COLUMNS = "o.stream, o.thing, o.version, o.subject, o.headers, o.body"
CURRENT = (
    "o.stream = :stream AND (o.thing, o.version) > (CAST(:thing AS uuid), CAST(:version AS bigint))"
    " AND (o.type = ANY(CAST(:whole AS text[])) OR NOT EXISTS (SELECT FROM outbox newer"
    " WHERE newer.type = o.type AND newer.thing = o.thing AND newer.version > o.version))"
)
TAKE = "ORDER BY o.thing, o.version LIMIT :limit"
OF_ALL = text(f"SELECT {COLUMNS} FROM outbox o WHERE {CURRENT} {TAKE}")  # noqa: S608
OF_TYPES = text(
    f"SELECT o.* FROM unnest(CAST(:types AS text[])) AS of(type) CROSS JOIN LATERAL"  # noqa: S608
    f" (SELECT {COLUMNS} FROM outbox o WHERE o.type = of.type AND {CURRENT} {TAKE}) o {TAKE}"
)
OF_TENANT = text(
    "SELECT o.* FROM ("  # noqa: S608
    + " UNION ALL ".join(
        f"(SELECT {COLUMNS} FROM outbox o WHERE o.{side} = :tenant"  # noqa: S608
        f" AND coalesce(o.type = ANY(CAST(:types AS text[])), true) AND {CURRENT} {TAKE})"
        for side in ("agency", "company")
    )
    + f") o {TAKE}"
)


class SnapshotItem(FeedItem, frozen=True, kw_only=True):
    """An event as it was published in its stream, binary mode: CloudEvents headers and the JSON body."""

    stream: str


class SnapshotPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events in the order of stream, thing and version; `next` continues after the last, null after the last page."""

    items: list[SnapshotItem]
    next: str | None


@get("/v1/snapshot", operation_id="readSnapshot", tags=["feed"])
async def read_snapshot(
    edge: NamedDependency[Edge],
    after: Annotated[str | None, QueryParameter(max_length=1000)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    type_: Annotated[list[EventType] | None, QueryParameter(name="type", max_items=100)] = None,
    tenant: FromQuery[UUID | None] = None,
) -> Response[SnapshotPage]:
    """Of each thing the newest event of each type: what a newcomer reads once its durable is made.

    For service accounts with the scope `events.read`; people's with `people.read` as well. `type` (may be repeated)
    and `tenant` (an agency or a company) leave out everything else.
    """
    caller = edge.require_scope("events.read")
    place = read_cursor(after, Place) if after is not None else Place("", START, 0)
    rows: list[Any] = []
    async with edge.database.begin(caller.id) as tx:
        for stream in _streams(edge.database.source, caller):
            if stream >= place.stream and len(rows) < limit:
                given = _from(stream, place) | {"limit": limit - len(rows)}
                rows += await _read(tx, given, type_, tenant)
    following = write_cursor(rows[-1].stream, rows[-1].thing, rows[-1].version) if len(rows) == limit else None
    return edge.linked(SnapshotPage(items=[_item(row) for row in rows], next=following))


def _streams(service: str, caller: Caller) -> list[str]:
    """The service's streams that the caller may read."""
    own = {contract.stream for type_, contract in CONTRACTS.items() if type_.startswith(f"{service}.")}
    return sorted(own if "people.read" in caller.scopes else own - {PEOPLE})


def _from(stream: str, place: Place) -> dict[str, Any]:
    begun = place.stream == stream
    return {"stream": stream, "thing": place.thing if begun else START, "version": place.version if begun else 0}


async def _read(tx: Tx, given: dict[str, Any], types: Sequence[str] | None, tenant: UUID | None) -> list[Any]:
    query = OF_TENANT if tenant else OF_TYPES if types is not None else OF_ALL
    optional = {"types": types, "tenant": tenant} if tenant else {"types": types} if types is not None else {}
    return list(await tx.session.execute(query, given | optional | {"whole": types_kept_whole()}))


def _item(row: Any) -> SnapshotItem:
    return SnapshotItem(
        stream=row.stream,
        subject=row.subject,
        thing=row.thing,
        version=row.version,
        headers=row.headers,
        body=msgspec.Raw(row.body),
    )
