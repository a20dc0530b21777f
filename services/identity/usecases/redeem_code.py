"""Redeem a code for the session that it stands for."""

import hmac
from typing import NamedTuple

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy import select

from libs.shared.database import Tx
from services.identity.models import AuthorizationCode, Session
from services.identity.opaque import hash_opaque, read_opaque
from services.identity.program_sessions import Place, find_open, place_of
from services.identity.sessions import end_noted, real_now
from services.identity.usecases.refresh_session import begin_refreshing

REUSED = "code_reused"


class Redeemed(NamedTuple):
    """The session of a code that was good, its first refresh token, and what the ID token is to repeat."""

    session: Session
    refresh_token: str
    nonce: str | None


async def read_code(tx: Tx, *, code: str) -> Place | None:
    """What access is asked before the code is redeemed; None if it is none of ours. Runs as the person."""
    said = read_opaque("fullmakt_code", code)
    session = said and await _session_of(tx, code)
    return place_of(session) if session else None


async def redeem_code(
    tx: Tx, *, program: str, code: str, redirect_uri: str, verifier: str, closed: str | None
) -> Redeemed | None:
    """Begin to use the session, once; None if the code is not good. Used again, it ends the session (RFC 6749, 4.1.2).

    `closed`: why access says that the way is closed by now; it ends the session too. Runs as the person.
    """
    session = await _session_of(tx, code)
    if session is None or session.program != program:
        return None
    kept = await tx.session.get_one(AuthorizationCode, session.id, with_for_update=True)
    now = await real_now(tx)
    if kept.used_at is not None or closed is not None:
        reason = REUSED if closed is None else "access_gone"
        await end_noted(tx, session.person_id, Session.id == session.id, reason=reason)
        return None
    challenge: str = create_s256_code_challenge(verifier)  # type: ignore[no-untyped-call]  # its stubs say nothing
    genuine = hmac.compare_digest(challenge, kept.code_challenge) and redirect_uri == kept.redirect_uri
    if not genuine or kept.expires_at <= now or await find_open(tx, session.person_id, session.id) is None:
        return None
    kept.use(at=now)
    return Redeemed(session, await begin_refreshing(tx, session), kept.nonce)


async def _session_of(tx: Tx, code: str) -> Session | None:
    """The session whose code this is, locked; whether the code is good by now is another question."""
    said = read_opaque("fullmakt_code", code)
    if said is None:
        return None
    await tx.become(said.person_id)
    of_code = select(AuthorizationCode.session_id).where(
        AuthorizationCode.session_id == said.row_id,
        AuthorizationCode.person_id == said.person_id,
        AuthorizationCode.code_hash == hash_opaque(code),
    )
    query = select(Session).where(Session.id.in_(of_code), Session.person_id == said.person_id)
    return (await tx.session.scalars(query.with_for_update())).one_or_none()
