"""What several use cases need when somebody changes what they sign in with (I14)."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from fullmakt.events import SignInChanged
from sqlalchemy import update

from libs.shared.auth import Caller
from libs.shared.database import Database, Tx, Versioned
from libs.shared.errors import Invalid, NotFound
from services.identity.events import person_changed
from services.identity.limits import Bucket, Limits
from services.identity.models import EmailChange, PasswordReset, Person
from services.identity.passwords import CORES, a_core, verify
from services.identity.sessions import end_sessions, others_than
from services.identity.trail import record_refused


class WrongPassword(Invalid):
    """This is not your password."""


class InvalidCode(Invalid):
    """This is no code of your authenticator app, or it was used already; wait for the next one."""

    def __init__(self) -> None:
        super().__init__(field="code")


class Told(Versioned):
    """Something that happened once: there is no row of it, and its event is its only version."""

    def __init__(self) -> None:
        self.version = 0


async def lock_person(tx: Tx, person_id: UUID) -> Person:
    """The person, locked, as themselves; NotFound for a service account and for who was erased."""
    person = await tx.lock(Person, person_id, visible_to=person_id)
    if person.erased_at is not None:
        raise NotFound
    return person


async def confirm_password(
    database: Database, limits: Limits, *, caller: Caller, password: str, field: str = "password"
) -> str:
    """The hash that a signed-in person's password was right for, to compare once their row is locked.

    Outside a transaction: it takes long, and connections are few.
    """
    async with database.begin(caller.id) as tx:
        person = await tx.get(Person, caller.id, visible_to=caller.id)
    buckets = limits.of_session("own password", person_id=caller.id, session=caller.session, at_most=10)
    genuine = await guess_password(limits, buckets, kept=person.password_hash, password=password)
    if not genuine or person.password_hash is None:
        reason = WrongPassword.code()
        await record_refused(database, caller.id, "confirm_password", reason=reason, actor=caller.actor)
        raise WrongPassword(field=field)
    return person.password_hash


async def guess_password(limits: Limits, buckets: Sequence[Bucket], *, kept: str | None, password: str) -> bool:
    """Whether it is the password; a failure counts. TooManyAttempts if too many have failed.

    Looking at the limit, checking and counting are one while a core is held, so parallel guesses get past the limit by
    one a core at most. Where all cores are taken, who is over the limit is refused without waiting for one.
    """
    if CORES.locked():
        await limits.check(buckets)
    async with a_core():
        await limits.check(buckets)
        genuine = await verify(kept, password)
        if not genuine:
            await limits.count(buckets)
    return genuine


async def lock_confirmed(tx: Tx, person_id: UUID, confirmed: str, *, field: str = "password") -> Person:
    """The person, locked, if their password is still the one that was confirmed."""
    person = await lock_person(tx, person_id)
    if person.password_hash != confirmed:
        raise WrongPassword(field=field)
    return person


async def give_up_email_change(tx: Tx, person: Person) -> None:
    """Who wants another address wants it with the password they had: with another one, or none, it is over."""
    if person.pending_email is not None:
        person.keep_email()
        tx.emit(person_changed(person), of=person)
    changes = update(EmailChange).where(EmailChange.person_id == person.id, EmailChange.state == "pending")
    await tx.session.execute(changes.values(state="cancelled", settled_at=tx.now))


async def settle_change(tx: Tx, person_id: UUID, change: str, *, keep: UUID | None, reason: str | None = None) -> None:
    """What goes with each change: all sessions but the one to keep end, open links are over, the person is told."""
    await end_sessions(tx, person_id, *others_than(keep), reason=reason or change)
    links = update(PasswordReset).where(PasswordReset.person_id == person_id, PasswordReset.used_at.is_(None))
    await tx.session.execute(links.values(used_at=tx.now))
    event = SignInChanged(sign_in_change_id=uuid4(), person_id=person_id, change=change, changed_at=tx.now)
    tx.emit(event, of=Told())
