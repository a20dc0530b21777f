"""The caller's way into an organisation: its members' and operators', or that of an agency that administers it (I7)."""

from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR
from litestar import Response

from libs.shared.auth import Actor
from libs.shared.bus import Bus
from libs.shared.database import Tx
from libs.shared.edge import Edge, V, Work
from libs.shared.errors import NotFound
from services.identity.acting import AGENCY
from services.identity.live import administration_of
from services.identity.models import Person


class Administering:
    """As the edge, with agency people let in who are system administrators at the company at this moment.

    access is asked before the transaction, about persons who are neither members nor operators; no answer: *not now*.
    """

    def __init__(self, edge: Edge, bus: Bus) -> None:
        self.edge = edge
        self.bus = bus

    async def read(self, organisation_id: UUID, work: Work[V]) -> V:
        """Answer from what the organisation may see."""
        actor = await self._from_agency(organisation_id)
        if actor is None:
            return await self.edge.read(organisation_id, work)
        async with self.edge.database.begin(organisation_id, actor=actor.caller.actor) as tx:
            return await work(tx, actor)

    async def command(self, organisation_id: UUID, work: Work[V], *, status: int = 200) -> Response[V]:
        """Do a command for the organisation."""
        actor = await self._from_agency(organisation_id)
        if actor is None:
            return await self.edge.command(organisation_id, work, status=status)

        async def as_administrator(tx: Tx) -> V:
            return await work(tx, actor)

        return await self.edge.commit(as_administrator, tenant=organisation_id, status=status)

    async def _from_agency(self, organisation_id: UUID) -> Actor | None:
        """The caller as an agency's administrator there; None for members and operators, NotFound for anybody else."""
        caller = self.edge.caller
        try:
            await self.edge.enter(organisation_id)
        except NotFound:
            if caller.kind != "person":
                raise
        else:
            return None
        held = await administration_of(self.bus, person_id=caller.id, company_ids=(organisation_id,))
        if not any(each.company_id == organisation_id and SYSTEM_ADMINISTRATOR in each.roles for each in held):
            raise NotFound
        async with self.edge.database.begin(caller.id, actor=caller.actor) as tx:
            person = await tx.get(Person, caller.id, visible_to=caller.id)
        roles = frozenset({SYSTEM_ADMINISTRATOR, AGENCY})
        return Actor(caller=caller, tenant=organisation_id, roles=roles, name=person.name)
