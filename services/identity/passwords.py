"""Passwords: argon2id with 19 MiB, two passes (OWASP), in threads, one per core at most."""

import asyncio
import os

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash("nobody's password, so that an unknown address takes as long as a wrong password")
CORES = asyncio.Semaphore(os.cpu_count() or 1)


async def hash_password(password: str) -> str:
    """The hash to keep."""
    async with CORES:
        return await asyncio.to_thread(HASHER.hash, password)


async def is_password(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes the same time when there is none."""
    async with CORES:
        return await asyncio.to_thread(_verify, kept or NOBODY, password) and kept is not None


def _verify(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
