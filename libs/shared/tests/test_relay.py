import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nats.js.api import StreamInfo
from nats.js.errors import BadRequestError
from sqlalchemy import text

from libs.local.nats import Nats
from libs.shared import batch
from libs.shared import relay as relay_module
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.relay import Relay
from libs.shared.streams import ensure_streams
from libs.shared.tests.kit import (
    PEOPLE,
    STREAM,
    Connect,
    Thing,
    all_sent,
    consistent,
    copy_store,
    kill,
    messages_in,
    moments_until,
    put_store_back,
    relaying,
    start,
    unsent,
    value,
    versions_of,
    write,
    write_person,
    writing,
)
from libs.shared.worker import prune
from tests.kit import eventually

SHORT = 0.1


async def stream_that_forgets_ids(admin: Bus) -> None:
    """Make the stream's duplicate window 0.1 s, as if the crash lay longer back than JetStream remembers."""
    config = (await admin.jetstream.stream_info(STREAM)).config
    await admin.jetstream.update_stream(config.evolve(duplicate_window=SHORT))


async def has_forgotten_ids(bus: Bus, stream: str = STREAM) -> bool:
    """Whether the stream's last message is so old that its id is no longer known: the server looks once a window."""
    last = await bus.jetstream.get_msg(stream, (await bus.jetstream.stream_info(stream)).state.last_seq)
    assert last.time is not None
    return (datetime.now(UTC) - last.time).total_seconds() > 3 * SHORT


async def publish_and_die_before_recording(database: Database, bus: Bus) -> None:
    """Have a relay publish what is unsent, and kill it between the acknowledgements and its record of them."""

    class Killed(Relay):
        async def _record(self, ids: list[int], seqs: list[int]) -> None:  # noqa: ARG002
            raise asyncio.CancelledError

    relay = Killed(database, bus, STREAM, latest_only=False)
    await relay.synchronise()
    with pytest.raises(asyncio.CancelledError):
        await relay.publish_unsent()


async def test_rows_that_commit_out_of_the_order_of_their_ids_are_all_published(db: Database, bus: Bus) -> None:
    async with relaying(db, bus):
        early, late = Thing(), Thing()
        async with db.begin(None) as tx:
            tx.emit(early.invited(), of=early)
            await tx.finish()
            tx._told.clear()  # noqa: SLF001 - written already, with a lower id than what commits first
            await write(db, late)
            await eventually(lambda: all_sent(db))

        await eventually(lambda: all_sent(db))
    found = versions_of(await messages_in(bus))
    assert list(found) == [str(late.id), str(early.id)]
    await consistent(db, bus)


async def test_a_relay_killed_between_acknowledgement_and_record_publishes_nothing_twice(
    db: Database, bus: Bus
) -> None:
    things = [Thing() for _ in range(30)]
    await write(db, *things)
    await publish_and_die_before_recording(db, bus)
    assert await unsent(db) == 30

    async with relaying(db, bus):
        await eventually(lambda: all_sent(db))

    await consistent(db, bus)


async def test_what_was_sent_is_adopted_also_when_the_stream_no_longer_remembers_ids(
    db: Database, bus: Bus, connect: Connect
) -> None:
    await stream_that_forgets_ids(await connect("admin"))
    thing, other = Thing(), Thing()
    await write(db, thing, other, times=200)
    await publish_and_die_before_recording(db, bus)
    await write(db, thing)
    await eventually(lambda: has_forgotten_ids(bus))

    async with relaying(db, bus):
        await eventually(lambda: all_sent(db))

    assert versions_of(await messages_in(bus))[str(thing.id)] == list(range(1, 202))
    await consistent(db, bus)


async def test_two_relays_at_the_same_time_leave_no_duplicates(
    db: Database, bus: Bus, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "ACK_TIMEOUT", 60.0)  # each is told at once what was refused, and waits for nothing
    await stream_that_forgets_ids(await connect("admin"))
    things = [Thing() for _ in range(20)]
    async with relaying(db, bus), relaying(db, await connect("identity")):
        for _ in range(25):
            await write(db, *things)
        await eventually(lambda: all_sent(db), within=30)

    await consistent(db, bus)
    assert all(versions == list(range(1, 26)) for versions in versions_of(await messages_in(bus)).values())


