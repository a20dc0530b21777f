"""The signed-in person's sessions."""

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import NotFound
from libs.shared.paging import After, Limit
from services.identity import queries
from services.identity.usecases.end_session import end_other_sessions, end_session, sign_out
from services.identity.views.nothing import Nothing
from services.identity.views.sessions import SessionPage

SESSIONS = "sessions"


@post("/v1/sign-out", operation_id="signOut", errors=(NotFound,), tags=[SESSIONS], status_code=200)
async def post_sign_out(edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Sign out: the session of the access token ends, and with it what was begun from it at programs."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await sign_out(tx, caller=caller)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


@get("/v1/me/sessions", operation_id="listSessions", tags=[SESSIONS])
async def get_sessions(edge: NamedDependency[Edge], after: After = None, limit: Limit = 50) -> Response[SessionPage]:
    """One's own sessions that go on, newest first."""
    caller = edge.caller
    async with edge.database.begin(caller.id, actor=caller.actor) as tx:
        page = await queries.sessions(tx, person_id=caller.id, current=caller.session, after=after, limit=limit)
    return edge.linked(page)


@delete("/v1/me/sessions/{session_id:uuid}", operation_id="endSession", tags=[SESSIONS], status_code=200)
async def delete_session(session_id: FromPath[UUID], edge: NamedDependency[Edge]) -> Response[Nothing]:
    """End one of one's own sessions, wherever it is."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await end_session(tx, caller=caller, session_id=session_id)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


@delete("/v1/me/sessions", operation_id="endOtherSessions", errors=(NotFound,), tags=[SESSIONS], status_code=200)
async def delete_other_sessions(edge: NamedDependency[Edge]) -> Response[Nothing]:
    """End all of one's own sessions but the present one."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await end_other_sessions(tx, caller=caller)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


ROUTES = [post_sign_out, get_sessions, delete_session, delete_other_sessions]
