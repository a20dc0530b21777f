"""What tests of the shared parts work with: things that events tell of, a NATS of their own, a relay that runs."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
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


@asynccontextmanager
async def writing(database: Database, *things: Thing) -> AsyncIterator[None]:
    """Transactions that tell of these things, one after the other for as long as the block lasts."""
    ended = asyncio.Event()

    async def write_until_ended() -> None:
        while not ended.is_set():
            await write(database, *things)

    async with running(write_until_ended()) as work:
        yield
        ended.set()
        await work


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


class Watched(Coroutine[Any, Any, Any]):
    """A coroutine that tells what it waits for, each time that it waits."""

    def __init__(self, work: Coroutine[Any, Any, Any], waits: Callable[[object], None]) -> None:
        self.work = work
        self.waits = waits

    def send(self, value: Any) -> Any:
        """Go on until the next wait."""
        return self._told(self.work.send(value))

    def throw(self, *error: Any) -> Any:
        """Go on with an error until the next wait."""
        return self._told(self.work.throw(*error))

    def close(self) -> None:
        """End without going on."""
        self.work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.work.__await__()

    def _told(self, waits_for: Any) -> Any:
        self.waits(waits_for)
        return waits_for


async def kill(work: Coroutine[Any, Any, None], *, at: int) -> None:
    """Run something and cancel it, once, at its so manieth moment; it must end by that.

    A moment is where it, or a task that it started, begins to wait, or where what it waited for has come and
    it has not gone on yet: all places at which a task can be cancelled, without a clock.
    """
    loop = asyncio.get_running_loop()
    moments, family = count(1), set[asyncio.Future[Any]]()

    def moment(_: object = None) -> None:
        if next(moments) == at:
            task.cancel()

    def waits(waits_for: object) -> None:
        moment()
        if isinstance(waits_for, asyncio.Future):
            waits_for.add_done_callback(moment)

    def member(_: object, work: Any, context: Any = None) -> "asyncio.Task[Any]":
        watched = not family or asyncio.current_task() in family
        begun = asyncio.Task(Watched(work, waits) if watched else work, loop=loop, context=context)
        if watched:
            family.add(begun)
        return begun

    loop.set_task_factory(member)
    try:
        task = loop.create_task(work)
        done, _ = await asyncio.wait([task], timeout=20)
    finally:
        loop.set_task_factory(None)
    assert done, f"did not come to moment {at}, or did not end when it was cancelled there"
    with suppress(asyncio.CancelledError):
        task.result()


def moments_until(last: int, *, times: int) -> list[int]:
    """So many moments to kill at, most of them early ones, shuffled, and the same in each run."""
    found = [round(last ** (n / (times - 1))) for n in range(times)]
    random.Random(1).shuffle(found)  # noqa: S311
    return found


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
