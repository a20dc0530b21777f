"""Close a sign-in."""

from uuid import UUID

from sqlalchemy import delete, select, update

from libs.shared.audit import Entry
from libs.shared.database import Tx
from services.identity.credentials import give_up_email_change
from services.identity.models import Membership, PasswordReset, Person, RecoveryCode, SecondFactor
from services.identity.sessions import end_sessions


async def close_sign_in(tx: Tx, *, person_id: UUID) -> None:
    """End the sign-in of somebody who belongs nowhere any more (I13); invited again they choose a password anew.

    The person's row is locked before it is looked: of two memberships that end at the same moment one is the last.
    """
    await tx.become(person_id)
    person = await tx.lock(Person, person_id, visible_to=person_id)
    if person.operator or person.password_hash is None or await _belongs_somewhere(tx, person_id):
        return
    await forget_sign_in(tx, person, reason="left")
    entry = Entry(
        tenant=person_id,
        at=tx.now,
        actor=tx.actor,
        action="close_sign_in",
        thing=person_id,
        details={"person": str(person_id)},
    )
    await tx.record(entry)


async def forget_sign_in(tx: Tx, person: Person, *, reason: str) -> None:
    """All sessions end, and nothing signs the person in any more or leads to it; runs with them as tenant."""
    await end_sessions(tx, person.id, reason=reason)
    person.password_hash = None
    await give_up_email_change(tx, person)
    for kept in (SecondFactor, RecoveryCode):
        await tx.session.execute(delete(kept).where(kept.person_id == person.id))
    resets = update(PasswordReset).where(PasswordReset.person_id == person.id, PasswordReset.used_at.is_(None))
    await tx.session.execute(resets.values(used_at=tx.now))


async def _belongs_somewhere(tx: Tx, person_id: UUID) -> bool:
    """Whether an organisation has this person as a member; who is invited chooses a password with accepting (I13)."""
    places = select(Membership.id).where(Membership.person_id == person_id, Membership.state == "active")
    return await tx.session.scalar(places.limit(1)) is not None
