"""The web app of a service: authentication, health, OpenAPI; the same for all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.types import BeforeMessageSendHookHandler, ControllerRouterHandler
from sqlalchemy import text

from libs.shared.auth import Authentication, TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.edge import Edge, FindActor
from libs.shared.ended_sessions import EndedSessions
from libs.shared.errors import Invalid, NotAForm, NotJson, Unavailable
from libs.shared.openapi.document import describe
from libs.shared.openapi.guide import PLAIN, Guide
from libs.shared.openapi.operation import OPEN
from libs.shared.openapi.routes import description_routes
from libs.shared.problem_details import HANDLERS, FieldError, ProblemDetails, problem, takes_form
from libs.shared.trace import child_of, current_trace

MAX_BODY = 1_000_000
LEAVE_OUT = "A parameter can't be null: leave it out."

Hook = Callable[[Litestar], Awaitable[None]]


async def begin_request(request: Request[Any, Any, Any]) -> Response[ProblemDetails] | None:
    """Enter the caller's trace; refuse a body that does not say that it is JSON, and parameters that are null.

    The framework reads the word null as if an optional parameter were not there: a filter would be dropped unseen.
    """
    current_trace.set(child_of(request.headers.get("traceparent")))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    wanted = "application/x-www-form-urlencoded" if takes_form(request) else "application/json"
    if has_body and kind != wanted:
        return problem(request, NotAForm if takes_form(request) else NotJson)
    taken = request.route_handler.parsed_fn_signature.parameters
    nulls = [name for name, value in request.query_params.items() if name in taken and value.lower() == "null"]
    errors = [FieldError(field=name, message=LEAVE_OUT) for name in nulls]
    return problem(request, Invalid, LEAVE_OUT, errors=errors) if nulls else None


@get("/health/live", operation_id="live", tags=["health"], security=OPEN, media_type=MediaType.TEXT)
async def live() -> str:
    """Whether the process runs at all. For a supervisor that restarts it."""
    return "ok"


@get(
    "/health/ready",
    operation_id="ready",
    tags=["health"],
    security=OPEN,
    errors=(Unavailable,),
    media_type=MediaType.TEXT,
)
async def ready(request: Request[Any, Any, Any]) -> str:
    """Whether requests can be answered: the database is reached. For who sends requests here, or elsewhere."""
    database: Database = request.app.state.database
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    return "ok"


def create_web_app(
    *,
    service: str,
    title: str,
    database: Database,
    tokens: TokenReader,
    find_actor: FindActor,
    guide: Guide = PLAIN,
    routes: Sequence[ControllerRouterHandler],
    root_routes: Sequence[ControllerRouterHandler] = (),
    dependencies: dict[str, Provide] | None = None,
    before_send: Sequence[BeforeMessageSendHookHandler] = (),
    bus: Bus | None = None,
    answer_questions: Callable[[Bus], Awaitable[None]] | None = None,
    on_startup: Sequence[Hook] = (),
    on_shutdown: Sequence[Hook] = (),
) -> Litestar:
    """The app of one service, everything under `/<service>` but what a standard wants at the root of the host.

    `bus` is connected in the background: what needs it answers 503 until NATS is there, all else goes on; the sessions
    that end are heard of by it.
    """

    async def edge(request: Request[Any, Any, Any]) -> Edge:
        return Edge(request, database, find_actor)

    async def connect(app: Litestar) -> None:
        app.state.connecting = asyncio.create_task(_connect(bus, answer_questions, tokens.ended)) if bus else None

    async def close(app: Litestar) -> None:
        if bus is not None:
            app.state.connecting.cancel()
            await asyncio.wait([app.state.connecting])
            await tokens.close()
            await bus.close()
        await database.close()

    def document() -> dict[str, Any]:
        """The OpenAPI document; of an app that is never called, since the framework would serve pages of its own."""
        routes_ = [Router(path=f"/{service}", route_handlers=[live, ready, *routes]), *root_routes]
        seen = Litestar(routes_, dependencies=provided, openapi_config=OpenAPIConfig(title=title, version="1"))
        return describe(seen, title=title, guide=guide, problem=ProblemDetails)

    provided = {"edge": Provide(edge), **(dependencies or {})}
    described = description_routes(f"/{service}", title, document)
    app = Litestar(
        route_handlers=[Router(path=f"/{service}", route_handlers=[live, ready, *described, *routes]), *root_routes],
        dependencies=provided,
        middleware=[DefineMiddleware(Authentication)],
        before_request=begin_request,
        before_send=list(before_send),
        exception_handlers=HANDLERS,
        openapi_config=None,
        on_startup=[*on_startup, connect],
        on_shutdown=[*on_shutdown, close],
        request_max_body_size=MAX_BODY,
        logging_config=None,
    )
    app.state.update({"database": database, "tokens": tokens, "bus": bus, "document": document})
    return app


async def _connect(
    bus: Bus, answer_questions: Callable[[Bus], Awaitable[None]] | None, ended: EndedSessions | None
) -> None:
    await bus.connect()
    if ended is not None:
        await ended.follow()
    if answer_questions is not None:
        await answer_questions(bus)
