"""Whether a token is still good: for services of ours that hear nothing of ended sessions just now."""

from litestar import get
from litestar.di import NamedDependency

from libs.shared.edge import Edge
from libs.shared.errors import Unauthenticated
from services.identity.introspection import goes_on
from services.identity.routes.tokens import NO_STORE, TOKENS
from services.identity.views.current_session import CurrentSessionView


@get("/v1/sessions/current", operation_id="getCurrentSession", response_headers=[NO_STORE], tags=[TOKENS])
async def get_current_session(edge: NamedDependency[Edge]) -> CurrentSessionView:
    """The session of the token that this is asked with, if it goes on at this moment."""
    caller = edge.caller
    if not await goes_on(edge.database, caller):
        raise Unauthenticated
    return CurrentSessionView(subject=caller.actor, session_id=caller.session)


ROUTES = [get_current_session]
