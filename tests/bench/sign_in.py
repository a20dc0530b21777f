"""Signing in with a password, over HTTP, beside one bare check of the hash. Ours and floor take turns."""

import os
import statistics
import time

import httpx

from libs.local.demo.cast import OPERATOR, Stage, new_password
from libs.local.system import System
from services.identity.passwords import HASHER
from tests.bench.figure import Figure, at_most

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
WARM_UP = 20


async def sign_in() -> Figure:
    """Milliseconds of a sign-in: a session, its trail and tokens, next to argon2id alone."""
    with System.start(ports="free", timeout=120) as system:
        return await _measured(system)


async def _measured(system: System) -> Figure:
    password = new_password()
    kept = HASHER.hash(password)
    body = {"email": OPERATOR, "password": password}
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    async with httpx.AsyncClient(timeout=10) as http:
        await Stage(system, http, password).operator()
        for _ in range(WARM_UP + ROUNDS):
            began = time.perf_counter()
            (await http.post(f"{system.urls['identity']}/v1/sign-in", json=body)).raise_for_status()
            answered = time.perf_counter()
            HASHER.verify(kept, password)
            taken["ours"].append(1000 * (answered - began))
            taken["floor"].append(1000 * (time.perf_counter() - answered))
    medians = {name: statistics.median(values[WARM_UP:]) for name, values in taken.items()}
    return at_most("password sent to signed in", "ms", **medians, times=1.3)
