"""The portal's one process."""

import logging
from http import HTTPStatus

import httpx
from litestar import Litestar, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from libs.shared.trace import child_of, current_trace
from services.portal import account
from services.portal.approval import LinkLeadsNowhere
from services.portal.authorization import AuthorizationOver
from services.portal.backend import Backend
from services.portal.calls import ServiceLost, Visitor, current_visitor
from services.portal.render import guard_answer, own_path, page
from services.portal.routes import ROUTES
from services.portal.session import AnyRequest, FormRefused, check_form, session_config
from services.portal.settings import Settings

log = logging.getLogger(__name__)

MAX_FORM = 20_000
RETRY_AFTER = 5
"""Seconds."""


async def begin_request(request: AnyRequest) -> None:
    """Enter the caller's trace, note whose browser asks; refuse a form that is none of ours."""
    current_trace.set(child_of(request.headers.get("traceparent")))
    address = request.client.host if request.client else ""
    current_visitor.set(Visitor.of(address, request.headers.get("user-agent", "")))
    if request.method == "POST":
        await check_form(request)


def opened(request: AnyRequest) -> str:
    """The path of the page that this was asked from."""
    path = request.url.path
    if path == "/authorize":
        return f"{path}?request={request.query_params.get('request', '')}"
    return account.PATH if path.startswith(account.PATH) else path.removesuffix("/accept").removesuffix("/decline")


def message(request: AnyRequest, status: int, topic: str, retry_after: int | None = None) -> Response[str]:
    """A page that says one thing, and leads back to where it happened."""
    again = own_path(opened(request)) if topic in {"lost", "lost_answer", "form"} else None
    return page(request, "message.html", status=status, retry_after=retry_after, topic=topic, again=again)


def on_lost(request: AnyRequest, error: ServiceLost) -> Response[str]:
    """Say that this doesn't work just now; after a form, that it may have worked."""
    log.warning("a service is lost", exc_info=error.__cause__, extra={"route": request.scope.get("path_template")})
    return message(request, 503, "lost_answer" if request.method == "POST" else "lost", RETRY_AFTER)


def on_nowhere(request: AnyRequest, _: LinkLeadsNowhere) -> Response[str]:
    """Say that the link is none, or an old one."""
    return message(request, 404, "nowhere")


def on_authorization(request: AnyRequest, _: AuthorizationOver) -> Response[str]:
    """Say that the way to the program begins at the program."""
    return message(request, 400, "authorization_over")


def on_form(request: AnyRequest, _: FormRefused) -> Response[str]:
    """Say that the form was too old, and that nothing was done."""
    return message(request, 403, "form")


def on_http(request: AnyRequest, error: HTTPException) -> Response[str]:
    """Say what the framework found wrong."""
    topic = "not_found" if error.status_code == HTTPStatus.NOT_FOUND else "unreadable"
    return message(request, error.status_code, topic)


def on_error(request: AnyRequest, error: Exception) -> Response[str]:
    """A bug of ours: note it, and tell the reader nothing of it."""
    log.error("request failed", exc_info=error, extra={"route": request.scope.get("path_template")})
    return message(request, 500, "failed")


def create_app(settings: Settings, http: httpx.AsyncClient | None = None) -> Litestar:
    """Wire the portal. `http`: what reaches the services, where that is not the network."""
    client = http or httpx.AsyncClient(follow_redirects=False)
    backend = Backend.reached_by(client, identity_url=settings.identity_url, clients_url=settings.clients_url)

    async def close(_: Litestar) -> None:
        await client.aclose()

    app = Litestar(
        route_handlers=ROUTES,
        dependencies={"backend": Provide(lambda: backend, sync_to_thread=False)},
        middleware=[session_config(settings).middleware],
        before_request=begin_request,
        before_send=[guard_answer],
        exception_handlers={
            ServiceLost: on_lost,
            LinkLeadsNowhere: on_nowhere,
            AuthorizationOver: on_authorization,
            FormRefused: on_form,
            HTTPException: on_http,
            Exception: on_error,
        },
        openapi_config=None,
        on_shutdown=[close],
        request_max_body_size=MAX_FORM,
        logging_config=None,
    )
    app.state.https = settings.public_url.startswith("https:")
    return app
