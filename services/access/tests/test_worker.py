import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from libs.local.nats import Nats
from libs.shared.bus import Bus
from libs.shared.settings import read_settings
from services.access import jobs
from services.access.settings import Settings
from services.access.tests.kit import Office
from services.access.worker import create_worker
from tests.kit import Keys, environment_of, eventually


@pytest.fixture
def settings(database_url: Callable[[str], str], nats: Nats, keys: Keys) -> Settings:
    """Settings of access on this test's database."""
    return read_settings(Settings, environment_of("access", database_url("access"), nats, keys))


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[None]:
    """A worker that runs and is killed in the end."""
    running = asyncio.create_task(create_worker(settings).run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


async def finished(office: Office) -> bool:
    """Whether every job is finished."""
    rows = await office.world.rows(office.agency, "SELECT 1 FROM job WHERE state <> 'finished'")
    return not rows


async def test_a_job_runs_as_soon_as_it_is_started_and_is_told_over_nats(
    office: Office,
    settings: Settings,
    connect: Callable[[str], Awaitable[Bus]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin = await connect("admin")
    monkeypatch.setattr(jobs, "POLL", 60.0)

    async with worker(settings):
        await office.world.start(
            office.agency, office.admin, clients=[office.link], consultants=[office.consultant], programs=["payroll"]
        )
        await eventually(lambda: finished(office))

        async def published() -> int:
            return (await admin.jetstream.stream_info("access")).state.messages

        async def all_told() -> bool:
            return await published() == 4

        await eventually(all_told)

    assert await office.world.decide(office.consultant, office.company, "payroll") is None


async def test_a_killed_workers_job_is_gone_on_with_by_the_next(office: Office, settings: Settings) -> None:
    world = office.world
    world.asked.clear()
    world.answering.clear()
    async with worker(settings):
        await world.start(office.agency, office.admin, clients=[office.link], consultants=[office.consultant])
        await asyncio.wait_for(world.asked.wait(), 10)

    world.answering.set()
    assert await office.world.rows(office.agency, "SELECT state, next_position FROM job") == [("running", 0)]
    async with worker(settings):
        await eventually(lambda: finished(office), within=15)

    assert await office.world.rows(office.agency, "SELECT revision FROM access_grant") == [(1,)]
