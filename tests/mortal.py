"""A process that forks subscribers, to be stopped and killed: `python -m tests.mortal`, with its work as JSON.

Each line on its standard input is done to one of them, by a number that the line gives it: `start 3`, `kill 3`,
`stop 3` (gracefully), `freeze 3`, `thaw 3`. Each subscriber writes each event that it handles into a table, through
its inbox if it has one.
"""

import asyncio
import logging
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import msgspec
from fullmakt.events import Context, Event, LinkAccepted, LinkEnded, PostgresInbox, Retry, Subscriber

ROOT = Path(__file__).resolve().parents[1]
WRITE = "INSERT INTO effect (link, version, process) VALUES ($1, $2, $3)"
TABLE = (
    "CREATE TABLE effect (id bigserial PRIMARY KEY, link uuid NOT NULL, version bigint NOT NULL, process int NOT NULL)"
)
SIGNALS = {"stop": signal.SIGTERM, "freeze": signal.SIGSTOP, "thaw": signal.SIGCONT}


class Work(msgspec.Struct, frozen=True):
    """Where a subscriber finds its events, where it writes, and how often it fails: one time in so many, 0 never."""

    nats: str
    password: str
    database: str
    ack_wait: float
    inbox: bool = True
    fails_one_in: int = 0


async def follow(work: Work) -> None:
    """Handle events until killed or stopped."""
    chance = random.Random(os.getpid())  # noqa: S311 - when to fail
    pool = await asyncpg.create_pool(work.database, min_size=1, max_size=2)
    subscriber = Subscriber(
        work.nats,
        "mortal",
        user="admin",
        password=work.password,
        inbox=PostgresInbox(pool) if work.inbox else None,
        ack_wait=work.ack_wait,
        retry=Retry(attempts=1000, first_pause=0.01, longest_pause=0.1),
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, subscriber.stop)

    @subscriber.on(LinkAccepted, LinkEnded)
    async def write(event: Event, context: Context) -> None:
        if work.fails_one_in and not chance.randrange(work.fails_one_in):
            raise RuntimeError("not this time")
        await (context.tx or pool).execute(WRITE, event.thing_id(), context.envelope.version, os.getpid())

    await subscriber.run()


def fork(work: Work) -> int:
    """Start one; its process id."""
    pid = os.fork()
    if pid == 0:
        logging.disable()  # what fails here fails on purpose
        asyncio.run(follow(work))
        os._exit(0)
    return pid


@contextmanager
def mortals(work: Work) -> Iterator[Callable[[str], None]]:
    """Such a process; gives what writes a line to it. None of its subscribers is left at the end of the block."""
    command = [sys.executable, "-m", "tests.mortal", msgspec.json.encode(work).decode()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdin is not None

        def do(line: str) -> None:
            assert process.stdin is not None
            process.stdin.write(line + "\n")
            process.stdin.flush()

        yield do
        process.stdin.close()


def main() -> None:
    """Do what is told until standard input ends; kill those that are left then."""
    work = msgspec.json.decode(sys.argv[1], type=Work)
    pids: dict[int, int] = {}
    for line in sys.stdin:
        action, number = line.split()
        if action == "start":
            pids[int(number)] = fork(work)
        elif action == "kill":
            _kill(pids.pop(int(number)))
        else:
            os.kill(pids[int(number)], SIGNALS[action])
    for pid in pids.values():
        _kill(pid)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
