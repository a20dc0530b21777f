"""What identity answers other services live, over NATS."""

from fullmakt.questions import ROLES, RolesAnswer, RolesQuestion

from libs.shared.bus import Bus
from libs.shared.database import Database
from services.identity.queries import roles_of

ASKERS = ("access", "clients", "notify")


async def answer_questions(bus: Bus, database: Database) -> None:
    """Begin to answer."""

    async def roles(caller: str, question: RolesQuestion) -> RolesAnswer:
        if caller not in ASKERS:
            return RolesAnswer(member=False, roles=())
        async with database.begin(question.organisation_id, actor=f"service:{caller}") as tx:
            return await roles_of(tx, organisation_id=question.organisation_id, person_id=question.person_id)

    await bus.answer(ROLES, RolesQuestion, roles)
