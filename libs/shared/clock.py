"""Business time can be moved forward in a sandbox, to see deadlines pass. Real time is left alone.

How far it is ahead stands in the service's database, and `business_now()` there adds it: every process
takes it over with its next transaction. Moving a whole system is one such call to each of its services.
"""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Response, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy import text

from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import Conflict

MOVE = text(
    "INSERT INTO business_clock (ahead) VALUES (:ahead) ON CONFLICT (singleton)"
    " DO UPDATE SET ahead = excluded.ahead WHERE business_clock.ahead <= excluded.ahead RETURNING ahead"
)


class ClockOnlyMovesForward(Conflict):
    """Business time can be moved forward, not back."""


class SetClock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far business time is to be ahead of real time from now on."""

    ahead_seconds: Annotated[float, msgspec.Meta(ge=0, le=400 * 24 * 3600)]


async def set_clock(tx: Tx, *, ahead: timedelta) -> None:
    """Move business time of this service forward to so much ahead of real time."""
    if await tx.session.scalar(MOVE, {"ahead": ahead}) is None:
        raise ClockOnlyMovesForward


@put("/v1/sandbox/clock", operation_id="setClock", tags=["sandbox"], errors=(ClockOnlyMovesForward,))
async def put_clock(data: JSONBody[SetClock], edge: NamedDependency[Edge]) -> Response[SetClock]:
    """Move this service's business time forward. Only in a sandbox, and only by a service account."""
    caller = edge.require_scope("sandbox")

    async def work(tx: Tx) -> SetClock:
        await set_clock(tx, ahead=timedelta(seconds=data.ahead_seconds))
        return data

    return await edge.commit(work, tenant=caller.id)
