"""Rows of an outbox a second, from a full outbox to all of them in the stream and noted as sent.

Ours: the relay, as a worker runs it, on a fresh outbox and a fresh stream.
Floor: the library's `publish_async` of the same messages, with the same headers, to a fresh stream on the same
server, until all are acknowledged. Ours and floor take turns, on the event loop that workers run on (uvloop).
"""

import asyncio
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events import OrganisationChanged
from msgspec import Struct, json

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from libs.local.postgres import Cluster
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.relay import Relay
from libs.shared.streams import ensure_streams
from tests.bench.figure import Figure, at_least

ROWS = int(os.environ.get("BENCH_RELAY_ROWS", "50000"))
ROUNDS = int(os.environ.get("BENCH_RELAY_ROUNDS", "3"))
SERVICE = "identity"
STREAM = "identity"
COLUMNS = ("stream", "thing", "version", "subject", "headers", "body")


class Message(Struct, frozen=True):
    """A row of the outbox."""

    subject: str
    headers: dict[str, str]
    body: bytes


def a_message() -> Message:
    """An event of a thing of its own."""
    event = OrganisationChanged(
        organisation_id=uuid4(),
        organisation_kind="company",
        name="Bolaget",
        country="SE",
        organisation_number="5560125790",
        subscription_number="S1",
        language="sv",
        state="verified",
    )
    envelope = Envelope(
        id=uuid4(),
        source="/fullmakt/identity",
        type=event.type,
        subject=event.thing_id(),
        time=datetime.now(UTC),
        version=1,
        actor=f"person:{uuid4()}",
        traceparent=f"00-{uuid4().hex}-{uuid4().hex[:16]}-01",
    )
    return Message(event.subject(), to_headers(envelope), json.encode(event))


async def fill(database: Database, messages: list[Message]) -> None:
    """Put these into the outbox, unsent."""
    connection = await database.connect()
    rows = [(STREAM, m.headers["ce-subject"], 1, m.subject, json.encode(m.headers).decode(), m.body) for m in messages]
    await connection.copy_records_to_table("outbox", records=rows, columns=COLUMNS)
    await connection.execute("ANALYZE outbox")
    await connection.close()


async def fresh_stream(admin: Bus) -> None:
    """Delete the stream and make it anew."""
    await admin.jetstream.delete_stream(STREAM)
    await ensure_streams(admin)


async def ours(cluster: Cluster, bus: Bus, messages: list[Message], number: int) -> float:
    """Rows a second of the relay."""
    name = f"drain_{number}"
    cluster.create_database(name, SERVICE, SERVICE)
    database = Database(cluster.url(SERVICE, "app", database=name), source=SERVICE, pool_size=3)
    await fill(database, messages)
    relay = Relay(database, bus, STREAM, latest_only=False)
    began = time.perf_counter()
    await relay.synchronise()
    while await relay.publish_unsent():
        pass
    took = time.perf_counter() - began
    (left,) = await database.fetch("SELECT count(*) FILTER (WHERE stream_seq IS NULL), count(*) FROM outbox")
    assert tuple(left) == (0, len(messages))
    assert (await bus.jetstream.stream_info(STREAM)).state.last_seq == len(messages)
    await database.close()
    cluster.drop_database(name)
    return len(messages) / took


async def floor(bus: Bus, messages: list[Message]) -> float:
    """Messages a second of the library."""
    began = time.perf_counter()
    pending = []
    for number, message in enumerate(messages):
        headers = message.headers | {
            "Nats-Msg-Id": message.headers["ce-id"],
            "Nats-Expected-Last-Sequence": str(number),
        }
        pending.append(await bus.jetstream.publish_async(message.subject, message.body, headers=headers))
    await asyncio.gather(*pending)
    return len(messages) / (time.perf_counter() - began)


async def relay_drain() -> Figure:
    """The figure."""
    with tempfile.TemporaryDirectory(prefix="fullmakt-bench-", dir="/var/tmp") as folder:
        cluster = Cluster.start(Path(folder) / "cluster", durable=True)
        server = Nats.start(Path(folder) / "nats", port=choose_ports(["nats"], "free")["nats"])
        try:
            return await _measured(cluster, server)
        finally:
            server.stop()
            cluster.stop()


async def _measured(cluster: Cluster, server: Nats) -> Figure:
    bus, admin = (Bus(server.url, user, server.passwords[user]) for user in (SERVICE, "admin"))
    await bus.connect()
    await admin.connect()
    await ensure_streams(admin)
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    messages = [a_message() for _ in range(ROWS)]
    for number in range(ROUNDS):
        await fresh_stream(admin)
        taken["floor"].append(await floor(bus, messages))
        await fresh_stream(admin)
        taken["ours"].append(await ours(cluster, bus, messages, number))
    await bus.close()
    await admin.close()
    medians = {name: statistics.median(values) for name, values in taken.items()}
    return at_least(f"relay drains {ROWS} rows", "rows/s", **medians, times=0.6)
