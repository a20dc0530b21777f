"""A program signs a person out, everywhere (OpenID Connect RP-Initiated Logout)."""

from uuid import UUID

from sqlalchemy import select

from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.models import Program, Session
from services.identity.sessions import end_noted
from services.identity.tokens import Claims


class UnknownLogoutRedirect(Invalid):
    """This post_logout_redirect_uri is not registered for the program; nobody was signed out."""


async def log_out(tx: Tx, *, claims: Claims | None, client_id: str | None, redirect_uri: str | None) -> None:
    """End the sign-in below which the ID token was given; without one, nothing. Raises UnknownLogoutRedirect.

    `claims`: of the ID token, as the hint whose session it is; `client_id`: the program, where there is no hint.
    """
    program_id = str(claims["aud"]) if claims else client_id
    if redirect_uri is not None:
        query = select(Program).where(Program.id == (program_id or ""))
        program = (await tx.session.scalars(query)).one_or_none()
        same = program is not None and client_id in (None, program.id)
        if program is None or not same or redirect_uri not in program.post_logout_redirect_uris:
            raise UnknownLogoutRedirect(field="post_logout_redirect_uri")
    if claims is None:
        return
    person_id = UUID(str(claims["sub"]).partition(":")[2])
    await tx.become(person_id)
    parent = select(Session.parent_id).where(Session.id == UUID(claims["sid"])).scalar_subquery()  # it may be over
    await end_noted(tx, person_id, Session.id == parent, reason="signed_out")
