"""What access asks live, before a transaction: no answer means *not now*."""

from uuid import UUID

from fullmakt.questions import ROLES, RolesAnswer, RolesQuestion

from libs.shared.bus import Bus
from services.access.usecases.run_job import AskRoles


def ask_identity(bus: Bus) -> AskRoles:
    """Asks identity what a person is at an organisation."""

    async def ask(organisation_id: UUID, person_id: UUID) -> RolesAnswer:
        question = RolesQuestion(organisation_id=organisation_id, person_id=person_id)
        return await bus.ask("identity", ROLES, question, RolesAnswer)

    return ask
