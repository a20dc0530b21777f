"""An agency, a company and their people, as clients hears of them from identity."""

from uuid import UUID, uuid4

import msgspec
from fullmakt.events import MembershipChanged, OrganisationChanged, OrganisationKind, PersonChanged
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
from services.clients.consumers import CONSUMERS
from tests.kit import App, Telling, heard


class Town:
    """Organisations and people that clients knows of, and identity's live answers about them."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.telling = Telling(app.database, CONSUMERS)
        self.roles: dict[tuple[UUID, UUID], tuple[str, ...]] = {}
        self.memberships: dict[tuple[UUID, UUID], UUID] = {}

    async def organisation(self, kind: OrganisationKind, name: str, number: str = "5560125790", **other: str) -> UUID:
        """Register an organisation."""
        id_ = uuid4()
        event = OrganisationChanged(
            organisation_id=id_,
            organisation_kind=kind,
            name=name,
            country="SE",
            organisation_number=number,
            subscription_number=other.get("subscription", f"S{id_.hex[:10]}"),
            language="sv",
            state="in_verification" if other.get("state") == "in_verification" else "verified",
        )
        await self.telling.tell(event)
        return id_

    async def person(self, name: str, *places: tuple[UUID, OrganisationKind, tuple[str, ...]]) -> UUID:
        """Add a person with a place in organisations."""
        id_ = uuid4()
        event = PersonChanged(
            person_id=id_, name=name, email=f"{id_}@x.test", mobile=None, language="sv", time_zone="Europe/Stockholm"
        )
        await self.telling.tell(event)
        for organisation, kind, roles in places:
            await self.membership(organisation, kind, id_, roles)
        return id_

    async def membership(
        self, organisation: UUID, kind: OrganisationKind, person: UUID, roles: tuple[str, ...] | None
    ) -> None:
        """Let a person be a member with these roles; None: no longer."""
        key = (organisation, person)
        self.roles[key] = roles or ()
        if roles is None:
            del self.roles[key]
        await self.telling.tell(
            MembershipChanged(
                membership_id=self.memberships.setdefault(key, uuid4()),
                organisation_id=organisation,
                organisation_kind=kind,
                person_id=person,
                state="ended" if roles is None else "active",
                roles=roles or (),
            )
        )

    async def administrator(self, organisation: UUID, kind: OrganisationKind, name: str = "Anna") -> UUID:
        """A system administrator of an organisation."""
        return await self.person(name, (organisation, kind, (SYSTEM_ADMINISTRATOR,)))

    async def answer_live(self, identity: Bus) -> None:
        """Answer as identity what services ask live."""

        async def roles(_: str, question: RolesQuestion) -> RolesAnswer:
            held = self.roles.get((question.organisation_id, question.person_id))
            return RolesAnswer(member=held is not None, roles=held or ())

        async def administrators(_: str, question: AdministratorsQuestion) -> AdministratorsAnswer:
            held = (
                person
                for (organisation, person), roles in self.roles.items()
                if organisation == question.organisation_id and SYSTEM_ADMINISTRATOR in roles
            )
            return AdministratorsAnswer(person_ids=tuple(held))

        await identity.answer(ADMINISTRATORS, AdministratorsQuestion, administrators)
        await identity.answer(ROLES, RolesQuestion, roles)
        await heard(identity.client)


class Case(msgspec.Struct, kw_only=True):
    """An agency with an admin and a plain consultant, and a company with two own administrators."""

    town: Town
    app: App
    agency: UUID
    admin: UUID
    consultant: UUID
    company: UUID
    anna: UUID
    bo: UUID

    async def send(self, *, by: UUID | None = None, **body: object) -> dict[str, object]:
        """The agency asks the company for a link."""
        answer = await self.app.call(
            "POST", self.path(self.agency, "link-requests"), by=by or self.consultant, body=self.asking(**body)
        )
        assert answer.status_code == 201, answer.text
        found: dict[str, object] = answer.json()
        return found

    def asking(self, **body: object) -> dict[str, object]:
        """The body of a request to the company."""
        return {"company_id": str(self.company), **body}

    def path(self, organisation: UUID, *rest: object) -> str:
        """A path of clients for an organisation."""
        return "/".join(("/clients/v1/organisations", str(organisation), *map(str, rest)))

    def answer_path(self, request: dict[str, object], verb: str) -> str:
        """Where the company answers a request."""
        return self.path(self.company, "link-requests", request["id"], verb)


async def case_of(app: App, identity: Bus) -> Case:
    """A case, with identity answering live."""
    town = Town(app)
    await town.answer_live(identity)
    agency = await town.organisation("agency", "Byrån AB", number="5560160680")
    company = await town.organisation("company", "Åkeriet AB")
    return Case(
        town=town,
        app=app,
        agency=agency,
        admin=await town.administrator(agency, "agency", "Ada Admin"),
        consultant=await town.person("Karl Konsult", (agency, "agency", ())),
        company=company,
        anna=await town.administrator(company, "company", "Anna Ansvarig"),
        bo=await town.administrator(company, "company", "Bo Bestämd"),
    )
