"""An agency, a company and their people as notify hears of them, and where its mails end up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fullmakt.events import (
    LinkRequestAccepted,
    LinkRequestSent,
    MembershipChanged,
    OrganisationChanged,
    OrganisationKind,
    PersonChanged,
)
from fullmakt.roles import CLIENT_MANAGER, SYSTEM_ADMINISTRATOR, program_administrator
from fullmakt.terms import Terms
from sqlalchemy import text

from libs.local.catchers.faults import Faults
from libs.local.catchers.messages import Message, Messages
from libs.local.catchers.smtp import listen
from libs.local.catchers.web import create_app
from libs.local.ports import HOST, choose_ports
from libs.shared.bus import Bus
from libs.shared.database import Database
from services.notify.consumers import CONSUMERS
from services.notify.sender import Sender
from services.notify.settings import Settings
from tests.kit import App, Telling

SECRET = "a secret of these tests"
WEEK = timedelta(hours=168)


class Town:
    """One agency and one company."""

    agency: UUID
    company: UUID
    admin: UUID
    manager: UUID
    consultant: UUID
    anna: UUID
    bo: UUID

    def __init__(self, app: App) -> None:
        self.app = app
        self.database = app.database
        self.telling = Telling(app.database, CONSUMERS)
        self.emails: dict[UUID, str] = {}

    async def settle(self) -> None:
        """Found the agency with two admins and a plain consultant, the company with two administrators."""
        self.agency = await self.organisation("agency", "Önskebyrån AB")
        self.company = await self.organisation("company", "Kvarnen & Söner AB")
        manages = program_administrator(CLIENT_MANAGER)
        self.admin = await self.person("Ada Admin", (self.agency, "agency", (SYSTEM_ADMINISTRATOR,)))
        self.manager = await self.person("Max Manager", (self.agency, "agency", (manages,)))
        self.consultant = await self.person("Kim Konsult", (self.agency, "agency", ()))
        self.anna = await self.person("Anna Åkesson", (self.company, "company", (SYSTEM_ADMINISTRATOR,)))
        self.bo = await self.person("Bo Berg", (self.company, "company", (SYSTEM_ADMINISTRATOR,)))

    async def organisation(self, kind: OrganisationKind, name: str) -> UUID:
        """Register an organisation."""
        id_ = uuid4()
        event = OrganisationChanged(
            organisation_id=id_,
            organisation_kind=kind,
            name=name,
            country="SE",
            organisation_number="5560125790",
            subscription_number=f"S{id_.hex[:10]}",
            language="sv",
            state="verified",
        )
        await self.telling.tell(event)
        return id_

    async def person(
        self, name: str, *places: tuple[UUID, OrganisationKind, tuple[str, ...]], **other: str | None
    ) -> UUID:
        """Add a person with a place in organisations."""
        id_ = uuid4()
        for organisation, kind, roles in places:
            await self.membership(organisation, kind, id_, roles)
        await self.telling.tell(self.changed(id_, name, **other))
        return id_

    def changed(self, id_: UUID, name: str, **other: str | None) -> PersonChanged:
        """What identity tells of a person."""
        self.emails[id_] = other.get("email") or f"{name.split(maxsplit=1)[0].lower()}-{id_.hex[:6]}@town.test"
        return PersonChanged(
            person_id=id_,
            name=name,
            email=self.emails[id_],
            mobile=other.get("mobile"),
            language=other.get("language", "sv"),
            time_zone=other.get("time_zone", "Europe/Stockholm"),
        )

    async def membership(
        self, organisation: UUID, kind: OrganisationKind, person: UUID, roles: tuple[str, ...]
    ) -> MembershipChanged:
        """Let a person be a member."""
        event = MembershipChanged(
            membership_id=uuid4(),
            organisation_id=organisation,
            organisation_kind=kind,
            person_id=person,
            state="active",
            roles=roles,
        )
        await self.telling.tell(event)
        return event

    def request(self, *recipients: UUID, **other: Any) -> LinkRequestSent:
        """A link request that the consultant sends now, to both administrators unless told."""
        now = datetime.now(UTC)
        fields: dict[str, Any] = {
            "link_request_id": uuid4(),
            "agency_id": self.agency,
            "company_id": self.company,
            "requested_by": self.consultant,
            "recipients": recipients or (self.anna, self.bo),
            "terms": Terms(),
            "generation": 1,
            "sent_at": now,
            "expires_at": now + WEEK,
        }
        return LinkRequestSent(**fields | other)

    def accepted(self, request: LinkRequestSent, *, by: UUID) -> LinkRequestAccepted:
        """An administrator approves a request."""
        return LinkRequestAccepted(
            link_request_id=request.link_request_id,
            agency_id=request.agency_id,
            company_id=request.company_id,
            requested_by=request.requested_by,
            accepted_by=by,
            accepted_at=datetime.now(UTC),
            link_id=uuid4(),
        )

    def path(self, organisation: UUID, *rest: object) -> str:
        """The path of a thing at an organisation."""
        return "/".join(["/notify/v1/organisations", str(organisation), *map(str, rest)])


class Post:
    """A mail server and an SMS gateway that keep everything, and fail on demand."""

    settings: Settings
    database: Database

    def __init__(self, file: Path, environment: dict[str, str]) -> None:
        self.messages = Messages(file)
        self.faults = Faults()
        ports = choose_ports(["smtp", "sms"], "free")
        self.smtp_port, self.sms_port = ports["smtp"], ports["sms"]
        self.environment = environment | {
            "FULLMAKT_SMTP_PORT": str(self.smtp_port),
            "FULLMAKT_SMS_GATEWAY_URL": f"http://{HOST}:{self.sms_port}/sms",
        }

    @classmethod
    @asynccontextmanager
    async def open(cls, file: Path, environment: dict[str, str]) -> AsyncIterator["Post"]:
        """Listen until the block ends."""
        post = cls(file, environment)
        app = create_app(post.messages, post.faults)
        config = uvicorn.Config(app, host=HOST, port=post.sms_port, log_config=None, lifespan="off")
        config.load()
        gateway = uvicorn.Server(config)
        gateway.lifespan = config.lifespan_class(config)
        await gateway.startup()
        async with await listen(post.messages, post.faults, host=HOST, port=post.smtp_port):
            yield post
        await gateway.shutdown()

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Sender]:
        """The sender at work until the block ends."""
        sender = Sender(self.settings)
        task = asyncio.create_task(sender.run(self.database, Bus("", "", "")))
        try:
            yield sender
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def to(self, address: str) -> list[Message]:
        """What an address got."""
        return self.messages.found(to=address)

    async def states(self) -> dict[str, int]:
        """How many deliveries are in which state; as nobody in particular, for tests alone."""
        counts: dict[str, int] = {}
        for row in await all_rows(self.database, "delivery"):
            counts[row["state"]] = counts.get(row["state"], 0) + 1
        return counts

    async def settled(self) -> dict[str, int]:
        """The states once nothing is due any more; empty before."""
        states = await self.states()
        return states if states and "due" not in states else {}


async def all_rows(database: Database, table: str) -> list[dict[str, Any]]:
    """All rows of a table, of all tenants: each read as the tenant whose it is."""
    rows: dict[Any, dict[str, Any]] = {}
    async with database.begin(None) as tx:
        tenants = (await tx.session.execute(text("SELECT DISTINCT thing FROM inbox"))).scalars().all()
    for tenant in tenants:
        async with database.begin(tenant) as tx:
            found = await tx.session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - a name in a test
            rows |= {row["id"]: dict(row) for row in found.mappings()}
    return list(rows.values())
