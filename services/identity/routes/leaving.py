"""Leaving organisations."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from libs.shared.database import Tx
from libs.shared.edge import Edge
from services.identity.usecases.name_successors import (
    NamedTwice,
    NameSuccessors,
    NotASuccessor,
    NotYourPlace,
    name_successors,
)
from services.identity.views.leaving import LeaveView


@post(
    "/v1/me/successors",
    operation_id="nameSuccessors",
    errors=(NotYourPlace, NotASuccessor, NamedTwice),
    tags=["people"],
    status_code=200,
)
async def post_successors(data: JSONBody[NameSuccessors], edge: NamedDependency[Edge]) -> Response[LeaveView]:
    """Name who administers your organisations after you, and leave them: all of the named ones, or none."""
    caller = edge.caller

    async def work(tx: Tx) -> LeaveView:
        await name_successors(tx, caller=caller, given=data)
        return LeaveView(state="left")

    return await edge.commit(work, tenant=caller.id)


ROUTES = [post_successors]
