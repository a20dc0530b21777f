"""Business time of a running system, moved forward in all its services."""

import asyncio
import re
from datetime import timedelta

import asyncpg

from libs.local.home import Status

MOVE = (
    "INSERT INTO business_clock (ahead) VALUES ($1) ON CONFLICT (singleton)"
    " DO UPDATE SET ahead = greatest(business_clock.ahead, excluded.ahead)"
)
AHEAD = re.compile(r"(\d+(?:\.\d+)?)(h|d)")


def hours_ahead(typed: str) -> timedelta:
    """Read `169h` or `7d`; ValueError for anything else."""
    read = AHEAD.fullmatch(typed)
    if read is None:
        raise ValueError(f"{typed!r} is not like 169h or 7d")
    amount = float(read[1])
    return timedelta(hours=amount) if read[2] == "h" else timedelta(days=amount)


async def move_clock(status: Status, ahead: timedelta) -> None:
    """Have business time so much ahead of real time, in every service before this returns; it never goes back.

    Each service reads the time from its own database at the start of each transaction.
    """

    async def move(service: str) -> None:
        connection = await asyncpg.connect(status.postgres_superuser.replace("/postgres?", f"/{service}?"))
        try:
            await connection.execute(MOVE, ahead)
        finally:
            await connection.close()

    await asyncio.gather(*map(move, status.postgres))
