"""An agency with clients, as identity learns of them by events, and an access that answers what it asks live."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args
from uuid import UUID, uuid4

import httpx
from fullmakt.events import ClientActivated, ClientEligible, ClientEnded
from fullmakt.questions import ADMINISTRATION, Administered, AdministrationAnswer, AdministrationQuestion
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import text

from libs.shared.bus import Bus
from services.identity.consumers import CONSUMERS
from services.identity.tests.kit import member, operator, organisation
from services.identity.views.client_users import Code
from tests.kit import App, Telling, eventually, heard

T = TypeVar("T")
NUMBERS = ("556016-0680", "556036-0793", "556074-7551", "556056-6258", "556003-2467")


class Town:
    """One agency with its administrator Ada, who activates clients and so administers them."""

    operator: UUID
    agency: UUID
    ada: UUID

    def __init__(self, app: App) -> None:
        self.app = app
        self.database = app.database
        self.telling = Telling(app.database, CONSUMERS)
        self.held: dict[UUID, list[Administered]] = {}
        self.links: dict[UUID, UUID] = {}

    async def settle(self) -> None:
        """Found the agency."""
        self.operator = await operator(self.app)
        self.agency = await organisation(self.app, self.operator, "agency")
        self.ada = await member(self.app, self.operator, self.agency, "ada@agency.test", SYSTEM_ADMINISTRATOR)

    async def company(self, name: str, *, country: str = "SE", number: str = NUMBERS[0]) -> UUID:
        """A company that has nobody of its own."""
        body = {
            "kind": "company",
            "name": name,
            "country": country,
            "organisation_number": number,
            "second_subscription": True,
        }
        answer = await self.app.call("POST", "/identity/v1/organisations", by=self.operator, body=body)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def client(
        self,
        company: UUID,
        *administrators: UUID,
        agency: UUID | None = None,
        roles: Sequence[str] = (SYSTEM_ADMINISTRATOR,),
    ) -> UUID:
        """The company is an active client, administered by these people, or by Ada; answers with the link."""
        link, agency_id, people = uuid4(), agency or self.agency, administrators or (self.ada,)
        parties: dict[str, Any] = {"link_id": link, "agency_id": agency_id, "company_id": company}
        now = datetime.now(UTC)
        await self.telling.tell(
            ClientEligible(**parties, eligible_at=now),
            ClientActivated(
                **parties, activated_by=people[0], activated_at=now, administrators=people, roles=tuple(roles)
            ),
        )
        for person in people:
            self.held.setdefault(person, []).append(Administered(**parties, roles=tuple(roles)))
        self.links[company] = link
        return link

    async def refuse(self, company: UUID) -> None:
        """The operator finds out that a company which is in verification has ceased."""
        listed = await self.app.call("GET", "/identity/v1/verifications", by=self.operator)
        (waiting,) = (each for each in listed.json()["items"] if each["organisation_id"] == str(company))
        body = {"verification_id": waiting["id"], "outcome": "refused", "reason": "ceased"}
        path = f"/identity/v1/organisations/{company}/verification"
        assert (await self.app.call("POST", path, by=self.operator, body=body)).status_code == 200

    async def end(self, company: UUID) -> None:
        """The link ends: access knows it first."""
        link = self.links[company]
        for held in self.held.values():
            held[:] = [each for each in held if each.link_id != link]
        await self.telling.tell(
            ClientEnded(link_id=link, agency_id=self.agency, company_id=company, ended_at=datetime.now(UTC))
        )

    async def answer_live(self, access: Bus) -> None:
        """Answer over NATS as access would, once identity is connected to it."""

        async def administration(_: str, question: AdministrationQuestion) -> AdministrationAnswer:
            held = self.held.get(question.person_id, [])
            return AdministrationAnswer(held=tuple(each for each in held if each.company_id in question.company_ids))

        async def connected() -> bool:
            return bool(self.app.app.state.bus.client.is_connected)

        await access.answer(ADMINISTRATION, AdministrationQuestion, administration)
        await heard(access.client)
        await eventually(connected)

    async def at_once(self, *calls: Awaitable[T]) -> list[T]:
        """What calls give that are made at the same moment, with database connections that are open already."""
        await asyncio.gather(*(self.rows(self.agency, "SELECT 1") for _ in range(20)))
        return list(await asyncio.gather(*calls))

    def path(self, rest: str = "", *, agency: UUID | None = None) -> str:
        """Where the routes of client users are."""
        return f"/identity/v1/organisations/{agency or self.agency}/client-users{rest}"

    async def call(self, body: Any, *, by: UUID | None = None, key: str | None = None) -> httpx.Response:
        """The whole answer to an invitation of client users; `key`: for who repeats it."""
        headers = {"Idempotency-Key": key} if key else None
        return await self.app.call("POST", self.path(), by=by or self.ada, body=body, headers=headers)

    async def invite(self, *rows: dict[str, Any], mode: str = "new", by: UUID | None = None) -> list[dict[str, Any]]:
        """What became of each row."""
        answer = await self.call({"mode": mode, "rows": list(rows)}, by=by)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["rows"]
        assert {each["code"] for each in results} <= {None, *get_args(Code)}
        return results

    async def candidates(self, query: str = "", *, by: UUID | None = None) -> Any:
        """A page of candidates."""
        answer = await self.app.call("GET", self.path(f"/candidates?{query}"), by=by or self.ada)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, tenant: UUID, query: str) -> list[Any]:
        """What a bare query gives under a tenant's setting."""
        async with self.database.begin(tenant) as tx:
            return list(await tx.session.execute(text(query)))


def new(company: UUID, email: str = "anna@client.test", name: str = "Anna Svensson", **more: Any) -> dict[str, Any]:
    """A row of the mode `new`."""
    return {"company_id": str(company), "name": name, "email": email, **more}


def own(company: UUID, person: UUID) -> dict[str, Any]:
    """A row of the mode `existing`."""
    return {"company_id": str(company), "person_id": str(person)}
