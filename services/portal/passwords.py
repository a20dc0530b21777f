"""A new password, typed twice: what of it was not taken, and the pages of who has forgotten theirs (I14)."""

from litestar import Response
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from services.portal import session
from services.portal.backend import Backend
from services.portal.calls import Refused, ServiceLost
from services.portal.render import Answer, page
from services.portal.session import AnyRequest, field

FIELDS = {"password", "new_password"}


async def new_password(request: AnyRequest) -> str | None:
    """The password of the form; None if it was not typed twice alike."""
    password = await field(request, "password")
    return password if password == await field(request, "again") else None


def fault_of(refused: Refused) -> str | None:
    """What is wrong with a new password: too `common`, or its length (`password`); None if that isn't it."""
    if refused.code == "password_too_common":
        return "common"
    return "password" if refused.fields & FIELDS else None


def ask_page(request: AnyRequest, *, error: str | None = None, email: str = "", wait: int = 0) -> Response[str]:
    """Asks for the address that the link is to go to."""
    status = (429 if error == "too_many" else 400) if error else 200
    return page(
        request,
        "reset_ask.html",
        path="/reset",
        status=status,
        retry_after=wait,
        error=error,
        email=email,
        wait=wait,
    )


async def asked(request: AnyRequest, backend: Backend) -> Response[str]:
    """The same answer whether anybody signs in with the address or not."""
    email = (await field(request, "email")).strip()
    try:
        await backend.identity.ask_for_reset(email)
    except Refused as refused:
        return ask_page(
            request, error="too_many" if refused.status == 429 else "address", email=email, wait=refused.wait
        )
    return page(request, "message.html", topic="reset_asked", again=None)


def reset_page(request: AnyRequest, token: str, error: str | None = None) -> Response[str]:
    """Asks for the new password. Making the page uses up nothing."""
    return page(request, "reset.html", path=f"/reset/{token}", status=400 if error else 200, error=error)


async def reset(request: AnyRequest, backend: Backend, token: str) -> Answer:
    """Set the new password; all sessions end with that, and so does the one here."""
    password = await new_password(request)
    if password is None:
        return reset_page(request, token, "again")
    try:
        done = await backend.identity.reset_password(token, password)
    except Refused as refused:
        fault = fault_of(refused)
        if fault:
            return reset_page(request, token, fault)
        return page(request, "message.html", status=refused.status, topic="reset_over", again="/reset")
    await leave(request, backend)
    answer = Redirect("/reset/done", status_code=HTTP_303_SEE_OTHER)
    session.remember_device(request, answer, done.device_token)
    return answer


async def leave(request: AnyRequest, backend: Backend) -> None:
    """Sign out whoever was signed in here, so that the new password is what is used next."""
    try:
        await session.sign_out(request, backend.identity)
    except ServiceLost:
        return  # the password is set, and nobody is signed in here any more
