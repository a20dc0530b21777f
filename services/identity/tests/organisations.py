"""Organisations that are changed and verified, for identity's tests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
from fullmakt.questions import ADMINISTRATION, Administered, AdministrationAnswer, AdministrationQuestion
from sqlalchemy import text

from libs.shared.bus import Bus
from services.identity.tests.kit import member, operator, organisation
from tests.kit import App, eventually, heard

AppOf = Callable[[str], Awaitable[App]]
Connect = Callable[[str], Awaitable[Bus]]
ADMINISTRATOR = "system_administrator"
SOLE_TRADER: dict[str, Any] = {"name": "Elsa Ek Målning", "organisation_number": "19811218-9876"}


class Office:
    """A company with an administrator, an operator, and access, which answers who of an agency administers it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.operator = self.company = self.anna = UUID(int=0)
        self.held: dict[UUID, dict[UUID, tuple[str, ...]]] = {}

    async def open(self, access: Bus) -> "Office":
        """Make it so."""
        self.operator = await operator(self.app)
        self.company = await organisation(self.app, self.operator)
        self.anna = await member(self.app, self.operator, self.company, "anna@c.test", ADMINISTRATOR)
        await answer_administration(self.app, access, self.held)
        return self

    async def agency_person(self, *roles: str) -> UUID:
        """Somebody of an agency who holds these roles at the company."""
        agency = await organisation(self.app, self.operator, kind="agency", number="556016-0680")
        person = await member(self.app, self.operator, agency, "karl@agency.test")
        self.held[person] = {self.company: roles}
        return person

    async def register(self, *, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        """Register another organisation, as the operator unless headers are given."""
        given = {"kind": "company", "name": "Ny AB", "country": "SE", "organisation_number": "556042-7220"} | body
        by = None if headers else self.operator
        return await self.app.call("POST", "/identity/v1/organisations", by=by, body=given, headers=headers)

    async def registered(self, **body: Any) -> UUID:
        """The id of another organisation."""
        answer = await self.register(**body)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def change(self, by: UUID, *, version: int | None = None, of: UUID | None = None, **body: Any) -> Any:
        """Correct details, having looked at a version (None: at the present one)."""
        path = self.path(of)
        if version is None:
            version = (await self.app.call("GET", path, by=self.operator)).json()["version"]
        return await self.app.call("PATCH", path, by=by, body=body, headers={"If-Match": f'"{version}"'})

    async def renumber(self, by: UUID, number: str, *, of: UUID | None = None, **body: Any) -> httpx.Response:
        """Ask for another number."""
        given = {"organisation_number": number, **body}
        return await self.app.call("POST", self.path(of, "number-changes"), by=by, body=given)

    async def waiting(self, of: UUID | None = None) -> dict[str, Any]:
        """What of an organisation waits to be verified, as the operator reads it."""
        listed = await self.app.call("GET", "/identity/v1/verifications?limit=100", by=self.operator)
        found: dict[str, Any]
        (found,) = (each for each in listed.json()["items"] if each["organisation_id"] == str(of or self.company))
        return found

    async def decide(
        self, outcome: str, *, of: UUID | None = None, reason: str | None = None, verification: str | None = None
    ) -> httpx.Response:
        """Decide what waits (or this verification), as the operator."""
        told = verification or (await self.waiting(of))["id"]
        body = {"verification_id": told, "outcome": outcome} | ({"reason": reason} if reason else {})
        return await self.app.call("POST", self.path(of, "verification"), by=self.operator, body=body)

    async def seen(self, of: UUID | None = None) -> dict[str, Any]:
        """The organisation as an operator sees it."""
        answer = await self.app.call("GET", self.path(of), by=self.operator)
        found: dict[str, Any] = answer.json()
        return found

    async def trail(self, of: UUID | None = None) -> list[str]:
        """The audit trail of an organisation, as the entries are kept."""
        tenant = of or self.company
        query = text("SELECT convert_from(body, 'UTF8') FROM audit_entry WHERE tenant_id = :tenant ORDER BY at, id")
        async with self.app.database.begin(tenant) as tx:
            return list(await tx.session.scalars(query, {"tenant": tenant}))

    async def at_once(self, *calls: Awaitable[httpx.Response]) -> list[httpx.Response]:
        """The answers to calls made at the same moment, each with a database connection that is open already."""
        await asyncio.gather(*(self.seen() for _ in range(20)))
        return list(await asyncio.gather(*calls))

    def path(self, of: UUID | None = None, *rest: object) -> str:
        """A path of an organisation: the company unless told."""
        return "/".join(("/identity/v1/organisations", str(of or self.company), *map(str, rest)))

    def service(self, *scopes: str) -> dict[str, str]:
        """Headers of a service account with these scopes."""
        return self.app.keys.service(uuid4(), *scopes)


async def office_of(app: AppOf, connect: Connect) -> Office:
    """An office, once identity is connected to what it asks."""
    return await Office(await app("identity")).open(await connect("access"))


async def answer_administration(app: App, access: Bus, held: dict[UUID, dict[UUID, tuple[str, ...]]]) -> None:
    """Answer as access would what agency people hold at companies: `held`, by person and company."""

    async def administration(_: str, question: AdministrationQuestion) -> AdministrationAnswer:
        of_person = held.get(question.person_id, {})
        return AdministrationAnswer(
            held=tuple(
                Administered(company_id=company, agency_id=uuid4(), link_id=uuid4(), roles=of_person[company])
                for company in question.company_ids
                if company in of_person
            )
        )

    async def connected() -> bool:
        return bool(app.app.state.bus.client.is_connected)

    await access.answer(ADMINISTRATION, AdministrationQuestion, administration)
    await heard(access.client)
    await eventually(connected)
