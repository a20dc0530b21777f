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

from libs.shared.auth import Actor, Caller
from libs.shared.bus import Bus
from libs.shared.errors import NotFound


async def actor_now(bus: Bus, *, caller: Caller, organisation_id: UUID) -> Actor:
    """The caller with the roles held at the organisation at this moment, whatever our copy says (L11)."""
    question = RolesQuestion(organisation_id=organisation_id, person_id=caller.id)
    answer = await bus.ask("identity", ROLES, question, RolesAnswer)
    if caller.kind != "person" or not answer.member:
        raise NotFound
    return Actor(caller=caller, tenant=organisation_id, roles=frozenset(answer.roles))


async def own_administrators(bus: Bus, *, company_id: UUID) -> tuple[UUID, ...]:
    """Every own system administrator of the company at this moment: whom a request is mailed to (L4)."""
    question = AdministratorsQuestion(organisation_id=company_id)
    return (await bus.ask("identity", ADMINISTRATORS, question, AdministratorsAnswer)).person_ids
