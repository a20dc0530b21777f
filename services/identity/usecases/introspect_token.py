"""Tell whether a token is good at this moment (RFC 7662)."""

from uuid import UUID

from libs.shared.auth import AUDIENCE
from libs.shared.database import Tx
from services.identity.models import Program, ServiceAccount
from services.identity.program_sessions import Place, find_open, place_of
from services.identity.tokens import Claims


def is_askers(claims: Claims, client: Program | ServiceAccount) -> bool:
    """Whether the token is the asker's to know of: a program's own, and for a service account those of our services.

    A program that can keep no secret has not shown who it is, and may ask nothing.
    """
    if isinstance(client, Program):
        return client.secret_hash is not None and bool(claims["aud"] == client.id)
    return bool(claims["aud"] == AUDIENCE)


async def read_session(tx: Tx, *, claims: Claims) -> Place | None:
    """What access is to be asked about the token's session; None if it is over. Runs as the person."""
    kind, _, id_ = str(claims["sub"]).partition(":")
    if kind != "person" or "sid" not in claims:
        return None
    await tx.become(UUID(id_))
    session = await find_open(tx, UUID(id_), UUID(claims["sid"]))
    return place_of(session) if session else None
