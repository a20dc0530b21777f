"""Remove a platform operator."""

from uuid import UUID

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Conflict, NotFound
from services.identity.acting import lock_operators, require_operator
from services.identity.models import Person
from services.identity.usecases.close_sign_in import close_sign_in


class LastOperator(Conflict):
    """Nobody else who can sign in is a platform operator; add another first."""


async def remove_operator(tx: Tx, *, caller: Caller | None, person_id: UUID) -> None:
    """Let a person be no operator any more; one who can sign in always stays. `caller`: None is the command line."""
    await require_operator(tx, caller)
    operators = await lock_operators(tx)
    if person_id not in {each.id for each in operators}:
        raise NotFound
    if not any(each.has_sign_in for each in operators if each.id != person_id):
        raise LastOperator
    await tx.become(person_id)
    person = await tx.lock(Person, person_id, visible_to=person_id)
    person.operator = False
    entry = Entry(
        tenant=person_id,
        at=tx.now,
        actor=tx.actor,
        action="remove_operator",
        thing=person_id,
        details={"person": str(person_id)},
    )
    await tx.record(entry)
    await close_sign_in(tx, person_id=person_id)
