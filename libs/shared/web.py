"""The web app of a service: problem details, authentication, health, OpenAPI; the same for all of them."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.middleware import DefineMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import BeforeMessageSendHookHandler, ControllerRouterHandler
from sqlalchemy import text

from libs.shared.auth import Authentication, TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database, connection_lost, is_data_error
from libs.shared.edge import Edge, FindActor
from libs.shared.errors import Invalid, NotFound, Problem, Unauthenticated, Unavailable
from libs.shared.trace import child_of, current_trace

log = logging.getLogger(__name__)

MAX_BODY = 1_000_000
RETRY_AFTER = "1"
INNER_FIELD = re.compile(r"(?:missing required|contains unknown) field `([^`]*)`")

Hook = Callable[[Litestar], Awaitable[None]]


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field of the request."""

    field: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as RFC 9457 has it. `code` is stable; see docs/errors.md."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    more: dict[str, Any] | None = None


def problem(status: int, code: str, detail: str, **members: Any) -> Response[ProblemDetails]:
    """A problem details answer; the family of an error is told by its status."""
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    content = ProblemDetails(
        type=f"urn:fullmakt:problem:{code}",
        title=code.replace("_", " "),
        status=status,
        detail=detail,
        code=code,
        **{name: value for name, value in members.items() if value},
    )
    return Response(content, status_code=status, media_type="application/problem+json", headers=headers)


def on_problem(_: Request[Any, Any, Any], error: Problem) -> Response[ProblemDetails]:
    """Render an error that the caller can do something about."""
    errors = [FieldError(field=error.field, message=str(error))] if error.field else None
    return problem(error.status, error.code(), str(error), errors=errors, more=error.extra)


def on_validation(_: Request[Any, Any, Any], error: ValidationException) -> Response[ProblemDetails]:
    """Name each field of the request that is not as the schema says."""
    found = error.extra if isinstance(error.extra, list) else []
    errors = [_field_error(str(e.get("key") or "data"), str(e.get("message", ""))) for e in found]
    return problem(400, "invalid", "The request is not as it should be: see errors.", errors=errors)


def _field_error(key: str, message: str) -> FieldError:
    """Where a field is missing or unknown, the framework names the object around it (`data`: the body) as key."""
    path = [] if key == "data" else [key]
    if inner := INNER_FIELD.search(message):
        path.append(inner[1])
    return FieldError(field=".".join(path) or "body", message=message)


def on_recursion(request: Request[Any, Any, Any], error: RecursionError) -> Response[ProblemDetails]:
    """A body of ten thousand brackets; it is logged, in case it was us."""
    log.error("request recursed too deeply", exc_info=error, extra={"route": request.scope.get("path_template")})
    return problem(400, "invalid", "The request is nested too deeply.")


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[ProblemDetails]:
    """Render what the framework found wrong: no such route, method not allowed, unreadable body."""
    if error.status_code >= 500:
        return on_error(request, error)
    known: dict[int, type[Problem]] = {404: NotFound, 401: Unauthenticated}
    if kind := known.get(error.status_code):
        return problem(error.status_code, kind.code(), kind.message())
    if error.status_code == 400:
        return problem(400, "invalid", error.detail or Invalid.message())
    code = {405: "method_not_allowed", 413: "too_large", 415: "not_json"}.get(error.status_code, "failed")
    return problem(error.status_code, code, error.detail)


def on_undecodable(_: Request[Any, Any, Any], __: UnicodeDecodeError) -> Response[ProblemDetails]:
    """Refuse a body that is not UTF-8."""
    return problem(400, "invalid", "The body is not UTF-8.")


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemDetails]:
    """A lost dependency is 503, text that no database takes 400; anything else is a bug of ours and tells nothing."""
    if connection_lost(error):
        return problem(503, Unavailable.code(), Unavailable.message())
    if is_data_error(error):
        return problem(400, "invalid", "A text in the request holds a character that can't be kept, such as NUL.")
    log.error("request failed", exc_info=error, extra={"route": request.scope.get("path_template")})
    return problem(500, "failed", "Something went wrong on our side; it has been noted.")


async def begin_request(request: Request[Any, Any, Any]) -> Response[ProblemDetails] | None:
    """Enter the caller's trace; refuse a body that does not say that it is JSON."""
    current_trace.set(child_of(request.headers.get("traceparent")))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    form_ok = bool(request.route_handler.opt.get("form"))
    if has_body and kind != "application/json" and not (form_ok and kind == "application/x-www-form-urlencoded"):
        return problem(415, "not_json", "Send the body as JSON, with Content-Type: application/json.")
    return None


@get("/health/live", operation_id="live", tags=["health"], media_type=MediaType.TEXT)
async def live() -> str:
    """Whether the process runs at all."""
    return "ok"


@get("/health/ready", operation_id="ready", tags=["health"], media_type=MediaType.TEXT)
async def ready(request: Request[Any, Any, Any]) -> str:
    """Whether requests can be answered: the database is reached."""
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

    `bus` is connected in the background: what needs it answers 503 until NATS is there, all else goes on.
    """

    async def edge(request: Request[Any, Any, Any]) -> Edge:
        return Edge(request, database, find_actor)

    async def connect(app: Litestar) -> None:
        app.state.connecting = asyncio.create_task(_connect(bus, answer_questions)) if bus else None

    async def close(app: Litestar) -> None:
        if bus is not None:
            app.state.connecting.cancel()
            await bus.close()
        await database.close()

    app = Litestar(
        route_handlers=[Router(path=f"/{service}", route_handlers=[live, ready, *routes]), *root_routes],
        dependencies={"edge": Provide(edge), **(dependencies or {})},
        middleware=[DefineMiddleware(Authentication)],
        before_request=begin_request,
        before_send=list(before_send),
        exception_handlers={
            Problem: on_problem,
            ValidationException: on_validation,
            HTTPException: on_http,
            RecursionError: on_recursion,
            UnicodeDecodeError: on_undecodable,
            Exception: on_error,
        },
        openapi_config=OpenAPIConfig(
            title=title, version="1", path=f"/{service}", render_plugins=[JsonRenderPlugin(path="/openapi.json")]
        ),
        on_startup=[*on_startup, connect],
        on_shutdown=[*on_shutdown, close],
        request_max_body_size=MAX_BODY,
        logging_config=None,
    )
    app.state.update({"database": database, "tokens": tokens, "bus": bus})
    return app


async def _connect(bus: Bus, answer_questions: Callable[[Bus], Awaitable[None]] | None) -> None:
    await bus.connect()
    if answer_questions is not None:
        await answer_questions(bus)
