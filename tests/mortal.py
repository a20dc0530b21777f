"""A process that forks subscribers, one after the other, to be killed: `python -m tests.mortal`, with its work as JSON.

Each line on its standard input ends the subscriber that runs now, with SIGKILL, and starts the next. The
subscriber writes each event that it handles into a table, through its inbox.
"""

import asyncio
import os
import signal
import sys

import asyncpg
import msgspec
from fullmakt.events import Context, Event, LinkAccepted, LinkEnded, PostgresInbox, Subscriber

WRITE = "INSERT INTO effect (link, version) VALUES ($1, $2)"


class Work(msgspec.Struct, frozen=True):
    """Where a subscriber finds its events, and where it writes."""

    nats: str
    password: str
    database: str
    ack_wait: float


async def follow(work: Work) -> None:
    """Handle events until killed."""
    pool = await asyncpg.create_pool(work.database, min_size=1, max_size=2)
    inbox = PostgresInbox(pool)
    subscriber = Subscriber(
        work.nats, "mortal", user="admin", password=work.password, inbox=inbox, ack_wait=work.ack_wait
    )

    @subscriber.on(LinkAccepted, LinkEnded)
    async def write(event: Event, context: Context) -> None:
        await context.tx.execute(WRITE, event.thing_id(), context.envelope.version)

    await subscriber.run()


def fork(work: Work) -> int:
    """Start one; its process id."""
    pid = os.fork()
    if pid == 0:
        asyncio.run(follow(work))
        os._exit(0)
    return pid


def main() -> None:
    """Fork until standard input ends; kill the last one then."""
    work = msgspec.json.decode(sys.argv[1], type=Work)
    pid = fork(work)
    for _ in sys.stdin:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        pid = fork(work)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
