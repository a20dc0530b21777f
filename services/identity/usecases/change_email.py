"""Another e-mail address, which holds once both addresses have confirmed it (I14)."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from fullmakt.events import EmailChangeRequested
from sqlalchemy import select

from libs.shared.auth import Caller
from libs.shared.database import Database, Tx
from libs.shared.errors import Conflict, Invalid, NotFound
from libs.shared.mail_tokens import is_genuine, read_token
from services.identity.credentials import lock_confirmed, lock_person, settle_change
from services.identity.details import Email, clean_email
from services.identity.events import person_changed
from services.identity.invitations import find_by_email
from services.identity.models import EmailChange, Person
from services.identity.passwords import LONGEST
from services.identity.trail import record_own

GENERATION = 1
GOOD_FOR = timedelta(hours=24)
AT_ONCE = 100
EXPIRED = "SELECT person_id, email_change_id FROM email_changes_expired($1)"
Side = Literal["old", "new"]


class EmailChangeOver(Conflict):
    """This link is no longer good; if you still want the other address, ask for the change again."""


class AddressTaken(Conflict):
    """Somebody signs in with this address already; it can't be taken over."""


class ChangeEmail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The address that is wanted, and the password."""

    email: Email
    password: Annotated[str, msgspec.Meta(max_length=LONGEST)]


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """How far a change of address has come."""

    state: Literal["waiting", "done"]
    missing: Side | None
    """Which address has not confirmed yet."""


async def request_email_change(tx: Tx, *, caller: Caller, given: ChangeEmail, confirmed: str) -> EmailChange:
    """Have both addresses mailed a link; another change that was open is over.

    Whether somebody else signs in with the address is not told before its owner has confirmed.
    """
    person = await lock_confirmed(tx, caller.id, confirmed)
    address = clean_email(given.email)
    if address == person.email:
        raise Invalid("This is your address already.", field="email")
    await _settle_open(tx, person, "cancelled")
    change = EmailChange(
        id=uuid4(), person_id=person.id, requested_at=tx.now, expires_at=tx.now + GOOD_FOR, state="pending"
    )
    tx.add(change)
    person.want_email(address, change.id)
    tx.emit(person_changed(person), of=person)
    event = EmailChangeRequested(
        email_change_id=change.id, person_id=person.id, generation=GENERATION, expires_at=change.expires_at
    )
    tx.emit(event, of=change)
    await record_own(tx, person, "request_email_change", thing=change.id)
    return change


async def cancel_email_change(tx: Tx, *, caller: Caller) -> None:
    """Keep the address; nothing happens if no other one was wanted."""
    person = await lock_person(tx, caller.id)
    change = await _settle_open(tx, person, "cancelled")
    if change is not None:
        tx.emit(person_changed(person), of=person)
        await record_own(tx, person, "cancel_email_change", thing=change.id)


async def confirm_email_change(tx: Tx, *, token: str, secret: str, caller: Caller | None) -> Confirmation:
    """Note that one of the addresses has confirmed; once both have, the new one is the person's.

    Their other sessions end then: all, if they are not signed in where they confirm.
    """
    person, change, side = await _open_change(tx, token, secret)
    tx.actor = f"person:{person.id}"  # whoever holds the mail's link is taken for whom it was sent to
    if side == "new" or change.new_confirmed_at is not None:
        await _refuse_taken(tx, person)
    change.confirm(side, at=tx.now)
    await record_own(tx, person, "confirm_email_change", thing=change.id, side=side)
    if change.missing is not None:
        return Confirmation(state="waiting", missing=change.missing)
    change.settle("done", at=tx.now)
    person.take_email()
    tx.emit(person_changed(person), of=person)
    session = caller.session if caller is not None and caller.id == person.id else None
    await settle_change(tx, person.id, "email_changed", keep=session)
    return Confirmation(state="done", missing=None)


async def expire_email_changes(database: Database) -> None:
    """Settle changes that were not confirmed within a day, and forget the addresses wanted."""
    for row in await database.fetch(EXPIRED, AT_ONCE):
        async with database.begin(row["person_id"]) as tx:
            person = await tx.lock(Person, row["person_id"], visible_to=row["person_id"])
            change = await _settle_open(tx, person, "expired", until=tx.now)
            if change is not None and person.erased_at is None:
                tx.emit(person_changed(person), of=person)
                await record_own(tx, person, "expire_email_change", thing=change.id)


async def _settle_open(
    tx: Tx, person: Person, state: Literal["cancelled", "expired"], *, until: datetime | None = None
) -> EmailChange | None:
    """End the change that is open, if there is one (and if it was good until then at most); the person is locked."""
    query = select(EmailChange).where(EmailChange.person_id == person.id, EmailChange.state == "pending")
    if until is not None:
        query = query.where(EmailChange.expires_at <= until)
    change = (await tx.session.scalars(query.with_for_update())).one_or_none()
    if change is not None:
        change.settle(state, at=tx.now)
        person.keep_email()
        await tx.session.flush()  # at most one is pending, so this one goes before the next one comes
    return change


async def _open_change(tx: Tx, mailed: str, secret: str) -> tuple[Person, EmailChange, Side]:
    token = read_token(mailed)
    sides: tuple[Side, Side] = ("old", "new")
    if token is None:
        raise EmailChangeOver
    side = next((each for each in sides if is_genuine(token, secret, f"email_change_{each}", GENERATION)), None)
    if side is None:
        raise EmailChangeOver
    await tx.become(token.recipient)
    try:
        person = await lock_person(tx, token.recipient)
        change = await tx.lock(EmailChange, token.thing, visible_to=token.recipient)
    except NotFound as error:
        raise EmailChangeOver from error
    if not change.is_open(at=tx.now) or person.email_change_id != change.id:
        raise EmailChangeOver
    return person, change, side


async def _refuse_taken(tx: Tx, person: Person) -> None:
    """Of two who confirm the same address at the same moment, the unique index decides."""
    owner = await find_by_email(tx, person.pending_email or "")
    if owner not in (None, person.id):
        raise AddressTaken
