import asyncio
import time

import pytest
from sqlalchemy import text

from libs.local.nats import Nats
from libs.local.postgres import Cluster
from libs.shared import relay
from libs.shared import worker as worker_module
from libs.shared.database import Database
from libs.shared.inbox import Consumers
from libs.shared.settings import ServiceSettings, read_settings
from libs.shared.tests.kit import Thing, all_sent, cancel, kill, moments_until, running, value, write, writing
from libs.shared.worker import LostLeadership, Worker
from tests.kit import Keys, environment_of, eventually


@pytest.fixture
def settings(db: Database, nats: Nats, keys: Keys) -> ServiceSettings:
    """Settings of identity's worker."""
    return read_settings(ServiceSettings, environment_of("identity", db.url, nats, keys))


def worker(settings: ServiceSettings) -> Worker:
    return Worker("identity", settings, consumers=Consumers(), due=[])


async def leaders(db: Database) -> int:
    query = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    query += " WHERE datname = current_database() AND locktype = 'advisory' AND granted"
    return int(await value(db, query))


async def test_what_is_written_is_published_at_once(
    db: Database, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL", 60.0)
    async with running(worker(settings).run()):
        await write(db, Thing())
        await eventually(lambda: all_sent(db))
        for _ in range(5):
            begun = time.monotonic()
            await write(db, Thing())
            await eventually(lambda: all_sent(db))
            assert time.monotonic() - begun < 0.5


async def test_another_worker_takes_over_from_one_that_lost_its_lock(
    db: Database, settings: ServiceSettings, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "TICK", 0.1)
    first = asyncio.ensure_future(worker(settings).run())
    await eventually(lambda: leads(db))
    second = asyncio.ensure_future(worker(settings).run())
    await write(db, Thing())
    await eventually(lambda: all_sent(db))
    assert await leaders(db) == 1

    name = await value(db, "SELECT current_database()")
    held = "SELECT pid FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND datname"
    cluster.execute(f"SELECT pg_terminate_backend(pid) FROM ({held} = '{name}') held")  # noqa: S608

    with pytest.raises(ExceptionGroup) as ended:
        await asyncio.wait_for(first, 10)
    assert ended.value.subgroup(LostLeadership) is not None
    await eventually(lambda: leads(db))
    await write(db, Thing())
    await eventually(lambda: all_sent(db))
    await cancel(second)
    await eventually(lambda: nobody_leads(db))


async def leads(db: Database) -> bool:
    return await leaders(db) == 1


async def nobody_leads(db: Database) -> bool:
    return await leaders(db) == 0


async def test_a_worker_that_is_told_to_end_does_so_wherever_it_stands(db: Database, settings: ServiceSettings) -> None:
    async with writing(db, *(Thing() for _ in range(10))):
        for moment in moments_until(1500, times=30):
            await kill(worker(settings).run(), at=moment)
    async with running(worker(settings).run()):
        await eventually(lambda: all_sent(db), within=30)  # all that was written meanwhile


async def test_due_work_that_fails_does_not_stop_the_rest(db: Database, settings: ServiceSettings) -> None:
    done = asyncio.Event()

    async def fails(_: Database) -> None:
        raise ValueError

    async def works(database: Database) -> None:
        async with database.begin(None) as tx:
            await tx.session.execute(text("SELECT 1"))
        done.set()

    both = Worker("identity", settings, consumers=Consumers(), due=[fails, works])
    async with running(both.run()):
        async with asyncio.timeout(5):
            await done.wait()
        await write(db, Thing())
        await eventually(lambda: all_sent(db))
