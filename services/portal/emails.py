"""The page that the two mails of a changed address lead to (I14): one to the old address, one to the new."""

from litestar import Response

from services.portal.backend import Backend
from services.portal.calls import Refused
from services.portal.render import page
from services.portal.session import AnyRequest, access_token, who


def confirm_page(request: AnyRequest, token: str) -> Response[str]:
    """Asks for a click; a mail scanner that opens the link confirms nothing."""
    return page(request, "email.html", path=f"/email/{token}")


async def confirmed(request: AnyRequest, backend: Backend, token: str) -> Response[str]:
    """Confirm, and say what is still missing."""
    by = await access_token(request, backend.identity) if await who(request, backend.identity) else None
    try:
        confirmation = await backend.identity.confirm_email(token, by=by)
    except Refused as refused:
        if refused.code == "address_taken":
            return page(request, "message.html", status=refused.status, topic="email_taken", again=None)
        return page(request, "message.html", status=refused.status, topic="email_over", again="/account")
    if confirmation.state == "done":
        return page(request, "message.html", topic="email_done", again="/")
    missing = "old" if confirmation.missing == "old" else "new"
    return page(request, "message.html", topic=f"email_waits_{missing}", again=None)
