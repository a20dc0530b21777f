"""The sample service as a process of its own, against a whole running Fullmakt."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fullmakt.testing import Link, Person, Sandbox

HERE = Path(__file__).parent
REACHES = (
    "SELECT count(*) FROM held JOIN client USING (link)"
    " WHERE held.link = ? AND person = ? AND program = ? AND held AND active"
)


class Reach:
    """The service's process, and what its file says."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen([sys.executable, "reach.py"], cwd=HERE, env=os.environ | self.settings)

    def kill(self) -> None:
        """Kill it the hard way."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Stop it as Kubernetes does; its exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(10)

    async def says(self, link: Link, person: Person, program: str, *, expected: bool) -> None:
        """Wait until it knows whether somebody may use a program at a client."""
        deadline = time.monotonic() + 15
        while self._reaches(link, person, program) != expected:
            assert time.monotonic() < deadline, f"reach does not say {expected} for {program}"
            await asyncio.sleep(0.02)

    def _reaches(self, link: Link, person: Person, program: str) -> bool | None:
        connection = sqlite3.connect(self.settings["REACH_FILE"])
        try:
            return bool(connection.execute(REACHES, (str(link.id), str(person.id), program)).fetchone()[0])
        except sqlite3.OperationalError:
            return None  # it has not made its tables yet
        finally:
            connection.close()


@pytest.fixture
def reach(fullmakt: Sandbox, tmp_path: Path) -> Iterator[Reach]:
    """A name of its own for each test, since a durable remembers what it has given."""
    account = fullmakt.service_account("events.read").result()
    name = f"reach-{fullmakt.mark}"
    settings = {
        "FULLMAKT_URLS": json.dumps(fullmakt.urls),
        "FULLMAKT_NATS": fullmakt.nats,
        "NATS_NAME": name,
        "NATS_PASSWORD": fullmakt.nats_user(name).result().password,
        "CLIENT_ID": account.id,
        "CLIENT_SECRET": account.secret,
        "REACH_FILE": str(tmp_path / "reach.db"),
    }
    service = Reach(settings)
    yield service
    if service.process and service.process.poll() is None:
        service.kill()


async def test_it_knows_what_was_given_before_it_began_and_what_is_given_now(fullmakt: Sandbox, reach: Reach) -> None:
    before, after = await fullmakt.link(active=True), await fullmakt.link(active=True)
    await before.grant(before.agency.consultant, "bookkeeping")

    reach.start()

    await reach.says(before, before.agency.consultant, "bookkeeping", expected=True)
    await after.grant(after.agency.consultant, "payroll")
    await reach.says(after, after.agency.consultant, "payroll", expected=True)


async def test_who_leaves_or_whose_link_ends_reaches_nothing(fullmakt: Sandbox, reach: Reach) -> None:
    reach.start()
    left, ended = await fullmakt.link(active=True), await fullmakt.link(active=True)
    for link in (left, ended):
        await link.grant(link.agency.consultant, "bookkeeping")
        await reach.says(link, link.agency.consultant, "bookkeeping", expected=True)

    await left.agency.consultant.leave()
    await ended.end()

    await reach.says(left, left.agency.consultant, "bookkeeping", expected=False)
    await reach.says(ended, ended.agency.consultant, "bookkeeping", expected=False)


async def test_killed_and_started_again_it_goes_on_where_it_was(fullmakt: Sandbox, reach: Reach) -> None:
    reach.start()
    link = await fullmakt.link(active=True)
    await link.grant(link.agency.consultant, "bookkeeping")
    await reach.says(link, link.agency.consultant, "bookkeeping", expected=True)

    reach.kill()
    await link.grant(link.agency.consultant, "payroll")
    reach.start()

    await reach.says(link, link.agency.consultant, "payroll", expected=True)
    await reach.says(link, link.agency.consultant, "bookkeeping", expected=True)
    assert reach.stop() == 0
