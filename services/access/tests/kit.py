"""An agency with a client, as access learns of them by events, for its tests."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fullmakt.events import (
    LinkAccepted,
    LinkEnded,
    MembershipChanged,
    OrganisationChanged,
    OrganisationKind,
    PersonChanged,
)
from fullmakt.questions import ROLES, RolesAnswer, RolesQuestion
from fullmakt.terms import Terms
from sqlalchemy import text

from libs.shared.bus import Bus
from libs.shared.database import Database
from services.access.consumers import CONSUMERS
from services.access.usecases.run_job import AskRoles, Claim, claim_jobs, run_chunk
from tests.kit import App, Telling, eventually, heard

ADMIN = "system_administrator"
AppOf = Callable[[str], Awaitable[App]]


class World:
    """Organisations, people and links that access has heard of."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.database: Database = app.database
        self.telling = Telling(app.database, CONSUMERS)
        self.memberships: dict[tuple[UUID, UUID], UUID] = {}
        self.roles: dict[tuple[UUID, UUID], tuple[str, ...]] = {}
        self.kinds: dict[UUID, OrganisationKind] = {}
        self.asked = asyncio.Event()
        self.answering = asyncio.Event()
        self.answering.set()

    async def organisation(self, kind: OrganisationKind, name: str = "An organisation") -> UUID:
        """A registered organisation."""
        id_ = uuid4()
        self.kinds[id_] = kind
        await self.telling.tell(
            OrganisationChanged(
                organisation_id=id_,
                organisation_kind=kind,
                name=name,
                country="SE",
                organisation_number="5560125790",
                subscription_number=f"S{id_.hex}",
                language="sv",
                state="verified",
            )
        )
        return id_

    async def member(self, organisation: UUID, *roles: str, name: str = "Somebody", person: UUID | None = None) -> UUID:
        """An active member of an organisation."""
        id_ = person or uuid4()
        known = PersonChanged(
            person_id=id_, name=name, email="x@y.test", mobile=None, language="sv", time_zone="Europe/Stockholm"
        )
        if person is None:
            await self.telling.tell(known)
        self.memberships[organisation, id_] = uuid4()
        await self.membership(organisation, id_, *roles)
        return id_

    async def membership(
        self, organisation: UUID, person: UUID, *roles: str, ended: bool = False, leaving: bool = False
    ) -> None:
        """A membership changes or ends."""
        self.roles[organisation, person] = roles
        if ended:
            del self.roles[organisation, person]
        await self.telling.tell(
            MembershipChanged(
                membership_id=self.memberships[organisation, person],
                organisation_id=organisation,
                organisation_kind=self.kinds[organisation],
                person_id=person,
                state="ended" if ended else "active",
                roles=roles,
                leaving=leaving,
            )
        )

    async def link(self, agency: UUID, company: UUID, terms: Terms | None = None) -> UUID:
        """An accepted link: the client is eligible."""
        event = accepted(agency, company, terms)
        await self.telling.tell(event)
        return event.link_id

    async def end_link(self, link: UUID, agency: UUID, company: UUID) -> None:
        """The link ends."""
        ended = LinkEnded(
            link_id=link, agency_id=agency, company_id=company, ended_by=uuid4(), ended_at=datetime.now(UTC)
        )
        await self.telling.tell(ended)

    async def active(self, agency: UUID, company: UUID, by: UUID, terms: Terms | None = None) -> UUID:
        """An active client, administered by the person who activates it."""
        link = await self.link(agency, company, terms)
        answer = await self.app.call("POST", f"{base(agency)}/clients/{link}/activate", by=by, body={})
        assert answer.status_code == 200, answer.text
        return link

    async def start(self, agency: UUID, by: UUID, **body: Any) -> UUID:
        """A job that waits to be run."""
        given = {name: [str(each) for each in value] for name, value in body.items()}
        answer = await self.app.call("POST", f"{base(agency)}/jobs", by=by, body=given)
        assert answer.status_code == 202, answer.text
        return UUID(answer.json()["id"])

    async def ask_roles(self, organisation: UUID, person: UUID) -> RolesAnswer:
        """As identity would answer."""
        roles = self.roles.get((organisation, person))
        return RolesAnswer(member=roles is not None, roles=roles or ())

    async def answer_live(self, identity: Bus) -> None:
        """Answer over NATS as identity would, once access is connected to it."""

        async def roles(_: str, question: RolesQuestion) -> RolesAnswer:
            self.asked.set()
            await self.answering.wait()
            return await self.ask_roles(question.organisation_id, question.person_id)

        async def connected() -> bool:
            return bool(self.app.app.state.bus.client.is_connected)

        await identity.answer(ROLES, RolesQuestion, roles)
        await heard(identity.client)
        await eventually(connected)

    async def claim(self) -> Claim:
        """The claim of the one job that waits."""
        (claim,) = await claim_jobs(self.database, at_most=10)
        return claim

    async def run(self, ask: AskRoles | None = None) -> None:
        """Run the one job that waits to its end."""
        claim = await self.claim()
        while not await run_chunk(self.database, ask or self.ask_roles, claim):
            pass

    async def give(self, agency: UUID, by: UUID, **body: Any) -> list[tuple[str | None, str, str | None]]:
        """A job from start to end; answers program, outcome and reason of each item."""
        job = await self.start(agency, by, **body)
        await self.run()
        query = f"SELECT program, outcome, reason FROM job_item WHERE job_id = '{job}' ORDER BY position"  # noqa: S608
        rows = await self.rows(agency, query)
        return [tuple(row) for row in rows]

    async def rows(self, tenant: UUID | None, query: str) -> list[Any]:
        """What a bare query gives under a tenant's setting."""
        async with self.database.begin(tenant) as tx:
            return list(await tx.session.execute(text(query)))

    async def decide(self, person: UUID, company: UUID, program: str = "bookkeeping") -> str | None:
        """The reason of a no, or None."""
        rows = await self.rows(None, f"SELECT decide('{person}', '{company}', '{program}')")
        reason: str | None = rows[0][0]
        return reason


