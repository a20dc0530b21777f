"""The feed: a service's outbox over HTTP, for who wants to catch up without NATS.

Pages go by the transaction that wrote a row and stop before the oldest one still running, so that a row
which commits late is never skipped.
"""

import re
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from sqlalchemy import text

from libs.shared.edge import Edge
from libs.shared.errors import Invalid

CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")
PAGE = text(
    "SELECT xid, id, thing, version, subject, headers, body FROM outbox"
    " WHERE (xid, id) > (CAST(CAST(:xid AS text) AS xid8), CAST(:id AS bigint))"
    " AND xid < pg_snapshot_xmin(pg_current_snapshot()) AND (:people OR stream <> 'people')"
    " ORDER BY xid, id LIMIT :limit"
)


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is published, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: msgspec.Raw


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events in the order of their commits; `next` continues after the last, also when there is none yet."""

    items: list[FeedItem]
    next: str


def _read_cursor(cursor: str) -> tuple[str, int]:
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise Invalid("`after` is the `next` of an earlier page.", field="after")
    return found[1], int(found[2])


@get("/v1/feed", operation_id="readFeed", tags=["feed"])
async def read_feed(
    edge: NamedDependency[Edge],
    after: Annotated[str, QueryParameter(max_length=40)] = "0.0",
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
) -> Response[FeedPage]:
    """Events after a cursor. The `next` of the last page is where to look for more, later.

    For service accounts with the scope `events.read`; people's with `people.read` as well.
    """
    caller = edge.require_scope("events.read")
    xid, id_ = _read_cursor(after)
    given = {"xid": xid, "id": id_, "limit": limit, "people": "people.read" in caller.scopes}
    async with edge.database.begin(caller.id) as tx:
        found: list[Any] = list(await tx.session.execute(PAGE, given))
    items = [
        FeedItem(
            subject=row.subject, thing=row.thing, version=row.version, headers=row.headers, body=msgspec.Raw(row.body)
        )
        for row in found
    ]
    return edge.linked(FeedPage(items=items, next=f"{found[-1].xid}.{found[-1].id}" if found else after))
