"""Add a platform operator."""

from uuid import uuid4

from libs.shared.audit import Entry
from libs.shared.database import Tx
from services.identity.details import clean_email, clean_name
from services.identity.events import person_changed
from services.identity.invitations import is_in_use, lock_by_email
from services.identity.models import Person
from services.identity.passwords import choose_password


async def add_operator(tx: Tx, *, name: str, email: str, password: str) -> Person | None:
    """Add an operator with a sign-in of their own; None if the address has one already. By command line only."""
    person = await make_operator(tx, name=name, email=email)
    if person is not None:
        person.password_hash = await choose_password(password, about=(name, email))
    return person


async def make_operator(tx: Tx, *, name: str, email: str) -> Person | None:
    """An operator who has no sign-in yet; None if the address is in use: an operator is nothing else besides.

    The address of somebody who has left all their places, and so has no sign-in any more, is free for it.
    """
    address, name = clean_email(email), clean_name(name)
    person = await lock_by_email(tx, address)
    if person is None:
        person = await _new(tx, name, address)
    elif await is_in_use(tx, person):
        return None
    person.name = name
    person.operator = True
    tx.emit(person_changed(person), of=person)
    entry = Entry(
        tenant=person.id,
        at=tx.now,
        actor=tx.actor,
        action="add_operator",
        thing=person.id,
        details={"person": str(person.id)},
    )
    await tx.record(entry)
    return person


async def _new(tx: Tx, name: str, address: str) -> Person:
    person = Person(id=uuid4(), name=name, email=address, language="en", time_zone="Europe/Stockholm")
    await tx.become(person.id)
    tx.add(person)
    return person
