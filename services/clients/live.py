"""What clients asks live, before a transaction: no answer means *not now*."""

from uuid import UUID

from fullmakt.questions import (
    ADMINISTRATORS,
    ROLES,
    AdministratorsAnswer,
    AdministratorsQuestion,
    RolesAnswer,
    RolesQuestion,
)
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.bus import Bus
from libs.shared.errors import NotFound
from services.clients.models import NotOwnAdministrator


async def ensure_own_administrator(bus: Bus, *, company_id: UUID, person_id: UUID) -> None:
    """Refuse whoever is not an own system administrator of the company at this moment (L11)."""
    question = RolesQuestion(organisation_id=company_id, person_id=person_id)
    answer = await bus.ask("identity", ROLES, question, RolesAnswer)
    if not answer.member:
        raise NotFound
    if SYSTEM_ADMINISTRATOR not in answer.roles:
        raise NotOwnAdministrator


async def own_administrators(bus: Bus, *, company_id: UUID) -> tuple[UUID, ...]:
    """Every own system administrator of the company at this moment: whom a request is mailed to (L4)."""
    question = AdministratorsQuestion(organisation_id=company_id)
    return (await bus.ask("identity", ADMINISTRATORS, question, AdministratorsAnswer)).person_ids
