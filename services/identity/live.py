"""What identity asks live, before a transaction: no answer means *not now*."""

from uuid import UUID

from fullmakt.questions import (
    ADMINISTRATION,
    WAY_IN,
    Administered,
    AdministrationAnswer,
    AdministrationQuestion,
    WayInAnswer,
    WayInQuestion,
)

from libs.shared.bus import Bus
from services.identity.program_sessions import AskWayIn


async def administration_of(bus: Bus, *, person_id: UUID, company_ids: tuple[UUID, ...]) -> tuple[Administered, ...]:
    """What an agency person holds at these companies at this moment, by live links of active clients (I4, I7, I8)."""
    question = AdministrationQuestion(person_id=person_id, company_ids=company_ids)
    return (await bus.ask("access", ADMINISTRATION, question, AdministrationAnswer)).held


def ask_way_in(bus: Bus) -> AskWayIn:
    """Asks access by which way a person comes to a company with a program."""

    async def ask(person_id: UUID, company_id: UUID, program: str) -> WayInAnswer:
        question = WayInQuestion(person_id=person_id, company_id=company_id, program=program)
        return await bus.ask("access", WAY_IN, question, WayInAnswer)

    return ask
