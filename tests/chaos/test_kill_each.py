"""The main job while every process is killed once, with no hand of ours but the killing."""

from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from libs.local.demo.caller import until
from libs.local.demo.cast import Stage, new_password
from libs.local.demo.companies import read_companies
from libs.local.demo.journey import main_job
from libs.local.demo.play import Play
from libs.local.demo.screen import Screen
from libs.local.system import System
from tests.quiet import mails, until_quiet

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
    "portal-api",
)
NAMES = [company.name for company in read_companies(COMPANIES)[0]]
T = TypeVar("T")
Mail = tuple[str, str]


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
            expected = mails_of(play)
            await until(partial(came, system, set(expected)), "every mail has come")
            await until_quiet(system.status())
            assert Counter(map(kind_of, await mails(system.catcher))) == expected


async def came(system: System, expected: set[Mail]) -> bool:
    """Whether all of these were caught."""
    return expected <= set(map(kind_of, await mails(system.catcher)))


def mails_of(play: Play) -> Counter[Mail]:
    """Whom the main job mails, and what about; each is one mail."""
    hired = (play.ada, play.adam, play.karl, play.kim, play.lars)
    expected: Counter[Mail] = Counter((player.email, "invitation") for player in hired)
    for client in play.clients:
        for administrator in client.administrators:
            expected[administrator.email, "invitation"] += 1
            expected[administrator.email, "request"] += 1
            if administrator.id != client.request["decided_by"]:
                expected[administrator.email, "outcome"] += 1
        for player in (play.ada, play.adam, play.karl):
            expected[player.email, f"outcome: {client.company.name}"] += 1
    return expected


def kind_of(mail: dict[str, Any]) -> Mail:
    """To whom a mail went, and what about; of an outcome the agency is told which company it is of."""
    to = mail["to"][0]
    if "/invitations/" in mail["text"]:
        return to, "invitation"
    if "/approve/" in mail["text"]:
        return to, "request"
    company = next((name for name in NAMES if mail["subject"].startswith(f"{name} ")), "")
    return to, f"outcome: {company}" if to.endswith("@siffror.example") else "outcome"
