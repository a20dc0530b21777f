"""The page on which people look after their own sign-in: password, second factor, address, sessions (I14)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from litestar import Response

from services.portal import session
from services.portal.backend import Backend
from services.portal.calls import Refused, SignInOver
from services.portal.devices import device
from services.portal.identity import PasswordSet
from services.portal.passwords import fault_of, new_password
from services.portal.render import Answer, back_to, page
from services.portal.session import AnyRequest, access_token, field
from services.portal.signing_in import sign_in_page

PATH = "/account"
SAID = "said"
"""What the next page is to say was done."""

T = TypeVar("T")
Act = Callable[[str], Awaitable[T]]
"""Does something with an access token."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was not done, and in which part of the page to say so."""

    part: str
    code: str
    status: int = 400
    wait: int = 0
    email: str = ""
    """The wanted address, as it was typed."""


async def account_page(request: AnyRequest, backend: Backend, trouble: Trouble | None = None) -> Response[str]:
    """The page as things are at this moment; the sign-in form for whoever isn't signed in."""
    access = await access_token(request, backend.identity)
    try:
        if access is None:
            raise SignInOver
        me, sessions = await asyncio.gather(backend.identity.me(by=access), backend.identity.sessions(by=access))
    except SignInOver:
        return await signed_out(request, backend)
    return page(
        request,
        "account.html",
        path=PATH,
        me=me,
        status=trouble.status if trouble else 200,
        retry_after=trouble.wait if trouble else None,
        sessions=sorted(sessions, key=lambda one: (not one.current, -one.used_at.timestamp())),
        device=device,
        trouble=trouble,
        said=request.session.pop(SAID, None),
    )


async def signed_out(request: AnyRequest, backend: Backend) -> Response[str]:
    """The sign-in form; whoever has sent something learns that it was not done."""
    session.forget(request)
    if request.method == "POST":
        return await sign_in_page(request, backend, PATH, error="first", status=403)
    return await sign_in_page(request, backend, PATH)


async def done(request: AnyRequest, backend: Backend, part: str, act: Act[T]) -> T | Response[str]:
    """What comes of an act of the signed-in person, or the page that says why nothing does."""
    access = await access_token(request, backend.identity)
    try:
        if access is None:
            raise SignInOver
        return await act(access)
    except SignInOver:
        return await signed_out(request, backend)
    except Refused as refused:
        email = await field(request, "email")
        return await account_page(request, backend, _trouble(part, refused, email))


async def changed(request: AnyRequest, backend: Backend, part: str, act: Act[None], said: str) -> Answer:
    """Do something and lead back to the page, which says that it was done."""
    refused = await done(request, backend, part, act)
    return _said(request, said) if refused is None else refused


def _said(request: AnyRequest, what: str) -> Answer:
    """Lead back to the page, which says what was done."""
    request.session[SAID] = what
    return back_to(request, PATH)


def _trouble(part: str, refused: Refused, email: str) -> Trouble:
    return Trouble(part=part, code=_code(part, refused), status=refused.status, wait=refused.wait, email=email)


def _code(part: str, refused: Refused) -> str:
    """Which of our texts tells of it."""
    if refused.status == 429:
        return "too_many"
    if refused.code == "wrong_password" or "current_password" in refused.fields:
        return "wrong_password"
    fault = fault_of(refused) if part == "password" else None
    by_field = {"code": "wrong_code", "email": "address", "password": "wrong_password"}
    return fault or next((by_field[name] for name in by_field if name in refused.fields), "other")


async def password_changed(request: AnyRequest, backend: Backend) -> Answer:
    """Change the password; this device is known by another token then."""
    current, new = await field(request, "current"), await new_password(request)
    if new is None:
        return await account_page(request, backend, Trouble(part="password", code="again"))
    chosen = new

    async def act(by: str) -> PasswordSet:
        known = session.device_token(request)
        return await backend.identity.change_password(current=current, new=chosen, device_token=known, by=by)

    new_one = await done(request, backend, "password", act)
    if isinstance(new_one, Response):
        return new_one
    answer = _said(request, "password")
    session.remember_device(request, answer, new_one.device_token)
    return answer


async def email_wanted(request: AnyRequest, backend: Backend) -> Answer:
    """Have the e-mail address changed, once both addresses have confirmed."""
    email, password = (await field(request, "email")).strip(), await field(request, "password")

    async def act(by: str) -> None:
        await backend.identity.change_email(email=email, password=password, by=by)

    return await changed(request, backend, "email", act, "email")