async def test_a_relay_that_is_behind_another_sends_nothing_that_skips_a_row(
    db: Database, bus: Bus, connect: Connect
) -> None:
    await stream_that_forgets_ids(await connect("admin"))
    thing = Thing()
    ahead, behind = (Relay(db, bus, STREAM, latest_only=False) for _ in range(2))
    for relay in (ahead, behind):
        await relay.synchronise()
    await write(db, thing, times=20)
    await ahead.publish_unsent()

    await write(db, thing, times=40)
    with pytest.raises(BadRequestError):
        await behind.publish_unsent()

    assert versions_of(await messages_in(bus)) == {str(thing.id): list(range(1, 21))}
    await behind.synchronise()
    assert await behind.publish_unsent() == 40
    await consistent(db, bus)


@pytest.mark.parametrize("noted", [True, False])
async def test_what_another_relay_sends_while_the_streams_end_is_read_is_not_taken_for_lost(
    db: Database, bus: Bus, connect: Connect, monkeypatch: pytest.MonkeyPatch, *, noted: bool
) -> None:
    await stream_that_forgets_ids(await connect("admin"))
    other, thing = await connect("identity"), Thing()
    ahead, reading = (Relay(db, each, STREAM, latest_only=False) for each in (bus, other))
    await ahead.synchronise()
    await write(db, thing, times=10)
    await ahead.publish_unsent()
    read_end = other.jetstream.stream_info

    async def read_and_then_more_is_sent(name: str) -> StreamInfo:
        end = await read_end(name)
        await write(db, thing, times=10)
        if not noted:
            monkeypatch.setattr(ahead, "_record", nothing)
        await ahead.publish_unsent()
        return end if noted else await read_end(name)

    monkeypatch.setattr(other.jetstream, "stream_info", read_and_then_more_is_sent)

    await reading.synchronise()
    monkeypatch.undo()
    await eventually(lambda: has_forgotten_ids(bus))
    for relay in (ahead, reading):
        with suppress(BadRequestError):
            await relay.publish_unsent()
    await reading.synchronise()

    assert versions_of(await messages_in(bus)) == {str(thing.id): list(range(1, 21))}
    await consistent(db, bus)


async def nothing(*_: object) -> None:
    """Be killed before it is noted what was sent."""


async def test_a_store_that_went_back_in_time_gets_everything_lost_again(
    db: Database, own_nats: Nats, own_bus: Bus, tmp_path: Path
) -> None:
    things = [Thing() for _ in range(10)]
    async with relaying(db, own_bus):
        await write(db, *things, times=3)
        await eventually(lambda: all_sent(db))
        own_nats.stop()
        copy_store(own_nats, tmp_path / "older")
        start(own_nats)
        await write(db, *things, times=4)
        await eventually(lambda: all_sent(db))

        own_nats.stop()
        put_store_back(own_nats, tmp_path / "older")
        start(own_nats)

        reader = Bus(own_nats.url, "identity", own_nats.passwords["identity"])
        await reader.connect()

        async def all_there() -> bool:
            return len(await messages_in(reader)) == 70

        await eventually(all_there)  # without anything new to publish
        await write(db, *things)
        await eventually(lambda: all_sent(db))

    await consistent(db, reader)
    assert all(versions == list(range(1, 9)) for versions in versions_of(await messages_in(reader)).values())
    await reader.close()


async def test_a_wiped_stream_is_refilled_from_the_outbox(db: Database, bus: Bus, keeper: Bus) -> None:
    things = [Thing() for _ in range(10)]
    async with relaying(db, bus):
        await write(db, *things, times=5)
        await eventually(lambda: all_sent(db))

        await keeper.jetstream.delete_stream(STREAM)

        async def refilled() -> bool:
            streams = {info.config.name for info in await keeper.jetstream.streams_info()}
            return STREAM in streams and len(await messages_in(bus)) == 50

        await eventually(refilled)
        await eventually(lambda: all_sent(db))
    await consistent(db, bus)


async def pruned_as_of_next_week(database: Database) -> None:
    """Have all that is sent be eight days old, and pruned."""
    async with database.begin(None) as tx:
        await tx.session.execute(text("UPDATE outbox SET written_at = now() - interval '8 days'"))
    await prune(database)


