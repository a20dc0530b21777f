"""What several use cases need when they invite somebody."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from libs.shared.database import Tx
from services.identity.details import spellings
from services.identity.events import person_changed
from services.identity.models import Membership, Person

TIME_ZONES = {"SE": "Europe/Stockholm", "DK": "Europe/Copenhagen", "NO": "Europe/Oslo", "FI": "Europe/Helsinki"}
"""Where the people of a country's companies are, until they say something else."""


async def find_or_add_person(
    tx: Tx, *, name: str, email: str, mobile: str | None, language: str, time_zone: str
) -> Person:
    """The person with this address, locked, or a new one; goes on as the person.

    Of who has a sign-in, belongs to an organisation or is invited to one nothing is changed. Of anybody else what is
    known was typed by somebody who invited them, and may have been mistyped: what is typed now counts.
    """
    typed = {"name": name, "mobile": mobile, "language": language, "time_zone": time_zone}
    person = await lock_by_email(tx, email)
    if person is None:
        person = Person(id=uuid4(), email=email, operator=False, **typed)
        await tx.become(person.id)
        tx.add(person)
        tx.emit(person_changed(person), of=person)
    elif not await is_in_use(tx, person):
        _take(tx, person, typed)
    return person


async def find_by_email(tx: Tx, address: str) -> UUID | None:
    """Whose address this is."""
    ways = [func.person_by_email(spelling) for spelling in spellings(address)]
    found: UUID | None = await tx.session.scalar(select(func.coalesce(*ways, None)))
    return found


async def lock_by_email(tx: Tx, address: str) -> Person | None:
    """Whose address it is once nobody changes or erases them any more: it may be nobody's by then."""
    while (known := await find_by_email(tx, address)) is not None:
        await tx.become(known)
        person = await tx.lock(Person, known, visible_to=known)
        if person.email in spellings(address):
            return person
    return None


async def is_in_use(tx: Tx, person: Person) -> bool:
    """Whether they have a sign-in, are an operator, or belong or are invited anywhere; runs with them as tenant."""
    places = select(Membership.id).where(Membership.person_id == person.id, Membership.state != "ended").limit(1)
    return person.operator or person.password_hash is not None or await tx.session.scalar(places) is not None


def _take(tx: Tx, person: Person, typed: dict[str, Any]) -> None:
    if any(getattr(person, name) != value for name, value in typed.items()):
        for name, value in typed.items():
            setattr(person, name, value)
        tx.emit(person_changed(person), of=person)
