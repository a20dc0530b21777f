"""What a subscriber is told at its start: names, starts, filters; and a durable that was made by other settings."""

import asyncio
import os
import signal
from typing import Any
from uuid import uuid4

import pytest
from fullmakt.events import Filter, LinkAccepted, LinkEnded, Subscriber
from msgspec import json
from nats.aio.client import Client, ServerVersion
from nats.js.api import ConsumerConfig

from libs.local.nats import Nats
from tests.kit import eventually
from tests.wire import AGENCY, Seen, Wire, accepted, ended, running


async def _true(value: object) -> bool:
    return bool(value)


@pytest.mark.parametrize("name", ["", "a.b", "billing*", "with space", "é"])
def test_a_name_that_no_durable_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Subscriber("nats://127.0.0.1", name)


def test_a_start_that_there_is_not_is_refused() -> None:
    start: Any = "begining"

    with pytest.raises(ValueError, match="start"):
        Subscriber("nats://127.0.0.1", "billing", start=start)


def test_a_filter_takes_ids_as_text_and_refuses_what_is_none() -> None:
    text: Any = str(AGENCY).upper()
    star: Any = "*"

    assert Filter(agency=text) == Filter(agency=AGENCY)
    with pytest.raises(ValueError, match="UUID"):
        Filter(company=star)


async def test_a_durable_made_by_other_settings_is_brought_to_ours(wire: Wire) -> None:
    seen = Seen()
    for ack_wait, most_in_hand in ((1.0, 100), (7.0, 200)):
        subscriber = wire.subscriber(ack_wait=ack_wait, most_in_hand=most_in_hand)
        subscriber.on(LinkAccepted)(seen.handle)
        await wire.tell(accepted(uuid4()))
        known = len(seen.calls)
        async with running(subscriber):
            await eventually(seen.count(known + 1))

    config = (await wire.jetstream.consumer_info("clients", "billing")).config
    assert (config.ack_wait, config.max_ack_pending, len(seen.calls)) == (7.0, 200, 2)


async def test_a_plain_durable_of_our_name_is_taken_over_where_it_was(wire: Wire) -> None:
    seen, link = Seen(), uuid4()
    await wire.tell(accepted(uuid4()), accepted(link))
    plain = await wire.jetstream.pull_subscribe(
        "fullmakt.clients.link.>", durable="billing", stream="clients", config=ConsumerConfig(ack_wait=30)
    )
    for message in await plain.fetch(1):
        await message.ack_sync()
    await plain.unsubscribe()
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(seen.handle)

    async with running(subscriber):
        await eventually(seen.count(1))

    assert seen.things() == [link]


async def test_a_user_sent_away_by_the_server_comes_back_once_let_in_again(wire: Wire, nats_server: Nats) -> None:
    seen, link = Seen(), uuid4()
    password = nats_server.add_subscriber("reporting").password
    _reload(nats_server)
    subscriber = Subscriber(wire.nats.url, "reporting", password=password, ack_wait=1.0)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    async with running(subscriber):
        await wire.tell(accepted(link))
        await eventually(seen.count(1))
        file = nats_server.home / "subscribers.json"
        known = file.read_bytes()
        file.write_bytes(json.encode({}))
        _reload(nats_server)
        await eventually(lambda: _true(not subscriber.client.is_connected))
        await wire.tell(ended(link))
        file.write_bytes(known)
        _reload(nats_server)

        await eventually(seen.count(2), within=20)

    assert seen.versions(link) == [1, 2]


def _reload(nats: Nats) -> None:
    nats.write_configuration()
    assert nats.process is not None
    os.kill(nats.process.pid, signal.SIGHUP)


async def test_a_wrong_password_is_said_and_not_ten_times_a_second(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    subscriber = Subscriber(wire.nats.url, "admin", password="wrong")
    subscriber.on(LinkAccepted)(Seen().handle)

    async with running(subscriber):
        await eventually(lambda: _true("uthorization" in caplog.text))
        began = asyncio.get_running_loop().time()
        await eventually(lambda: _true(asyncio.get_running_loop().time() > began + 1))

    assert caplog.text.count("uthorization") <= 2


async def test_a_server_that_is_too_old_is_named(
    wire: Wire, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "connected_server_version", ServerVersion("2.10.22"))
    subscriber = wire.subscriber()
    subscriber.on(LinkAccepted)(Seen().handle)

    async with running(subscriber):
        await eventually(lambda: _true("NATS is 2.10;" in caplog.text))

    assert "needs 2.11" in caplog.text


async def test_options_go_to_the_connection_also_those_that_we_set_ourselves(wire: Wire) -> None:
    told, seen = list[Exception](), Seen()

    async def on_error(error: Exception) -> None:
        told.append(error)

    subscriber = wire.subscriber(options={"error_cb": on_error, "name": "mine"})
    subscriber.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(uuid4()))

    async with running(subscriber):
        await eventually(seen.count(1))

    assert subscriber.client.options["name"] == "mine"
