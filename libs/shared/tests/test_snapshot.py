import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fullmakt.events import ClientActivated, ClientEligible, ClientEnded, Event, GrantsChanged, JobFinished
from sqlalchemy import text

from libs.shared import worker
from libs.shared.auth import Actor, Caller, TokenReader
from libs.shared.database import Database, Tx
from libs.shared.feed import read_feed
from libs.shared.openapi.guide import Guide
from libs.shared.snapshot import read_snapshot
from libs.shared.tests.kit import DatabaseOf, Thing, person, rows, value, write, write_person
from libs.shared.web import create_web_app
from libs.shared.worker import prune
from tests.kit import ISSUER, App, Keys

AT = datetime(2026, 11, 1, tzinfo=UTC)
Serve = Callable[[str], Awaitable[App]]
Item = dict[str, Any]


@pytest.fixture
async def serve(database: DatabaseOf, keys: Keys) -> AsyncIterator[Serve]:
    """Gives an app that serves the snapshot and the feed of a service's fresh database."""
    async with AsyncExitStack() as stack:

        async def started(service: str) -> App:
            app = create_web_app(
                service=service,
                title=service,
                guide=Guide(),
                database=database(service),
                tokens=TokenReader(ISSUER, keys.jwks),
                find_actor=nobody,
                routes=[read_snapshot, read_feed],
            )
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))
            return App(app, client, keys)

        yield started


async def nobody(tx: Tx, caller: Caller, tenant: UUID) -> Actor:
    raise AssertionError(tx, caller, tenant)


@pytest.fixture
async def access(serve: Serve) -> App:
    """A service whose things have events of several types."""
    return await serve("access")


def eligible(link: UUID, agency: UUID, company: UUID) -> Event:
    return ClientEligible(link_id=link, agency_id=agency, company_id=company, eligible_at=AT)


def activated(link: UUID, agency: UUID, company: UUID) -> Event:
    return ClientActivated(
        link_id=link,
        agency_id=agency,
        company_id=company,
        activated_by=link,
        activated_at=AT,
        administrators=(),
        roles=(),
    )


def ended(link: UUID, agency: UUID, company: UUID) -> Event:
    return ClientEnded(link_id=link, agency_id=agency, company_id=company, ended_at=AT)


def chunk(job: UUID, agency: UUID) -> Event:
    return GrantsChanged(job_id=job, agency_id=agency, grants=())


def finished(job: UUID, agency: UUID) -> Event:
    return JobFinished(
        job_id=job,
        agency_id=agency,
        started_by=job,
        operation="give",
        done=1,
        unchanged=0,
        refused=0,
        finished_at=AT,
    )


async def tell(database: Database, thing: Thing, *events: Event) -> None:
    async with database.begin(None) as tx:
        for event in events:
            tx.emit(event, of=thing)


async def sent_days_ago(database: Database, days: int) -> None:
    """Have everything written so far be sent, and be written so long ago."""
    async with database.begin(None) as tx:
        await tx.session.execute(
            text(
                "UPDATE outbox SET stream_seq = coalesce(stream_seq, id), written_at = now() - :days * interval '1 day'"
            ),
            {"days": days},
        )