class Office:
    """An agency with an admin and a consultant, and one active client."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = world.app
        self.agency = self.company = self.admin = self.consultant = self.link = UUID(int=0)

    async def open(self, terms: Terms | None = None) -> "Office":
        """Make it so."""
        self.agency = await self.world.organisation("agency", "The agency")
        self.company = await self.world.organisation("company", "The company")
        self.admin = await self.world.member(self.agency, ADMIN, name="Ada Admin")
        self.consultant = await self.world.member(self.agency, name="Kim Consultant")
        self.link = await self.world.active(self.agency, self.company, self.admin, terms)
        return self

    async def give(self, *programs: str, by: UUID | None = None) -> list[tuple[str | None, str, str | None]]:
        """Give the consultant access and programs at the client."""
        return await self.world.give(
            self.agency, by or self.admin, clients=[self.link], consultants=[self.consultant], programs=programs
        )

    async def get(self, path: str, *, by: UUID | None = None, agency: UUID | None = None) -> Any:
        """The answer of a route below the agency."""
        answer = await self.app.call("GET", f"{base(agency or self.agency)}{path}", by=by or self.admin)
        assert answer.status_code == 200, answer.text
        return answer.json()


def base(organisation: UUID) -> str:
    """Where the routes of an organisation begin."""
    return f"/access/v1/organisations/{organisation}"


def accepted(agency: UUID, company: UUID, terms: Terms | None = None) -> LinkAccepted:
    """A link that was just accepted."""
    return LinkAccepted(
        link_id=uuid4(),
        link_request_id=uuid4(),
        agency_id=agency,
        company_id=company,
        accepted_by=uuid4(),
        accepted_at=datetime.now(UTC),
        terms=terms or Terms(),
    )
