"""Let a program sign in the person who is signed in here."""

from datetime import timedelta

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Conflict
from services.identity.authorizations import ANEW, AuthorizationOver, AuthorizationRequest
from services.identity.models import AuthorizationCode, Program, Session
from services.identity.opaque import hash_opaque, write_opaque
from services.identity.program_sessions import Way, begin_program_session, lock_sign_in
from services.identity.sessions import real_now

GOOD_FOR = timedelta(seconds=60)


class SignInAgain(Conflict):
    """The program wants the person to sign in anew: their sign-in is over, too old for it, or another person's."""


async def grant_authorization(tx: Tx, *, caller: Caller, request: AuthorizationRequest, way: Way | None) -> str:
    """Begin a session at the program, below the person's sign-in; answers with the code that it is redeemed by."""
    program = await tx.session.get(Program, request.program)
    if program is None or request.redirect_uri not in program.redirect_uris:  # any more
        raise AuthorizationOver
    if request.person not in (None, caller.id):
        raise SignInAgain
    await tx.become(caller.id)
    parent = caller.session and await lock_sign_in(tx, caller.id, caller.session)
    if not parent or not _is_fresh(parent, request):
        raise SignInAgain
    session = await begin_program_session(tx, parent=parent, program=request.program, scopes=request.scopes, way=way)
    await tx.session.flush()
    code = write_opaque("fullmakt_code", caller.id, session.id)
    tx.add(
        AuthorizationCode(
            session_id=session.id,
            person_id=caller.id,
            code_hash=hash_opaque(code),
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            nonce=request.nonce,
            expires_at=await real_now(tx) + GOOD_FOR,
        )
    )
    await record_entry(tx, session, "enter_program")
    return code


def _is_fresh(parent: Session, request: AuthorizationRequest) -> bool:
    """Whether the person proved who they are as lately as the program wants (OpenID Connect Core, 3.1.2.1)."""
    proved = int(parent.authenticated_at.timestamp())
    if ANEW & set((request.prompt or "").split()) and proved < request.asked_at:
        return False
    return request.max_age is None or request.asked_at - proved <= request.max_age


async def record_entry(tx: Tx, session: Session, action: str) -> None:
    """Note in the person's trail that they went to a program, and for whom."""
    entry = Entry(
        tenant=session.person_id,
        at=tx.now,
        actor=f"person:{session.person_id}",
        on_behalf_of=session.company_id,
        action=action,
        thing=session.id,
        details={"program": session.program, "link": session.link_id and str(session.link_id)},
    )
    await tx.record(entry)
