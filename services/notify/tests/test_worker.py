import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from fullmakt.events import DeliverySettled

from libs.shared.bus import Bus
from services.notify.tests.kit import Post, Town
from services.notify.worker import create_worker
from tests.kit import eventually, message_of, told


async def test_a_request_told_on_the_bus_is_mailed_and_its_delivery_told(
    town: Town, post: Post, connect: Callable[[str], Awaitable[Bus]]
) -> None:
    admin = await connect("admin")
    for stream in ("identity", "people", "clients", "access"):
        await admin.ensure_stream(stream, latest_only=stream == "people")
    request = town.request()
    message = message_of(request, version=1)

    worker = asyncio.create_task(create_worker(post.settings).run())
    await admin.jetstream.publish(message.subject, message.data, headers=message.headers)
    assert await eventually(post.settled) == {"sent": 2}

    async def published() -> int:
        info = await admin.jetstream.stream_info("notify")
        return int(info.state.messages)

    assert await eventually(published) >= 1
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
    assert len(await told(town.database, DeliverySettled)) == 2
