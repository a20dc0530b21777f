"""The pages that mailed links lead to."""

from typing import Any

from litestar import HttpMethod, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from libs.shared.mail_tokens import TOKEN
from services.portal import emails, passwords
from services.portal.approval import LONGEST_REASON, LinkLeadsNowhere, Trouble, answered, approval_page
from services.portal.backend import Backend
from services.portal.clients import Located
from services.portal.invitation import accepted, invitation_page
from services.portal.render import Answer, back_to, page
from services.portal.session import AnyRequest, field, who

OPEN = [HttpMethod.GET, HttpMethod.HEAD]


def check(token: str) -> None:
    """Whether it can be a token of ours, before it becomes part of another address. Raises LinkLeadsNowhere."""
    if not TOKEN.fullmatch(token):
        raise LinkLeadsNowhere


@route("/approve/{token:str}", http_method=OPEN)
async def approve(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """The approval page."""
    return await approval_page(request, backend, token)


@post("/approve/{token:str}/accept")
async def post_accept(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Approve the request, as the person signed in."""

    async def send(located: Located, by: str, key: str) -> None:
        await backend.clients.accept(located, by=by, key=key)

    return await answered(request, backend, token, send)


@post("/approve/{token:str}/decline")
async def post_decline(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Decline the request, as the person signed in."""
    reason = (await field(request, "reason")).replace("\r\n", "\n").strip()
    if len(reason) > LONGEST_REASON:
        return await approval_page(request, backend, token, Trouble(status=400, code="reason_too_long", reason=reason))

    async def send(located: Located, by: str, key: str) -> None:
        await backend.clients.decline(located, reason=reason or None, by=by, key=key)

    return await answered(request, backend, token, send, reason)


@route(["/approve/{token:str}/accept", "/approve/{token:str}/decline"], http_method=OPEN)
async def reopen(token: FromPath[str], request: AnyRequest) -> Answer:
    """Whoever loads the address of an answer anew sees the page, and answers nothing."""
    return back_to(request, f"/approve/{token}")


@route("/invitations/{token:str}", http_method=OPEN)
async def invitation(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """The invitation: whoever is signed in only accepts it."""
    check(token)
    me = await who(request, backend.identity)
    return invitation_page(request, token, me, "accept" if me else "choose")


@post("/invitations/{token:str}")
async def post_invitation(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Accept the invitation, with a new password or as the person signed in."""
    check(token)
    return await accepted(request, backend, token, await who(request, backend.identity))


@route("/reset", http_method=OPEN)
async def reset_ask(request: AnyRequest) -> Response[str]:
    """Where somebody comes who has forgotten their password."""
    return passwords.ask_page(request)


@post("/reset")
async def post_reset_ask(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """Have the link mailed."""
    return await passwords.asked(request, backend)


@route("/reset/done", http_method=OPEN)
async def reset_done(request: AnyRequest) -> Response[str]:
    """Where somebody signs in who has just set a new password."""
    return page(request, "sign_in.html", topic="reset_done", error=None, wait=0, email="")


@route("/reset/{token:str}", http_method=OPEN)
async def reset(token: FromPath[str], request: AnyRequest) -> Response[str]:
    """Choose a new password."""
    check(token)
    return passwords.reset_page(request, token)


@post("/reset/{token:str}")
async def post_reset(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Set the new password."""
    check(token)
    return await passwords.reset(request, backend, token)


@route("/email/{token:str}", http_method=OPEN)
async def email(token: FromPath[str], request: AnyRequest) -> Response[str]:
    """Confirm a changed address, or not."""
    check(token)
    return emails.confirm_page(request, token)


@post("/email/{token:str}")
async def post_email(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """Confirm the changed address."""
    check(token)
    return await emails.confirmed(request, backend, token)


ROUTES: list[Any] = [
    approve,
    post_accept,
    post_decline,
    reopen,
    invitation,
    post_invitation,
    reset_ask,
    post_reset_ask,
    reset_done,
    reset,
    post_reset,
    email,
    post_email,
]
