"""What tests of the shared parts work with: things that events tell of, a NATS of their own, a relay that runs."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fullmakt.events import InvitationSent, OrganisationChanged, PersonChanged
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError
from sqlalchemy import text

from libs.local.nats import Nats
from libs.shared.bus import Bus
from libs.shared.database import Database, Versioned
from libs.shared.relay import Relay

DatabaseOf = Callable[[str], Database]
Connect = Callable[[str], Awaitable[Bus]]
STREAM = "identity"
PEOPLE = "people"


class Thing(Versioned):
    """Something that events tell of, without a table of its own."""

    def __init__(self, id_: UUID | None = None) -> None:
        self.id = id_ or uuid4()
        self.version = 0

    def invited(self) -> InvitationSent:
        """An event of this thing; `generation` is the version it is going to have."""
        return InvitationSent(
            invitation_id=self.id,
            organisation_id=self.id,
            organisation_kind="company",
            person_id=self.id,
            invited_by=self.id,
            generation=self.version + 1,
        )


def organisation(id_: UUID, name: str = "Company") -> OrganisationChanged:
    """An event of a thing in which any version may be the first that a consumer handles."""
    return OrganisationChanged(
        organisation_id=id_,
        organisation_kind="company",
        name=name,
        country="SE",
        organisation_number="5560125790",
        subscription_number="S1",
        language="sv",
        state="verified",
    )


def person(id_: UUID, name: str | None) -> PersonChanged:
    """An event with personal data."""
    return PersonChanged(person_id=id_, name=name, email=None, mobile=None, language="sv", time_zone=None)


async def write(database: Database, *things: Thing, times: int = 1) -> None:
    """One transaction that tells of each thing, so many times."""
    async with database.begin(None) as tx:
        for _ in range(times):
            for thing in things:
                tx.emit(thing.invited(), of=thing)


async def write_person(database: Database, thing: Thing, name: str | None) -> None:
    """One transaction that tells what a person is called."""
    async with database.begin(None) as tx:
        tx.emit(person(thing.id, name), of=thing)


async def rows(database: Database, query: str, **given: Any) -> list[Any]:
    """What a query gives."""
    async with database.begin(None) as tx:
        return list(await tx.session.execute(text(query), given))


async def value(database: Database, query: str, **given: Any) -> Any:
    """The one value that a query gives."""
    return (await rows(database, query, **given))[0][0]


async def unsent(database: Database, stream: str = STREAM) -> int:
    """How many rows of a stream are not recorded as sent."""
    query = "SELECT count(*) FROM outbox WHERE stream = :stream AND stream_seq IS NULL"
    return int(await value(database, query, stream=stream))


async def all_sent(database: Database, stream: str = STREAM) -> bool:
    """Whether everything of a stream is recorded as sent."""
    return await unsent(database, stream) == 0


async def messages_in(bus: Bus, stream: str = STREAM) -> list[RawStreamMsg]:
    """Every message of a stream, in its order."""
    state = (await bus.jetstream.stream_info(stream)).state

    async def message(seq: int) -> RawStreamMsg | None:
        try:
            return await bus.jetstream.get_msg(stream, seq)
        except NotFoundError:
            return None

    found = await asyncio.gather(*(message(seq) for seq in range(max(state.first_seq, 1), state.last_seq + 1)))
    return [each for each in found if each is not None]


def header(message: RawStreamMsg, name: str) -> str:
    """A CloudEvents attribute of a message."""
    return str((message.headers or {})[f"ce-{name}"])


def versions_of(messages: Sequence[RawStreamMsg]) -> dict[str, list[int]]:
    """For each thing, the versions in the order in which they stand in the stream."""
    found: dict[str, list[int]] = {}
    for message in messages:
        found.setdefault(header(message, "subject"), []).append(int(header(message, "version")))
    return found


async def consistent(database: Database, bus: Bus, stream: str = STREAM) -> None:
    """The stream holds each row of the outbox once, in the order of each thing's versions, as recorded."""
    in_stream = {header(message, "id"): message.seq for message in await messages_in(bus, stream)}
    query = "SELECT headers->>'ce-id' AS id, stream_seq FROM outbox WHERE stream = :stream"
    recorded = {row.id: row.stream_seq for row in await rows(database, query, stream=stream)}
    assert recorded == in_stream
    found = await messages_in(bus, stream)
    assert len(found) == len(recorded), "a message stands twice in the stream"
    for versions in versions_of(found).values():
        assert versions == sorted(versions)


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator["asyncio.Future[None]"]:
    """Something that runs beside the block and is cancelled at its end; an error of it fails the test."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        if task.done() and not task.cancelled():
            task.result()
        await cancel(task)


async def cancel(task: "asyncio.Future[None]") -> None:
    """End a task as a kill would, wherever it stands."""
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=10)
    assert done, f"did not end when it was cancelled: {task}"
    with suppress(asyncio.CancelledError):
        task.result()


@asynccontextmanager
async def relaying(
    database: Database, bus: Bus, stream: str = STREAM, *, latest_only: bool = False
) -> AsyncIterator[Relay]:
    """A relay that runs."""
    relay = Relay(database, bus, stream, latest_only=latest_only)
    async with running(relay.run()):
        yield relay


def start(server: Nats) -> None:
    """Start a stopped server again, on its port and store."""
    server.process = server.spawn()
    server.wait(server.process)


def copy_store(server: Nats, to: Path) -> None:
    """Keep a copy of a stopped server's store."""
    shutil.copytree(server.home / "store", to)


def put_store_back(server: Nats, kept: Path) -> None:
    """Have a stopped server's store go back in time."""
    shutil.rmtree(server.home / "store")
    shutil.copytree(kept, server.home / "store")
