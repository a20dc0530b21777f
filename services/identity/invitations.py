"""What several use cases need when they invite somebody."""

from uuid import UUID, uuid4

from sqlalchemy import func, select

from libs.shared.database import Tx
from services.identity.events import person_changed
from services.identity.models import Person

TIME_ZONES = {"SE": "Europe/Stockholm", "DK": "Europe/Copenhagen", "NO": "Europe/Oslo", "FI": "Europe/Helsinki"}
"""Where the people of a country's companies are, until they say something else."""


async def find_or_add_person(
    tx: Tx, *, name: str, email: str, mobile: str | None, language: str, time_zone: str
) -> UUID:
    """The person with this address, of whom nothing is changed, or a new one; goes on as no tenant in particular."""
    known: UUID | None = await tx.session.scalar(select(func.person_by_email(email)))
    if known is not None:
        return known
    person = Person(
        id=uuid4(),
        name=name,
        email=email,
        mobile=mobile,
        language=language,
        time_zone=time_zone,
        operator=False,
    )
    await tx.become(person.id)
    tx.add(person)
    tx.emit(person_changed(person), of=person)
    return person.id