async def test_a_wiped_stream_of_old_events_gets_those_kept_and_each_tells_what_it_follows(
    db: Database, bus: Bus, keeper: Bus
) -> None:
    things = [Thing() for _ in range(3)]
    async with relaying(db, bus):
        await write(db, *things, times=5)
        await write(db, things[0])
        await eventually(lambda: all_sent(db))
        await pruned_as_of_next_week(db)
        await write(db, things[0])
        await eventually(lambda: all_sent(db))

        await keeper.jetstream.delete_stream(STREAM)

        async def refilled() -> bool:
            streams = {info.config.name for info in await keeper.jetstream.streams_info()}
            return STREAM in streams and len(await messages_in(bus)) == 4

        await eventually(refilled)
        await eventually(lambda: all_sent(db))
        await write(db, things[1])
        await eventually(lambda: all_sent(db))

    await consistent(db, bus)
    found = [message.headers or {} for message in await messages_in(bus)]
    told = [(each["ce-subject"], each["ce-version"], each.get("ce-follows")) for each in found]
    first, second, third = (str(thing.id) for thing in things)
    assert sorted(told[:2]) == sorted([(second, "5", "0"), (third, "5", "0")])
    assert told[2:] == [(first, "6", "0"), (first, "7", None), (second, "6", None)]


async def test_a_wiped_stream_of_people_comes_back_whole(db: Database, bus: Bus, keeper: Bus) -> None:
    people = [Thing() for _ in range(10)]
    async with relaying(db, bus, PEOPLE, latest_only=True):
        for thing in people:
            await write_person(db, thing, "Before")
            await write_person(db, thing, "After")
        await eventually(lambda: all_sent(db, PEOPLE))
        await pruned_as_of_next_week(db)

        await keeper.jetstream.delete_stream(PEOPLE)

        async def refilled() -> bool:
            streams = {info.config.name for info in await keeper.jetstream.streams_info()}
            return PEOPLE in streams and len(await messages_in(bus, PEOPLE)) == 10

        await eventually(refilled)
        await eventually(lambda: all_sent(db, PEOPLE))

    found = await messages_in(bus, PEOPLE)
    assert versions_of(found) == {str(thing.id): [2] for thing in people}
    assert all(b"After" in (message.data or b"") for message in found)


async def test_a_stream_rolled_back_in_steps_is_filled_in_order(
    db: Database, bus: Bus, keeper: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "ROLLED_BACK_AT_ONCE", 7)
    things = [Thing() for _ in range(10)]
    async with relaying(db, bus):
        await write(db, *things, times=5)
        await eventually(lambda: all_sent(db))

        await keeper.jetstream.purge_stream(STREAM)
        await keeper.jetstream.delete_stream(STREAM)

        async def refilled() -> bool:
            streams = {info.config.name for info in await keeper.jetstream.streams_info()}
            return STREAM in streams and len(await messages_in(bus)) == 50

        await eventually(refilled)
        await eventually(lambda: all_sent(db))
    await consistent(db, bus)


async def test_an_outage_of_nats_loses_nothing(db: Database, own_nats: Nats, own_bus: Bus) -> None:
    things = [Thing() for _ in range(10)]
    async with relaying(db, own_bus):
        await write(db, *things)
        await eventually(lambda: all_sent(db))

        own_nats.stop()
        await write(db, *things, times=5)
        start(own_nats)

        await eventually(lambda: all_sent(db))
    await consistent(db, own_bus)


async def test_a_relay_that_starts_while_nats_is_down_goes_on_once_it_is_up(
    db: Database, own_nats: Nats, own_bus: Bus
) -> None:
    own_nats.stop()
    await write(db, Thing())
    async with relaying(db, own_bus):
        start(own_nats)
        await eventually(lambda: all_sent(db))
    await consistent(db, own_bus)


