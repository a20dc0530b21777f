"""A program gives a token back (RFC 7009)."""

from uuid import UUID

from libs.shared.database import Tx
from services.identity.models import Program, Session
from services.identity.sessions import end_noted
from services.identity.tokens import Claims
from services.identity.usecases.refresh_session import find_refresh_token

REVOKED = "revoked"


async def revoke_token(tx: Tx, *, program: Program, token: str, claims: Claims | None) -> None:
    """End the session that the program's token is of; what isn't the program's, or no token, changes nothing.

    `claims`: of the token, if it is an access token.
    """
    of_program = Session.program == program.id
    if claims is not None and claims["aud"] == program.id:
        person_id = UUID(str(claims["sub"]).partition(":")[2])
        await tx.become(person_id)
        await end_noted(tx, person_id, Session.id == UUID(claims["sid"]), of_program, reason=REVOKED)
    elif (found := await find_refresh_token(tx, token)) is not None:
        await end_noted(tx, found.person_id, Session.id == found.session_id, of_program, reason=REVOKED)
