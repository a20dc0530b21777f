"""Forget who never joined."""

from uuid import UUID

from sqlalchemy import func, select

from libs.shared.database import Database, Tx
from services.identity.models import Person
from services.identity.usecases.erase_person import erase_person

AT_ONCE = 500
DUE = "SELECT person_id FROM people_never_joined($1, NULL) AS person_id"


async def forget_never_joined(database: Database) -> None:
    """Erase who was invited and never joined, 30 days after the last place that they could have joined was gone.

    They have no sign-in, and so can't do it themselves. Operators are waited for, however long they take.
    """
    for row in await database.fetch(DUE, AT_ONCE):
        async with database.begin(row["person_id"]) as tx:
            await _forget(tx, row["person_id"])


async def _forget(tx: Tx, person_id: UUID) -> None:
    await tx.lock(Person, person_id, visible_to=person_id)
    still = select(func.people_never_joined(1, person_id))  # whoever was inviting them meanwhile is through
    if await tx.session.scalar(still) is not None:
        await erase_person(tx, caller=None, person_id=person_id, reason="never_joined")
