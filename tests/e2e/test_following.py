"""Another service follows a running system: from a snapshot on, through redelivery, delay and absence."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from fullmakt.client import AsyncFullmakt
from fullmakt.events import Context, Event, Filter, LinkAccepted, LinkEnded, Snapshot, Subscriber
from fullmakt.testing import Link, Sandbox


class Books:
    """What a service of another team keeps: the versions of each link that took effect."""

    def __init__(self) -> None:
        self.versions: dict[UUID, list[int]] = defaultdict(list)
        self._more = asyncio.Condition()

    async def keep(self, event: Event, context: Context) -> None:
        """Take an event in."""
        async with self._more:
            self.versions[event.thing_id()].append(context.envelope.version)
            self._more.notify_all()

    async def have(self, links: list[Link], versions: list[int], within: float = 15) -> None:
        """Wait until these links stand there with these versions."""
        async with asyncio.timeout(within), self._more:
            await self._more.wait_for(lambda: all(self.versions[link.id] == versions for link in links))


@asynccontextmanager
async def following(subscriber: Subscriber, books: Books) -> AsyncIterator[None]:
    subscriber.on(LinkAccepted, LinkEnded)(books.keep)
    task = asyncio.create_task(subscriber.run())
    try:
        yield
    finally:
        subscriber.stop()
        await task


async def test_a_newcomer_has_all_that_was_and_all_that_comes_once(fullmakt: Sandbox) -> None:
    agency = await fullmakt.agency(consultants=0)
    before = [await fullmakt.link(agency) for _ in range(3)]
    await before[0].end()
    await fullmakt.settled()
    books, account = Books(), await fullmakt.service_account("events.read")
    async with AsyncFullmakt(fullmakt.urls, account) as api:
        subscriber = await fullmakt.subscriber("books", start=Snapshot(api), only=Filter(agency=agency.id))

        async with following(subscriber, books):
            during = list(await asyncio.gather(*(fullmakt.link(agency) for _ in range(3))))
            await books.have([*before[1:], *during], [1])
            await books.have(before[:1], [1, 2])
            await before[1].end()
            await books.have(before[:2], [1, 2])

    assert {id_ for id_, versions in books.versions.items() if versions} == {link.id for link in [*before, *during]}


async def test_what_comes_again_is_handled_once_by_us_and_by_every_service(own_fullmakt: Sandbox) -> None:
    books, subscriber = Books(), await own_fullmakt.subscriber("books")
    async with following(subscriber, books):
        link = await own_fullmakt.link()
        await books.have([link], [1])
        told = (await own_fullmakt.events.all(LinkAccepted, subject=link))[0]
        await own_fullmakt.settled()
        before = await own_fullmakt.mails.all()

        await own_fullmakt.faults.redeliver(told)

        await own_fullmakt.settled()
        after = await own_fullmakt.mails.all()
        await link.end()
        await books.have([link], [1, 2])

    assert subscriber.metrics()["clients"].duplicates == 1
    assert before == after


async def test_events_that_are_held_back_come_afterwards(own_fullmakt: Sandbox) -> None:
    books, subscriber = Books(), await own_fullmakt.subscriber("books")
    async with following(subscriber, books):
        first = await own_fullmakt.link()
        await books.have([first], [1])

        await own_fullmakt.faults.delay("books", seconds=3)
        second = await own_fullmakt.link()
        await own_fullmakt.events.expect(LinkAccepted, subject=second)
        held_back = not books.versions[second.id]

        await books.have([second], [1])

    assert held_back


async def test_mails_wait_for_a_stopped_service_and_come_once_it_runs(own_fullmakt: Sandbox) -> None:
    agency, company = await own_fullmakt.agency(consultants=0), await own_fullmakt.company()

    async with own_fullmakt.faults.stopped("notify-worker"):
        request = await agency.ask(company)
        link = await request.approve()
        await own_fullmakt.events.expect(LinkAccepted, subject=link)
        meanwhile = await own_fullmakt.mails.all(to=agency.admin, containing=company.name)

    await own_fullmakt.mails.expect(to=agency.admin, containing=company.name, within=20)
    assert meanwhile == []


async def test_a_killed_nats_costs_no_event(own_fullmakt: Sandbox) -> None:
    books, subscriber = Books(), await own_fullmakt.subscriber("books")
    async with following(subscriber, books):
        first = await own_fullmakt.link()
        await books.have([first], [1])

        await own_fullmakt.faults.kill("nats")

        await first.end()
        await books.have([first], [1, 2], within=30)
