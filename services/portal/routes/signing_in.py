"""Signing in, signing out, and the way to a program."""

from typing import Any

from litestar import HttpMethod, Response, get, post, route
from litestar.di import NamedDependency

from services.portal import session
from services.portal.authorization import authorized, refused_with
from services.portal.backend import Backend
from services.portal.calls import ServiceLost
from services.portal.render import Answer, back_to, page
from services.portal.session import AnyRequest, field
from services.portal.signing_in import with_code, with_password


@route("/welcome", http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def welcome(request: AnyRequest) -> Response[str]:
    """Where somebody comes who has just chosen a password."""
    return page(request, "sign_in.html", topic="welcome", error=None, email="", wait=0)


@post("/sign-in")
async def post_sign_in(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Sign in, and go back to where that was asked for."""
    return await with_password(request, backend)


@post("/sign-in/code")
async def post_code(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Sign in with the second factor."""
    return await with_code(request, backend)


@post("/sign-out")
async def post_sign_out(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Sign out; where identity can't be told, from this browser at least."""
    try:
        await session.sign_out(request, backend.identity)
    except ServiceLost:
        return page(request, "message.html", status=503, topic="signed_out_here", again=None)
    return back_to(request, await field(request, "next"))


@get("/authorize")
async def get_authorize(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """Where a program sends people who are to sign in to it."""
    return await authorized(request, backend, request.query_params.get("request", ""))


@get("/authorize/cancel")
async def get_cancel(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """Back to the program, without anybody."""
    return await refused_with(backend, request.query_params.get("request", ""), "access_denied")


ROUTES: list[Any] = [
    welcome,
    post_sign_in,
    post_code,
    post_sign_out,
    get_authorize,
    get_cancel,
]
