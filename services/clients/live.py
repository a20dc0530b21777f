"""What clients asks live, before a transaction: no answer means *not now*."""

from uuid import UUID

from fullmakt.questions import ADMINISTRATORS, AdministratorsAnswer, AdministratorsQuestion

from libs.shared.bus import Bus


async def own_administrators(bus: Bus, *, company_id: UUID) -> tuple[UUID, ...]:
    """Every own system administrator of the company at this moment: whom a request is mailed to (L4)."""
    question = AdministratorsQuestion(organisation_id=company_id)
    return (await bus.ask("identity", ADMINISTRATORS, question, AdministratorsAnswer)).person_ids
