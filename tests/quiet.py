"""When nothing more is on its way through a whole running system, and what stands in its databases."""

from typing import Any

import asyncpg
import httpx

from libs.local.demo.caller import until
from libs.local.home import Status
from libs.shared.bus import Bus

UNSENT = "SELECT count(*) FROM outbox WHERE stream_seq IS NULL"
DUE = "SELECT count(*) FROM delivery WHERE state = 'due'"


async def until_quiet(status: Status) -> None:
    """Wait until no event is untold, none is on its way to a consumer, and no mail is waiting to be sent.

    Seen twice in a row: what is handled between two looks may have told something new.
    """
    quiet_before = False

    async def quiet() -> bool:
        nonlocal quiet_before
        was, quiet_before = quiet_before, await _under_way(status) == 0
        return was and quiet_before

    await until(quiet, "nothing is on its way any more")


async def count(status: Status, database: str, query: str, *values: object) -> int:
    """What a query counts in one of the databases, of all tenants."""
    connection = await asyncpg.connect(status.postgres_superuser.replace("/postgres?", f"/{database}?"))
    try:
        return int(await connection.fetchval(query, *values))
    finally:
        await connection.close()


async def mails(catcher: str) -> list[dict[str, Any]]:
    """Every mail that was caught, each Message-ID once: one that was sent again bears the same."""
    async with httpx.AsyncClient() as http:
        caught = (await http.get(f"{catcher}/messages", params={"kind": "mail"})).raise_for_status().json()
    return list({(mail["to"][0], mail["headers"]["Message-ID"]): mail for mail in caught}.values())


async def _under_way(status: Status) -> int:
    unsent = sum([await count(status, database, UNSENT) for database in status.postgres])
    return unsent + await _unread(status) + await count(status, "notify", DUE)


async def _unread(status: Status) -> int:
    """Messages that some durable has not got yet, or has not acknowledged."""
    admin = Bus(status.nats, "admin", status.nats_passwords["admin"])
    await admin.connect()
    try:
        streams = [stream.config.name or "" for stream in await admin.jetstream.streams_info()]
        consumers = [each for stream in streams for each in await admin.jetstream.consumers_info(stream)]
        return sum((each.num_pending or 0) + (each.num_ack_pending or 0) for each in consumers)
    finally:
        await admin.close()
