"""What identity asks live, before a transaction: no answer means *not now*."""

from uuid import UUID

from fullmakt.questions import ADMINISTRATION, Administered, AdministrationAnswer, AdministrationQuestion

from libs.shared.bus import Bus


async def administration_of(bus: Bus, *, person_id: UUID, company_ids: tuple[UUID, ...]) -> tuple[Administered, ...]:
    """What an agency person holds at these companies at this moment, by live links of active clients (I4, I7, I8)."""
    question = AdministrationQuestion(person_id=person_id, company_ids=company_ids)
    return (await bus.ask("access", ADMINISTRATION, question, AdministrationAnswer)).held
