"""End sessions of one's own: the present one, another one, all others."""

from uuid import UUID

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.identity.credentials import lock_person
from services.identity.models import Session
from services.identity.sessions import end_sessions, others_than
from services.identity.trail import record_own


async def sign_out(tx: Tx, *, caller: Caller) -> None:
    """End the caller's session and what was begun from it; nothing happens if it has ended already."""
    person = await lock_person(tx, caller.id)
    if await end_sessions(tx, caller.id, Session.id == caller.session, reason="signed_out"):
        await record_own(tx, person, "sign_out", thing=caller.session)


async def end_session(tx: Tx, *, caller: Caller, session_id: UUID) -> None:
    """End one of the caller's sessions, wherever it is."""
    person = await lock_person(tx, caller.id)
    if not await end_sessions(tx, caller.id, Session.id == session_id, reason="ended"):
        raise NotFound
    await record_own(tx, person, "end_session", thing=session_id)


async def end_other_sessions(tx: Tx, *, caller: Caller) -> None:
    """End all of the caller's sessions but the present one and what was begun from it."""
    person = await lock_person(tx, caller.id)
    ended = await end_sessions(tx, caller.id, *others_than(caller.session), reason="ended")
    await record_own(tx, person, "end_other_sessions", ended=len(ended))
