"""Who an actor is at this moment, by identity's word and not by a copy: asked before a transaction, never in it."""

from uuid import UUID

from fullmakt.questions import ROLES, RolesAnswer, RolesQuestion

from libs.shared.auth import Actor, Caller
from libs.shared.bus import Bus
from libs.shared.errors import NotFound


async def actor_now(bus: Bus, *, caller: Caller, tenant: UUID) -> Actor:
    """The caller with the roles held at this moment; NotFound for no member, Unavailable means *not now*."""
    question = RolesQuestion(organisation_id=tenant, person_id=caller.id)
    answer = await bus.ask("identity", ROLES, question, RolesAnswer)
    if caller.kind != "person" or not answer.member:
        raise NotFound
    return Actor(caller=caller, tenant=tenant, roles=frozenset(answer.roles))
