"""Go on with a session at a program, by a refresh token that is good once."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select

from libs.shared.database import Tx
from services.identity.models import RefreshToken, Session
from services.identity.opaque import hash_opaque, read_opaque, write_opaque
from services.identity.program_sessions import Place, choose_scopes, find_open, place_of
from services.identity.sealing import Sealer
from services.identity.sessions import end_noted, real_now

REPEAT = timedelta(seconds=10)
"""How long after its use a token is taken for a repeat of the same request, whose answer was lost."""
REUSED = "refresh_token_reused"


class Refreshed(NamedTuple):
    """The session of a refresh token that was good, the token that follows it, and the scopes of what is given now."""

    session: Session
    refresh_token: str
    scopes: list[str]


async def begin_refreshing(tx: Tx, session: Session) -> str:
    """The first refresh token of a session; runs as the person."""
    id_ = uuid4()
    token = write_opaque("fullmakt_refresh", session.person_id, id_)
    await _keep(tx, session, id_, token)
    return token


async def read_refresh_token(tx: Tx, *, token: str) -> Place | None:
    """What access is asked before the session goes on; None if the token is none of ours. Runs as the person."""
    found = await find_refresh_token(tx, token)
    return place_of(await tx.session.get_one(Session, found.session_id)) if found else None


async def refresh_session(
    tx: Tx, *, sealer: Sealer, program: str, token: str, closed: str | None, asked: str | None
) -> Refreshed | None:
    """Use the token, and give out its successor; None if it is not good. Used again later, it ends the session.

    `closed`: why access says that the way is closed by now; it ends the session too. `asked`: scopes, fewer than those
    of the session perhaps, which keeps its own. Raises UnknownScope, and the token is as good as before. Runs as the
    person.
    """
    found = await find_refresh_token(tx, token)
    session = None if found is None else await find_open(tx, found.person_id, found.session_id, lock=True)
    if found is None or session is None or session.program != program:
        return None
    await tx.session.refresh(found, with_for_update=True)
    now = await real_now(tx)
    reused = found.used_at is not None and now - found.used_at > REPEAT
    if reused or closed is not None:
        reason = REUSED if reused else "access_gone"
        await end_noted(tx, session.person_id, Session.id == session.id, reason=reason)
        return None
    scopes = choose_scopes(session.scopes, asked, by_default=session.scopes)
    id_, successor = _successor(sealer, found)
    if found.used_at is None:
        found.use(at=now)
        session.used_at = now
        await _keep(tx, session, id_, successor)
    return Refreshed(session, successor, scopes)


async def find_refresh_token(tx: Tx, token: str) -> RefreshToken | None:
    """The row of a token, used or not; goes on as the person whose it is."""
    said = read_opaque("fullmakt_refresh", token)
    if said is None:
        return None
    await tx.become(said.person_id)
    query = select(RefreshToken).where(
        RefreshToken.id == said.row_id,
        RefreshToken.person_id == said.person_id,
        RefreshToken.token_hash == hash_opaque(token),
    )
    return (await tx.session.scalars(query)).one_or_none()


def _successor(sealer: Sealer, found: RefreshToken) -> tuple[UUID, str]:
    """Derived, so that a repeat gets the same one and none is kept in clear."""
    id_ = UUID(bytes=sealer.derive("refresh_id", found.token_hash)[:16], version=4)
    return id_, write_opaque("fullmakt_refresh", found.person_id, id_, sealer.derive("refresh", found.token_hash))


async def _keep(tx: Tx, session: Session, id_: UUID, token: str) -> None:
    tx.add(
        RefreshToken(
            id=id_,
            session_id=session.id,
            person_id=session.person_id,
            token_hash=hash_opaque(token),
            issued_at=await real_now(tx),
        )
    )
