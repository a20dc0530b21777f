"""Add a platform operator."""

from uuid import uuid4

from sqlalchemy import func, select

from libs.shared.audit import Entry
from libs.shared.database import Tx
from services.identity.events import person_changed
from services.identity.models import Person
from services.identity.passwords import choose_password


async def add_operator(tx: Tx, *, name: str, email: str, password: str) -> Person | None:
    """Add an operator with a sign-in of their own; None if the address has one already. By command line only."""
    address = email.strip().casefold()
    if await tx.session.scalar(select(func.person_by_email(address))) is not None:
        return None
    person = Person(
        id=uuid4(),
        name=name,
        email=address,
        language="en",
        time_zone="Europe/Stockholm",
        password_hash=await choose_password(password, about=(name, address)),
        operator=True,
    )
    await tx.become(person.id)
    tx.add(person)
    tx.emit(person_changed(person), of=person)
    entry = Entry(tenant=person.id, at=tx.now, actor="system", action="add_operator", thing=person.id)
    await tx.record(entry)
    return person
