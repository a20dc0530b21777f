"""What identity asks live, before a transaction: no answer means *not now*."""

from collections.abc import Collection
from uuid import UUID

from fullmakt.questions import ADMINISTRATION, AdministrationAnswer, AdministrationQuestion

from libs.shared.bus import Bus


async def administration_of(bus: Bus, *, person_id: UUID, company_ids: Collection[UUID]) -> AdministrationAnswer:
    """What a person of an agency holds at these companies at this moment (I4, I7, I8)."""
    question = AdministrationQuestion(person_id=person_id, company_ids=tuple(company_ids))
    return await bus.ask("access", ADMINISTRATION, question, AdministrationAnswer)