async def pages(app: App, *scopes: str, **query: Any) -> AsyncIterator[list[Item]]:
    """The snapshot, page by page."""
    headers = app.keys.service(uuid4(), *(scopes or ("events.read",)))
    path = f"/{app.database.source}/v1/snapshot"
    while True:
        answer = await app.client.get(path, params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page["items"]
        if page["next"] is None:
            return
        query["after"] = page["next"]


async def snapshot(app: App, *scopes: str, **query: Any) -> list[Item]:
    return [item async for page in pages(app, *scopes, **query) for item in page]


def told(items: Iterable[Item]) -> list[tuple[str, int]]:
    """What is told of a thing: the middle of each type, and the version."""
    return [
        (item["headers"]["ce-type"].split(".")[2] + "." + item["headers"]["ce-type"].split(".")[3], item["version"])
        for item in items
    ]


async def test_the_newest_event_of_each_type_of_a_thing_is_told_and_nothing_older(access: App) -> None:
    link, other = Thing(), Thing()
    agency, company = uuid4(), uuid4()
    ids = (link.id, agency, company)
    await tell(access.database, link, eligible(*ids), activated(*ids), activated(*ids), ended(*ids), activated(*ids))
    await tell(access.database, other, eligible(other.id, agency, company))

    found = await snapshot(access)

    of_link = [item for item in found if item["thing"] == str(link.id)]
    assert told(of_link) == [("client.eligible", 1), ("client.ended", 4), ("client.activated", 5)]
    assert len(found) == 4
    assert {item["stream"] for item in found} == {"access"}
    feed = await access.client.get("/access/v1/feed", headers=access.keys.service(uuid4(), "events.read"))
    published = [item | {"stream": "access"} for item in feed.json()["items"]]
    assert all(item in published for item in found)


async def test_all_events_of_a_type_that_adds_up_are_told(access: App) -> None:
    job, agency = Thing(), uuid4()
    await tell(access.database, job, *[chunk(job.id, agency)] * 3, finished(job.id, agency), chunk(job.id, agency))
    await sent_days_ago(access.database, 8)
    await prune(access.database)

    found = await snapshot(access)

    assert told(found) == [
        ("grants.changed", 1),
        ("grants.changed", 2),
        ("grants.changed", 3),
        ("job.finished", 4),
        ("grants.changed", 5),
    ]


async def test_what_was_superseded_seven_days_ago_is_pruned_and_the_snapshot_is_as_before(access: App) -> None:
    agency, company = uuid4(), uuid4()
    things = [Thing() for _ in range(20)]
    for number, thing in enumerate(things):
        ids = (thing.id, agency, company)
        await tell(access.database, thing, eligible(*ids), *[activated(*ids)] * (number % 4), ended(*ids))
    before = await snapshot(access)
    await sent_days_ago(access.database, 6)
    await prune(access.database)
    assert await value(access.database, "SELECT count(*) FROM outbox") == sum(thing.version for thing in things)

    await sent_days_ago(access.database, 8)
    await prune(access.database)

    assert await snapshot(access) == before
    kept = await rows(access.database, "SELECT thing, version FROM outbox ORDER BY thing, version")
    assert [(str(row.thing), row.version) for row in kept] == [(item["thing"], item["version"]) for item in before]


async def test_a_state_that_held_for_long_is_pruned_seven_days_after_the_next(access: App) -> None:
    link, agency, company = Thing(), uuid4(), uuid4()
    await tell(access.database, link, activated(link.id, agency, company))
    await sent_days_ago(access.database, 100)
    await prune(access.database)
    await tell(access.database, link, activated(link.id, agency, company))
    await prune(access.database)
    assert await value(access.database, "SELECT count(*) FROM outbox") == 2

    await sent_days_ago(access.database, 8)
    await prune(access.database)

    assert [row.version for row in await rows(access.database, "SELECT version FROM outbox")] == [2]


async def test_nothing_unsent_is_pruned_and_nothing_that_came_after_it(access: App) -> None:
    link, agency, company = Thing(), uuid4(), uuid4()
    await tell(access.database, link, *[activated(link.id, agency, company)] * 4)
    await sent_days_ago(access.database, 8)
    async with access.database.begin(None) as tx:
        await tx.session.execute(text("UPDATE outbox SET stream_seq = NULL WHERE version = 3"))

    await prune(access.database)

    assert [row.version for row in await rows(access.database, "SELECT version FROM outbox ORDER BY id")] == [2, 3, 4]


async def test_pruning_goes_on_where_it_ended_in_steps(access: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PRUNED_AT_ONCE", 3)
    monkeypatch.setattr(worker, "PRUNINGS", 2)
    link, agency, company = Thing(), uuid4(), uuid4()
    await tell(access.database, link, *[activated(link.id, agency, company)] * 10)
    await sent_days_ago(access.database, 8)

    left = []
    for _ in range(3):
        await prune(access.database)
        left.append(await value(access.database, "SELECT min(version) FROM outbox"))

    assert left == [6, 10, 10]


async def test_pages_taken_while_others_write_and_prune_miss_no_thing_and_keep_its_order(access: App) -> None:
    agency, company = uuid4(), uuid4()
    things = [Thing() for _ in range(30)]
    for thing in things:
        ids = (thing.id, agency, company)
        await tell(access.database, thing, eligible(*ids), activated(*ids))
    there = {(item["thing"], kind): version for item, (kind, version) in await _with_told(access)}
    chance = random.Random(1)  # noqa: S311
    found: list[Item] = []

    async for page in pages(access, limit=4):
        found += page
        for thing in chance.sample(things, 5):
            await tell(access.database, thing, activated(thing.id, agency, company))
        await sent_days_ago(access.database, 8)
        await prune(access.database)

    assert len(found) > len(there) / 2
    places = [(item["thing"], item["version"]) for item in found]
    assert places == sorted(set(places))
    newest: dict[tuple[str, str], int] = {}
    for item, (kind, version) in zip(found, told(found), strict=True):
        newest[item["thing"], kind] = version
    assert all(newest[key] >= version for key, version in there.items())


async def _with_told(app: App) -> list[tuple[Item, tuple[str, int]]]:
    items = await snapshot(app)
    return list(zip(items, told(items), strict=True))


@pytest.mark.parametrize("seed", range(5))
async def test_a_snapshot_and_what_comes_later_make_the_full_state(access: App, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    agency, company = uuid4(), uuid4()
    links, jobs = [Thing() for _ in range(5)], [Thing() for _ in range(3)]
    history: list[tuple[str, str, int]] = []

    async def write_at_random(times: int) -> None:
        for _ in range(times):
            if chance.random() < 0.6:
                thing = chance.choice(links)
                event = chance.choice([eligible, activated, ended])(thing.id, agency, company)
            else:
                thing = chance.choice(jobs)
                event = chance.choice([chunk, finished])(thing.id, agency)
            await tell(access.database, thing, event)
            history.append((str(thing.id), f"fullmakt.{event.type}", thing.version))

    await write_at_random(40)
    await sent_days_ago(access.database, chance.choice([1, 8]))
    await prune(access.database)
    await write_at_random(10)
    durable_from = len(history)
    found: list[tuple[str, str, int]] = []
    async for page in pages(access, limit=chance.randint(1, 7)):
        found += [(item["thing"], item["headers"]["ce-type"], item["version"]) for item in page]
        await write_at_random(chance.randint(0, 3))
        await prune(access.database)
    later = history[durable_from:]

    assert state_of(sorted(found, key=lambda each: each[2]) + later) == state_of(history)


def state_of(events: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], set[int]]:
    """What a reader knows of each thing who drops what it has; only chunks add up."""
    state: dict[tuple[str, str], set[int]] = {}
    for thing, type_, version in events:
        if type_ == f"fullmakt.{GrantsChanged.type}":
            state.setdefault((thing, type_), set()).add(version)
        elif version > max(state.get((thing, type_), {0})):
            state[thing, type_] = {version}
    return state


async def test_types_and_a_tenant_leave_out_everything_else(access: App) -> None:
    agencies, companies = [uuid4(), uuid4()], [uuid4(), uuid4()]
    for agency in agencies:
        for company in companies:
            link, job = Thing(), Thing()
            ids = (link.id, agency, company)
            await tell(access.database, link, eligible(*ids), activated(*ids), activated(*ids))
            await tell(access.database, job, chunk(job.id, agency))
    everything = await snapshot(access)
    assert len(everything) == 12

    def of(*types: str, tenant: UUID | None = None) -> list[Item]:
        fits = [item for item in everything if item["headers"]["ce-type"].split(".", 2)[2] in types or not types]
        return [item for item in fits if tenant is None or str(tenant) in item["subject"].split(".")]

    one, two = "fullmakt.access.client.activated.v1", "fullmakt.access.grants.changed.v1"
    short = ("client.activated.v1", "grants.changed.v1")
    for limit in (1, 3, 1000):
        assert await snapshot(access, limit=limit, type=one) == of(short[0])
        assert await snapshot(access, limit=limit, type=[one, two]) == of(*short)
        assert await snapshot(access, limit=limit, tenant=str(agencies[1])) == of(tenant=agencies[1])
        assert await snapshot(access, limit=limit, tenant=str(companies[0])) == of(tenant=companies[0])
        both = await snapshot(access, limit=limit, tenant=str(companies[0]), type=[one, two])
        assert both == of(*short, tenant=companies[0])
    assert await snapshot(access, type="fullmakt.clients.link.accepted.v1") == []
    assert await snapshot(access, tenant=str(uuid4())) == []


async def test_people_are_told_only_to_who_may_read_them_and_an_erased_one_as_erased(serve: Serve) -> None:
    identity = await serve("identity")
    anna, bo = Thing(), Thing()
    await write_person(identity.database, anna, "Anna")
    await write_person(identity.database, bo, "Bo")
    await write(identity.database, Thing())
    async with identity.database.begin(None) as tx:
        await tx.session.execute(text("DELETE FROM outbox WHERE thing = :anna"), {"anna": anna.id})
        tx.emit(person(anna.id, None), of=anna)

    for limit in (1, 100):
        assert [item["stream"] for item in await snapshot(identity, limit=limit)] == ["identity"]
        assert [item["stream"] for item in await snapshot(identity, limit=limit, tenant=str(bo.id))] == []
        people = (await snapshot(identity, "events.read", "people.read", limit=limit))[1:]
        names = {item["thing"]: (item["body"]["name"], item["version"]) for item in people}
        assert names == {str(anna.id): (None, 2), str(bo.id): ("Bo", 1)}


async def refused(app: App, headers: dict[str, str], **query: Any) -> tuple[int, str, str | None]:
    answer = await app.client.get(f"/{app.database.source}/v1/snapshot", params=query, headers=headers)
    errors = answer.json().get("errors") or [{"field": None}]
    return answer.status_code, answer.json()["code"], errors[0]["field"]


async def test_the_snapshot_needs_a_scope(access: App) -> None:
    service = access.keys.service(uuid4(), "people.read")
    assert await refused(access, service) == (403, "forbidden", None)
    assert await refused(access, access.keys.person(uuid4())) == (403, "forbidden", None)
    assert (await refused(access, {}))[0] == 401


@pytest.mark.parametrize("after", ["", "x", "0.0", "W10=", "WyJhY2Nlc3MiLCAieCIsIDFd", "\x00", "a" * 1001])
async def test_a_cursor_that_is_none_of_ours_is_invalid(access: App, after: str) -> None:
    service = access.keys.service(uuid4(), "events.read")
    assert await refused(access, service, after=after) == (400, "invalid", "after")


@pytest.mark.parametrize(
    ("field", "bad"), [("limit", 0), ("limit", 1001), ("tenant", "x"), ("tenant", "null"), ("type", ["t"] * 101)]
)
async def test_filters_and_limits_out_of_bounds_are_named(access: App, field: str, bad: object) -> None:
    service = access.keys.service(uuid4(), "events.read")
    status, code, named = await refused(access, service, **{field: bad})
    assert (status, code) == (400, "invalid")
    assert named is not None
    assert named.startswith(field)
