"""The page on which people look after their own sign-in."""

from typing import Any
from uuid import UUID

from litestar import HttpMethod, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from services.portal import account, second_factor
from services.portal.backend import Backend
from services.portal.render import Answer
from services.portal.session import AnyRequest

OPEN = [HttpMethod.GET, HttpMethod.HEAD]


@route("/account", http_method=OPEN)
async def get_account(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """The page."""
    return await account.account_page(request, backend)


@post("/account/password")
async def post_password(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Change the password."""
    return await account.password_changed(request, backend)


@post("/account/email")
async def post_email(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Ask for another e-mail address."""
    return await account.email_wanted(request, backend)


@post("/account/email/keep")
async def post_keep_email(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Keep the e-mail address after all."""

    async def act(by: str) -> None:
        await backend.identity.keep_email(by=by)

    return await account.changed(request, backend, "email", act, "email_kept")


@post("/account/sessions/end")
async def post_end_others(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Sign out everywhere else."""

    async def act(by: str) -> None:
        await backend.identity.end_other_sessions(by=by)

    return await account.changed(request, backend, "sessions", act, "sessions")


@post("/account/sessions/{session_id:uuid}/end")
async def post_end(session_id: FromPath[UUID], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Sign out in one other place."""

    async def act(by: str) -> None:
        await backend.identity.end_session(session_id, by=by)

    return await account.changed(request, backend, "sessions", act, "session")


@post("/account/second-factor")
async def post_factor(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """Begin to add a second factor."""
    return await second_factor.begun(request, backend)


@post("/account/second-factor/confirm")
async def post_factor_code(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """Take the second factor into use."""
    return await second_factor.confirmed(request, backend)


@post("/account/second-factor/remove")
async def post_remove_factor(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Remove the second factor."""
    return await second_factor.removed(request, backend)


@post("/account/recovery-codes")
async def post_recovery_codes(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """New recovery codes."""
    return await second_factor.renewed(request, backend)


@route(
    [
        "/account/password",
        "/account/email",
        "/account/email/keep",
        "/account/sessions/end",
        "/account/sessions/{session_id:uuid}/end",
        "/account/second-factor",
        "/account/second-factor/confirm",
        "/account/second-factor/remove",
        "/account/recovery-codes",
    ],
    http_method=OPEN,
)
async def reopen() -> Redirect:
    """Whoever loads the address of a form anew sees the page, and does nothing."""
    return Redirect(account.PATH, status_code=HTTP_303_SEE_OTHER)


ROUTES: list[Any] = [
    get_account,
    post_password,
    post_email,
    post_keep_email,
    post_end_others,
    post_end,
    post_factor,
    post_factor_code,
    post_remove_factor,
    post_recovery_codes,
    reopen,
]