async def test_of_a_person_only_the_latest_stays_and_older_bytes_leave_the_disk(
    db: Database, own_nats: Nats, own_bus: Bus
) -> None:
    people = [Thing() for _ in range(20)]
    async with relaying(db, own_bus, PEOPLE, latest_only=True):
        for number, thing in enumerate(people):
            await write_person(db, thing, f"Before-{number:02}-Bergström")
        await eventually(lambda: all_sent(db, PEOPLE))
        assert b"Before-07" in on_disk(own_nats)

        for number, thing in enumerate(people):
            await write_person(db, thing, f"Between-{number:02}")
            await write_person(db, thing, f"After-{number:02}")
        await eventually(lambda: all_sent(db, PEOPLE))

    found = await messages_in(own_bus, PEOPLE)
    assert sorted(message.subject or "" for message in found) == sorted(
        f"fullmakt.identity.person.changed.v1.{thing.id}" for thing in people
    )
    assert all(b"After-" in (message.data or b"") for message in found)
    kept = on_disk(own_nats)
    assert b"Before-" not in kept
    assert b"Between-" not in kept
    own_nats.stop()
    assert b"Before-" not in on_disk(own_nats)


async def test_a_person_erased_while_the_relay_was_dead_leaves_no_older_bytes(
    db: Database, own_nats: Nats, own_bus: Bus
) -> None:
    class Killed(Relay):
        async def _erase_older(self, newest: object) -> None:  # noqa: ARG002
            raise asyncio.CancelledError

    thing = Thing()
    async with relaying(db, own_bus, PEOPLE, latest_only=True):
        await write_person(db, thing, "Before")
        await eventually(lambda: all_sent(db, PEOPLE))
    await write_person(db, thing, None)
    killed = Killed(db, own_bus, PEOPLE, latest_only=True)
    await killed.synchronise()
    with pytest.raises(asyncio.CancelledError):
        await killed.publish_unsent()

    async with relaying(db, own_bus, PEOPLE, latest_only=True):
        await eventually(lambda: all_sent(db, PEOPLE))

    assert b"Before" not in on_disk(own_nats)
    assert len(await messages_in(own_bus, PEOPLE)) == 1


async def test_more_rows_than_a_batch_keep_their_order(db: Database, bus: Bus) -> None:
    thing, other = Thing(), Thing()
    await write(db, thing, other, times=750)

    relay = Relay(db, bus, STREAM, latest_only=False)
    await relay.synchronise()
    assert await relay.publish_unsent() == 1500, "a row was taken twice"

    found = versions_of(await messages_in(bus))
    assert found == {str(thing.id): list(range(1, 751)), str(other.id): list(range(1, 751))}
    await consistent(db, bus)


async def test_a_relay_killed_anywhere_loses_and_doubles_nothing(db: Database, bus: Bus, connect: Connect) -> None:
    await stream_that_forgets_ids(await connect("admin"))
    things = [Thing() for _ in range(3)]
    async with writing(db, *things):
        for moment in moments_until(500, times=30):
            await kill(Relay(db, bus, STREAM, latest_only=False).run(), at=moment)
    assert await messages_in(bus), "not killed in the midst of it"
    async with relaying(db, bus):
        await eventually(lambda: all_sent(db))

    await consistent(db, bus)
    found = versions_of(await messages_in(bus))
    assert all(found[str(thing.id)] == list(range(1, thing.version + 1)) for thing in things)


async def test_a_stream_keeps_what_an_operator_set(connect: Connect) -> None:
    admin = await connect("admin")
    config = (await admin.jetstream.stream_info(STREAM)).config
    await admin.jetstream.update_stream(config.evolve(subjects=["fullmakt.old.>"], description="three replicas"))

    await ensure_streams(admin)

    config = (await admin.jetstream.stream_info(STREAM)).config
    assert config.description == "three replicas"
    assert "fullmakt.identity.invitation.>" in (config.subjects or [])


async def test_the_newest_row_survives_pruning_so_that_the_streams_end_is_known(db: Database, bus: Bus) -> None:
    async with relaying(db, bus):
        await write(db, *(Thing() for _ in range(5)), times=2)
        await eventually(lambda: all_sent(db))
    async with db.begin(None) as tx:
        await tx.session.execute(text("UPDATE outbox SET written_at = now() - interval '8 days'"))

    await prune(db)

    assert await value(db, "SELECT max(stream_seq) FROM outbox") == 10


def on_disk(server: Nats) -> bytes:
    """Every byte of a server's store."""
    return b"".join(path.read_bytes() for path in (server.home / "store").rglob("*") if path.is_file())
