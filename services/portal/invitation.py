"""The page that a mailed invitation leads to: choose a password, or join with the sign-in one has."""

from typing import Literal

from litestar import Response
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from services.portal.backend import Backend
from services.portal.calls import Refused, SignInOver
from services.portal.identity import Me
from services.portal.passwords import fault_of, leave, new_password
from services.portal.render import Answer, back_to, page
from services.portal.session import AnyRequest, access_token

Step = Literal["choose", "accept", "sign_in", "other"]
"""Choose a password; accept as who is signed in; sign in first; signed in as somebody else than was invited."""


def invitation_page(
    request: AnyRequest, token: str, me: Me | None, step: Step, error: str | None = None
) -> Response[str]:
    """The invitation at one of its steps."""
    path = f"/invitations/{token}"
    return page(
        request, "invitation.html", path=path, me=me, status=400 if error else 200, step=step, error=error, email=""
    )


async def accepted(request: AnyRequest, backend: Backend, token: str, me: Me | None) -> Answer:
    """Accept with the password of the form, or, where it has none, as the person signed in."""
    chooses = "password" in await request.form()
    password = await new_password(request)
    if password is None:
        return invitation_page(request, token, me, "choose", "again")
    try:
        by = await access_token(request, backend.identity) if me else None
        await backend.identity.accept_invitation(token, password=password, by=by)
    except SignInOver:
        return invitation_page(request, token, None, "sign_in")
    except Refused as refused:
        return _refused(request, token, me, refused)
    if not chooses:
        return back_to(request, "/")
    await leave(request, backend)
    return Redirect("/welcome", status_code=HTTP_303_SEE_OTHER)


def _refused(request: AnyRequest, token: str, me: Me | None, refused: Refused) -> Response[str]:
    """Why the invitation was not accepted, and what to do now."""
    if refused.code == "sign_in_first":
        return invitation_page(request, token, me, "other" if me else "sign_in")
    if refused.code == "already_accepted":
        return page(request, "sign_in.html", status=409, me=me, topic="already_accepted", error=None, wait=0, email="")
    fault = fault_of(refused)
    if fault:
        return invitation_page(request, token, me, "choose", fault)
    return page(request, "message.html", status=refused.status, topic="invitation_gone", again=None)
