"""The copies of an agency's clients and of who administers them, as access tells of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fullmakt.events import ClientActivated, ClientEligible, ClientEnded, GrantsWithdrawn
from sqlalchemy import text

from libs.local.nats import Nats
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.settings import read_settings
from services.identity.consumers import CONSUMERS
from services.identity.settings import Settings
from services.identity.worker import create_worker
from tests.kit import Keys, Telling, environment_of, eventually, message_of

ADMIN = ("system_administrator",)


class Story:
    """One client's events."""

    def __init__(self) -> None:
        self.agency, self.company, self.link, self.ada = uuid4(), uuid4(), uuid4(), uuid4()
        self.now = datetime.now(UTC)
        self.parties: dict[str, Any] = {
            "link_id": self.link,
            "agency_id": self.agency,
            "company_id": self.company,
        }

    def eligible(self) -> ClientEligible:
        """It came onto the activation list."""
        return ClientEligible(**self.parties, eligible_at=self.now)

    def activated(self) -> ClientActivated:
        """Ada activated it."""
        return ClientActivated(
            **self.parties, activated_by=self.ada, activated_at=self.now, administrators=(self.ada,), roles=ADMIN
        )

    def ended(self) -> ClientEnded:
        """Its link ended."""
        return ClientEnded(**self.parties, ended_at=self.now)

    def withdrawn(self) -> GrantsWithdrawn:
        """Ada left the agency."""
        return GrantsWithdrawn(
            withdrawal_id=uuid4(),
            agency_id=self.agency,
            person_id=self.ada,
            reason="membership_ended",
            grants=(),
            withdrawn_at=self.now,
        )


async def copies(database: Database, tenant: UUID) -> tuple[list[str], list[UUID]]:
    """States of clients and who administers them, as a tenant sees them."""
    async with database.begin(tenant) as tx:
        states = list(await tx.session.scalars(text("SELECT state FROM client")))
        return states, list(await tx.session.scalars(text("SELECT person_id FROM administration")))


async def test_a_client_is_followed_from_eligible_to_its_end(database: Callable[[str], Database]) -> None:
    identity, story = database("identity"), Story()
    telling = Telling(identity, CONSUMERS)

    await telling.tell(story.eligible())
    assert await copies(identity, story.agency) == (["eligible"], [])
    await telling.tell(story.activated())
    assert await copies(identity, story.agency) == (["active"], [story.ada])
    assert await copies(identity, story.company) == (["active"], [story.ada])
    assert await copies(identity, uuid4()) == ([], [])
    await telling.tell(story.ended())
    assert await copies(identity, story.agency) == (["ended"], [])


async def test_who_lost_all_at_an_agency_administers_none_of_its_clients(database: Callable[[str], Database]) -> None:
    identity, story = database("identity"), Story()
    telling = Telling(identity, CONSUMERS)
    await telling.tell(story.eligible(), story.activated(), story.withdrawn())

    assert await copies(identity, story.agency) == (["active"], [])


async def test_events_out_of_order_and_twice_end_the_same(database: Callable[[str], Database]) -> None:
    identity, story = database("identity"), Story()
    telling = Telling(identity, CONSUMERS)
    first, second, third = (
        message_of(event, version=version)
        for version, event in enumerate((story.eligible(), story.activated(), story.ended()), start=1)
    )

    inbox = telling.inboxes["access"]
    await inbox.take([third, second])
    await inbox.take([first])
    await inbox.take([second, first])

    async def ended() -> bool:
        await inbox.retry_due()
        return await copies(identity, story.agency) == (["ended"], [])

    await eventually(ended)


async def test_the_worker_takes_in_what_access_publishes(
    database: Callable[[str], Database],
    database_url: Callable[[str], str],
    connect: Callable[[str], Awaitable[Bus]],
    nats: Nats,
    keys: Keys,
) -> None:
    identity, story = database("identity"), Story()
    settings = read_settings(Settings, environment_of("identity", database_url("identity"), nats, keys))
    access = await connect("access")
    running = asyncio.create_task(create_worker(settings).run())

    for version, event in enumerate((story.eligible(), story.activated()), start=1):
        message = message_of(event, version=version)
        await access.jetstream.publish(message.subject, message.data, headers=message.headers)

    async def followed() -> bool:
        return await copies(identity, story.agency) == (["active"], [story.ada])

    await eventually(followed)
    running.cancel()
    await asyncio.wait([running])
