"""Go on with a session: a new access token for it."""

import hmac
from typing import Annotated

import msgspec

from libs.shared.database import Database
from libs.shared.errors import NotFound, Unauthenticated
from services.identity.models import Session
from services.identity.opaque import hash_opaque, read_opaque
from services.identity.sessions import IDLE, LONGEST, real_now


class SessionOver(Unauthenticated):
    """This session has ended; sign in again."""


class UseSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The session to go on with."""

    session_token: Annotated[str, msgspec.Meta(max_length=200)]


async def use_session(database: Database, *, token: str) -> Session:
    """The sign-in that a session token is of, which is idle from now on only; SessionOver for any other token."""
    named = read_opaque("fullmakt_session", token)
    if named is None:
        raise SessionOver
    async with database.begin(named.person_id) as tx:
        try:
            session = await tx.lock(Session, named.row_id, visible_to=named.person_id)
        except NotFound as error:
            raise SessionOver from error
        now = await real_now(tx)
        if session.ended_at is not None or session.expires_at <= now:
            raise SessionOver
        if not hmac.compare_digest(session.token_hash or b"", hash_opaque(token)):
            raise SessionOver
        session.used_at = now
        session.expires_at = min(now + IDLE, session.created_at + LONGEST)
        return session
