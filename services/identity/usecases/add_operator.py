"""Add a platform operator."""

from uuid import UUID, uuid4

from sqlalchemy import func, select

from libs.shared.audit import Entry
from libs.shared.database import Tx
from services.identity.events import person_changed
from services.identity.models import Membership, Person
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
    address = email.strip().casefold()
    known: UUID | None = await tx.session.scalar(select(func.person_by_email(address)))
    person = await _new(tx, name, address) if known is None else await _left_over(tx, known)
    if person is None:
        return None
    person.name = name.strip()
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
    person = Person(id=uuid4(), name=name.strip(), email=address, language="en", time_zone="Europe/Stockholm")
    await tx.become(person.id)
    tx.add(person)
    return person


async def _left_over(tx: Tx, person_id: UUID) -> Person | None:
    await tx.become(person_id)
    person = await tx.lock(Person, person_id, visible_to=person_id)
    places = select(Membership.id).where(Membership.person_id == person_id, Membership.state != "ended").limit(1)
    in_use = person.operator or person.password_hash is not None or await tx.session.scalar(places) is not None
    return None if in_use else person
