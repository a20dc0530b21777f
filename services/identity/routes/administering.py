"""The caller's way into an organisation: its members' and operators', or that of an agency that administers it (I7)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR
from litestar import Response

from libs.shared.auth import Actor
from libs.shared.bus import Bus
from libs.shared.edge import Edge, V, Work
from libs.shared.errors import NotFound
from services.identity.acting import AGENCY
from services.identity.live import administration_of
from services.identity.models import NotAnAdministrator, Person

R = TypeVar("R")


class Administering:
    """As the edge, with agency people let in who are system administrators at the company at this moment.

    access is asked before the transaction, about who may not do it as a member or operator; no answer: *not now*.
    """

    def __init__(self, edge: Edge, bus: Bus) -> None:
        self.edge = edge
        self.bus = bus

    async def read(self, organisation_id: UUID, work: Work[V]) -> V:
        """Answer from what the organisation may see."""

        async def for_agency(actor: Actor) -> V:
            async with self.edge.database.begin(organisation_id, actor=actor.caller.actor) as tx:
                return await work(tx, actor)

        return await self._as_either(organisation_id, lambda: self.edge.read(organisation_id, work), for_agency)

    async def command(self, organisation_id: UUID, work: Work[V], *, status: int = 200) -> Response[V]:
        """Do a command for the organisation."""

        async def as_own() -> Response[V]:
            return await self.edge.command(organisation_id, work, status=status)

        async def for_agency(actor: Actor) -> Response[V]:
            return await self.edge.commit(lambda tx: work(tx, actor), tenant=organisation_id, status=status)

        return await self._as_either(organisation_id, as_own, for_agency)

    async def _as_either(
        self, organisation_id: UUID, as_own: Callable[[], Awaitable[R]], for_agency: Callable[[Actor], Awaitable[R]]
    ) -> R:
        """As member or operator where that is enough, or else for an agency; without one, as was said before."""
        try:
            await self.edge.enter(organisation_id)
        except NotFound as error:
            refusal: NotFound | NotAnAdministrator = error
        else:
            try:
                return await as_own()
            except NotAnAdministrator as error:
                refusal = error
        actor = await self._from_agency(organisation_id)
        if actor is None:
            raise refusal
        return await for_agency(actor)

    async def _from_agency(self, organisation_id: UUID) -> Actor | None:
        """The caller as an agency's administrator there at this moment; None if they are none."""
        caller = self.edge.caller
        if caller.kind != "person":
            return None
        held = await administration_of(self.bus, person_id=caller.id, company_ids=(organisation_id,))
        agencies = [
            each.agency_id for each in held if each.company_id == organisation_id and SYSTEM_ADMINISTRATOR in each.roles
        ]
        if not agencies:
            return None
        async with self.edge.database.begin(caller.id, actor=caller.actor) as tx:
            person = await tx.get(Person, caller.id, visible_to=caller.id)
        return Actor(
            caller=caller,
            tenant=organisation_id,
            roles=frozenset({SYSTEM_ADMINISTRATOR, AGENCY}),
            name=person.name,
            on_behalf_of=min(agencies),
        )
