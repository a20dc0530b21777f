"""What identity answers other services live, over NATS."""

from fullmakt.questions import (
    ADMINISTRATORS,
    ROLES,
    AdministratorsAnswer,
    AdministratorsQuestion,
    RolesAnswer,
    RolesQuestion,
)

from libs.shared.bus import Bus
from libs.shared.database import Database
from services.identity.queries import administrators_of, roles_of

ASKERS = ("access", "clients", "notify")


async def answer_questions(bus: Bus, database: Database) -> None:
    """Begin to answer."""

    async def roles(caller: str, question: RolesQuestion) -> RolesAnswer:
        if caller not in ASKERS:
            return RolesAnswer(member=False, roles=())
        async with database.begin(question.organisation_id, actor=f"service:{caller}") as tx:
            return await roles_of(tx, organisation_id=question.organisation_id, person_id=question.person_id)

    async def administrators(caller: str, question: AdministratorsQuestion) -> AdministratorsAnswer:
        if caller not in ASKERS:
            return AdministratorsAnswer(person_ids=())
        async with database.begin(question.organisation_id, actor=f"service:{caller}") as tx:
            return await administrators_of(tx, organisation_id=question.organisation_id)

    await bus.answer(ADMINISTRATORS, AdministratorsQuestion, administrators)
    await bus.answer(ROLES, RolesQuestion, roles)
