"""Signing in, beside the one thing in it that has to take its time.

Ours: POST /identity/v1/sign-in on a connection that is kept, to a running system whose processes are its own.
Floor: the bare verification of that person's own hash, in one thread of this process. They take turns.
"""

import asyncio
import http.client
import json
import os
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import asyncpg
import httpx
from argon2 import PasswordHasher

from libs.local.demo.cast import Stage, new_password
from libs.local.system import System
from tests.bench.figure import Figure, at_most

ROUNDS = int(os.environ.get("BENCH_SIGN_INS", "300"))
WARM_UP = 20
JSON = {"Content-Type": "application/json"}


async def somebody(system: System) -> tuple[str, str, str]:
    """An e-mail address, its password and the hash that is kept of it."""
    async with httpx.AsyncClient(timeout=10) as client:
        stage = Stage(system, client, new_password())
        operator = await stage.operator()
    database = await asyncpg.connect(system.status().postgres_superuser.replace("/postgres?", "/identity?"))
    kept = await database.fetchval("SELECT password_hash FROM person WHERE email = $1", operator.email)
    await database.close()
    return operator.email, stage.password, kept


def milliseconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


class Door:
    """A connection to identity, by which somebody signs in."""

    def __init__(self, url: str, email: str, password: str) -> None:
        place = urlsplit(url)
        self.path = f"{place.path}/v1/sign-in"
        self.connection = http.client.HTTPConnection(place.hostname or "", place.port or 80)
        self.body = json.dumps({"email": email, "password": password})

    def sign_in(self) -> None:
        """Once."""
        self.connection.request("POST", self.path, self.body, JSON)
        answer = self.connection.getresponse()
        told = answer.read()
        assert answer.status == 200, told


def signing_in() -> Figure:
    """The figure."""
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    with System.start(ports="free", timeout=120) as system:
        email, password, kept = asyncio.run(somebody(system))
        door, hasher = Door(system.status().urls["identity"], email, password), PasswordHasher()
        for _ in range(WARM_UP + ROUNDS):
            taken["ours"].append(milliseconds(door.sign_in))
            taken["floor"].append(milliseconds(lambda: hasher.verify(kept, password)))
        door.connection.close()
    medians = {name: statistics.median(values[WARM_UP:]) for name, values in taken.items()}
    return at_most("sign-in", "ms", **medians, times=1.3)
