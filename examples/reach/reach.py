"""Who may use which program at which client company: a service of its own that follows Fullmakt."""

import asyncio
import json
import logging
import os
import signal

from inbox import SqliteInbox

from fullmakt.client import AsyncFullmakt, ClientCredentials
from fullmakt.events import (
    ClientActivated,
    ClientEnded,
    Context,
    GrantItem,
    GrantsChanged,
    GrantsWithdrawn,
    Snapshot,
    Subscriber,
)

TABLES = """
CREATE TABLE IF NOT EXISTS client (link TEXT PRIMARY KEY, company TEXT NOT NULL, active INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS held (
    link TEXT NOT NULL, person TEXT NOT NULL, program TEXT NOT NULL, company TEXT NOT NULL,
    held INTEGER NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (link, person, program)
);
"""
CLIENT = "INSERT OR REPLACE INTO client (link, company, active) VALUES (?, ?, ?)"
HELD = (
    "INSERT INTO held (link, person, program, company, held, revision) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (link, person, program) DO UPDATE SET held = excluded.held, revision = excluded.revision"
    " WHERE excluded.revision > held.revision"
)


def follow(subscriber: Subscriber) -> None:
    """What happens upon which event; `context.tx` is the transaction that the inbox began."""

    @subscriber.on(ClientActivated)
    async def activated(event: ClientActivated, context: Context) -> None:
        context.tx.execute(CLIENT, (str(event.link_id), str(event.company_id), True))

    @subscriber.on(ClientEnded)
    async def ended(event: ClientEnded, context: Context) -> None:
        context.tx.execute(CLIENT, (str(event.link_id), str(event.company_id), False))

    @subscriber.on(GrantsChanged, GrantsWithdrawn)
    async def changed(event: GrantsChanged | GrantsWithdrawn, context: Context) -> None:
        """Events of several jobs come in any order: of each grant the higher revision holds."""
        context.tx.executemany(HELD, [_row(item) for item in event.grants])


def _row(item: GrantItem) -> tuple[str, str, str, str, bool, int]:
    link, person, company = str(item.client), str(item.person_id), str(item.company_id)
    return link, person, item.program or "", company, item.held, item.revision


async def main() -> None:
    """Follow until SIGTERM."""
    env = os.environ
    inbox = SqliteInbox(env["REACH_FILE"])
    inbox.connection.executescript(TABLES)
    urls, account = json.loads(env["FULLMAKT_URLS"]), ClientCredentials(env["CLIENT_ID"], env["CLIENT_SECRET"])
    async with AsyncFullmakt(urls, account) as api:
        subscriber = Subscriber(
            env["FULLMAKT_NATS"], env["NATS_NAME"], password=env["NATS_PASSWORD"], inbox=inbox, start=Snapshot(api)
        )
        follow(subscriber)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, subscriber.stop)
        await subscriber.run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
