"""What identity asks live, before a transaction: no answer means *not now*."""

from uuid import UUID

from fullmakt.questions import WAY_IN, WayInAnswer, WayInQuestion

from libs.shared.bus import Bus
from services.identity.program_sessions import AskWayIn


def ask_way_in(bus: Bus) -> AskWayIn:
    """Asks access by which way a person comes to a company with a program."""

    async def ask(person_id: UUID, company_id: UUID, program: str) -> WayInAnswer:
        question = WayInQuestion(person_id=person_id, company_id=company_id, program=program)
        return await bus.ask("access", WAY_IN, question, WayInAnswer)

    return ask
