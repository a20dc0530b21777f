"""Where a program sends people who are to sign in to it (OpenID Connect Core 1.0, 3.1.2), and where they go from there.

The portal leads to no address but the one that identity has checked and given, and reads nothing into it.
"""

from litestar import Response
from litestar.status_codes import HTTP_303_SEE_OTHER

from services.portal.backend import Backend
from services.portal.calls import Refused, SignInOver
from services.portal.identity import Authorization, Redirection
from services.portal.render import AUTHORIZE, page
from services.portal.session import AnyRequest, access_token

LONGEST_HINT = 254


class AuthorizationOver(Exception):
    """What the program asked for is too old, or was never asked like this."""


async def read(backend: Backend, asked: str) -> Authorization:
    """What the program asks for. Raises AuthorizationOver."""
    _check(asked)
    try:
        return await backend.identity.read_authorization(asked)
    except Refused as refused:
        raise AuthorizationOver from refused


async def authorized(request: AnyRequest, backend: Backend, asked: str) -> Response[str]:
    """On to the program with whoever is signed in; else they sign in first, if the program lets them.

    Raises AuthorizationOver.
    """
    wanted = await read(backend, asked)
    error = None
    try:
        access = await access_token(request, backend.identity)
        if access:
            return _to_program(await backend.identity.authorize(asked, by=access))
    except SignInOver:
        pass
    except Refused as refused:
        if refused.code != "sign_in_again":
            raise AuthorizationOver from refused
        error = "again"
    if "none" in (wanted.prompt or "").split():
        return await refused_with(backend, asked, "login_required")
    return sign_in_to(request, wanted, asked, error=error)


def sign_in_to(
    request: AnyRequest,
    wanted: Authorization,
    asked: str,
    *,
    error: str | None = None,
    email: str | None = None,
    wait: int = 0,
    status: int = 200,
) -> Response[str]:
    """The sign-in form that leads on to the program. `email`: as it was typed; the program's hint before that."""
    hint = (wanted.login_hint or "")[:LONGEST_HINT]
    return page(
        request,
        "authorize.html",
        path=f"/authorize?request={asked}",
        status=status,
        retry_after=wait,
        wanted=wanted,
        cancel=f"/authorize/cancel?request={asked}",
        error=error,
        wait=wait,
        email=hint if email is None else email,
    )


async def refused_with(backend: Backend, asked: str, error: str) -> Response[str]:
    """Back to the program without anybody. Raises AuthorizationOver."""
    _check(asked)
    try:
        return _to_program(await backend.identity.refuse(asked, error))
    except Refused as refused:
        raise AuthorizationOver from refused


def _check(asked: str) -> None:
    if not AUTHORIZE.fullmatch(f"/authorize?request={asked}"):
        raise AuthorizationOver


def _to_program(redirection: Redirection) -> Response[str]:
    """The address goes out as it came, to the last character: programs compare it."""
    return Response("", status_code=HTTP_303_SEE_OTHER, headers={"Location": redirection.redirect_to})
