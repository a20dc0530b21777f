"""The main job while every process is killed once, with no hand of ours but the killing."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from libs.local.demo.cast import Stage, new_password
from libs.local.demo.companies import read_companies
from libs.local.demo.journey import main_job
from libs.local.demo.play import Play
from libs.local.demo.screen import Screen
from libs.local.system import System

COMPANIES = Path(__file__).resolve().parents[2] / "examples" / "companies.csv"
VICTIMS = (
    "identity-api",
    "notify-worker",
    "nats",
    "identity-worker",
    "clients-api",
    "postgres",
    "notify-api",
    "clients-worker",
    "access-api",
    "access-worker",
)
T = TypeVar("T")


class KillingScreen(Screen):
    """Kills the next victim as a step begins, and another half way through each long one."""

    def __init__(self, system: System, victims: Sequence[str]) -> None:
        super().__init__()
        self.system = system
        self.victims = deque(victims)
        self.killed: list[str] = []

    def kill_next(self) -> None:
        if self.victims:
            victim = self.victims.popleft()
            self.system.kill(victim)
            self.killed.append(victim)
            self.console.print(f"      killed {victim}")

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        if self.steps > 0:
            self.kill_next()
        async with super().step(name):
            yield

    async def each(self, items: Sequence[T], work: Callable[[T], Awaitable[None]], what: str) -> None:
        done = 0

        async def one(item: T) -> None:
            nonlocal done
            await work(item)
            done += 1
            if done == len(items) // 2:
                self.kill_next()

        await super().each(items, one, what)


async def test_the_main_job_ends_well_though_every_process_is_killed_once() -> None:
    companies, _ = read_companies(COMPANIES)
    with System.start(ports="free", timeout=120) as system:
        before = system.status().starts
        screen = KillingScreen(system, VICTIMS)
        async with httpx.AsyncClient(timeout=10) as http:
            play = Play(Stage(system, http, new_password()), screen, companies)

            await main_job(play)

            assert set(screen.killed) == set(VICTIMS)
            after = system.status().starts
            assert all(after[name] > before[name] for name in VICTIMS)
            await every_mail_came_once(http, system.catcher)


async def every_mail_came_once(http: httpx.AsyncClient, catcher: str) -> None:
    """Nobody got two mails of one cause; one that was sent again bears the same Message-ID."""
    caught = (await http.get(f"{catcher}/messages", params={"kind": "mail"})).json()
    ids = {(mail["to"][0], mail["headers"]["Message-ID"]) for mail in caught}
    contents = {(mail["to"][0], mail["subject"], mail["text"]) for mail in caught}
    assert len(ids) == len(contents)
