"""Signing in: the password, a code where there is a second factor, and on to where that was asked for."""

from contextlib import suppress

from litestar import Response

from services.portal import authorization, session
from services.portal.backend import Backend
from services.portal.calls import Refused, ServiceLost
from services.portal.identity import SignedIn
from services.portal.render import AUTHORIZE, Answer, back_to, own_path, page
from services.portal.session import AnyRequest, device_token, field


async def sign_in_page(
    request: AnyRequest,
    backend: Backend,
    path: str,
    *,
    topic: str = "sign_in",
    error: str | None = None,
    email: str = "",
    wait: int = 0,
    status: int = 200,
) -> Response[str]:
    """The sign-in form that leads on to `path`; to a program, it says to which. Raises AuthorizationOver."""
    to_program = AUTHORIZE.fullmatch(path)
    if to_program:
        asked = to_program[1]
        wanted = await authorization.read(backend, asked)
        return authorization.sign_in_to(
            request, wanted, asked, error=error, email=email or None, wait=wait, status=status
        )
    return page(
        request,
        "sign_in.html",
        path=path,
        status=status,
        retry_after=wait,
        topic=topic,
        error=error,
        wait=wait,
        email=email,
    )


async def with_password(request: AnyRequest, backend: Backend) -> Answer:
    """Sign in with what was typed; ask for a code, if that is not enough."""
    email, path = (await field(request, "email")).strip(), own_path(await field(request, "next"))
    password = await field(request, "password")
    try:
        signed = await backend.identity.sign_in(email=email, password=password, device_token=device_token(request))
    except Refused as refused:
        if refused.code == "second_factor_required":
            return code_page(request, path, str(refused.more.get("challenge", "")))
        error, status = _why(refused, "wrong")
        return await sign_in_page(request, backend, path, error=error, email=email, wait=refused.wait, status=status)
    return await _entered(request, backend, signed, path)


async def with_code(request: AnyRequest, backend: Backend) -> Answer:
    """Sign in with a code, after the password."""
    challenge, path = await field(request, "challenge"), own_path(await field(request, "next"))
    code = "".join((await field(request, "code")).split())
    try:
        signed = await backend.identity.second_factor(
            challenge=challenge, code=code, device_token=device_token(request)
        )
    except Refused as refused:
        if refused.code == "challenge_over":
            return await sign_in_page(request, backend, path, error="challenge_over", status=400)
        error, status = _why(refused, "wrong_code")
        return code_page(request, path, challenge, error=error, wait=refused.wait, status=status)
    return await _entered(request, backend, signed, path)


def code_page(
    request: AnyRequest, path: str, challenge: str, *, error: str | None = None, wait: int = 0, status: int = 200
) -> Response[str]:
    """Asks for the code. The challenge rides in the form: it says that the password was right, and for whom."""
    return page(
        request,
        "code.html",
        path=path,
        status=status,
        retry_after=wait,
        challenge=challenge,
        error=error,
        wait=wait,
    )


def _why(refused: Refused, wrong: str) -> tuple[str, int]:
    """What to say to a refused sign-in, and with which status."""
    if refused.status == 429:
        return "too_many", 429
    return (wrong if refused.status in {400, 401} else "failed"), 400


async def _entered(request: AnyRequest, backend: Backend, signed: SignedIn, path: str) -> Answer:
    """Go on as who has signed in; a session that was here before them ends, as nobody could use it any more."""
    with suppress(ServiceLost):  # the new session is there, whether or not the old one could be ended
        await session.sign_out(request, backend.identity)
    session.sign_in(request, signed)
    answer = back_to(request, path)
    session.remember_device(request, answer, signed.device_token)
    return answer
