"""The approval page (L6 to L8): what the mailed link shows, and to whom."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from litestar import Response

from libs.shared.mail_tokens import TOKEN
from services.portal.backend import Backend
from services.portal.calls import Refused, SignInOver
from services.portal.clients import LinkRequest, Located
from services.portal.identity import Me
from services.portal.render import Answer, back_to, page
from services.portal.session import AnyRequest, access_token, field

LONGEST_REASON = 500

Send = Callable[[Located, str, str], Awaitable[None]]
"""Sends an answer to clients: the request, the access token of who answers, the idempotency key."""


class LinkLeadsNowhere(Exception):
    """Not a link that we mailed, or one that a later mail has replaced."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A link request as whoever opened the page may see it."""

    located: Located
    me: Me | None = None
    request: LinkRequest | None = None
    """None for somebody who is not signed in, or no member of the company: they see what the mail told."""

    @property
    def state(self) -> str:
        """Pending, accepted, declined, cancelled or expired."""
        return self.request.state if self.request else self.located.state

    @property
    def may_answer(self) -> bool:
        """Whether to offer the buttons; clients itself asks identity once more when one is pressed (L11)."""
        return self.me is not None and self.me.holds(SYSTEM_ADMINISTRATOR, self.located.company_id)


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why an answer was not taken."""

    status: int
    code: str
    reason: str = ""
    """The reason for declining, as it was typed."""


async def locate(backend: Backend, token: str) -> Located:
    """The request that a mailed link names. Raises LinkLeadsNowhere."""
    if not TOKEN.fullmatch(token):
        raise LinkLeadsNowhere
    try:
        return await backend.clients.locate(token)
    except Refused as refused:
        raise LinkLeadsNowhere from refused


async def look(backend: Backend, token: str, access: str | None) -> Seen:
    """What this person may see of the request. Raises LinkLeadsNowhere."""
    located = await locate(backend, token)
    if access is None:
        return Seen(located=located)
    try:
        me, request = await asyncio.gather(
            backend.identity.me(by=access), backend.clients.link_request(located, by=access)
        )
    except SignInOver:
        return Seen(located=located)
    return Seen(located=located, me=me, request=request)


async def approval_page(
    request: AnyRequest, backend: Backend, token: str, trouble: Trouble | None = None
) -> Response[str]:
    """The page as things are at this moment. Making it changes nothing."""
    seen = await look(backend, token, await access_token(request, backend.identity))
    return page(
        request,
        "approve.html",
        path=f"/approve/{token}",
        me=seen.me,
        status=trouble.status if trouble else 200,
        seen=seen,
        trouble=trouble,
        longest_reason=LONGEST_REASON,
        key=uuid4(),
    )


async def answered(request: AnyRequest, backend: Backend, token: str, send: Send, reason: str = "") -> Answer:
    """Send an answer and lead back to the page; if it was not taken, the page says why."""
    access, located = await access_token(request, backend.identity), await locate(backend, token)
    try:
        if access is None:
            raise SignInOver
        await send(located, access, idempotency_key(await field(request, "key")))
    except SignInOver:
        trouble = Trouble(status=403, code="sign_in_over", reason=reason)
    except Refused as refused:
        trouble = Trouble(status=refused.status, code=refused.code, reason=reason)
    else:
        return back_to(request, f"/approve/{token}")
    return await approval_page(request, backend, token, trouble)


def idempotency_key(given: str) -> str:
    """The key that the form brought, the same however often it is sent; a new one if that is none."""
    try:
        return str(UUID(given))
    except ValueError:
        return str(uuid4())
