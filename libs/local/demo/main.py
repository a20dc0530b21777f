"""`make demo`: starts everything, does the main job, says how it went."""

import asyncio
import sys
from pathlib import Path

import httpx

from libs.local.demo.caller import Unexpected
from libs.local.demo.cast import Stage, new_password
from libs.local.demo.companies import Company, UnusableFile, read_companies
from libs.local.demo.journey import main_job
from libs.local.demo.play import Play
from libs.local.demo.screen import Screen, shown
from libs.local.home import HomeInUse
from libs.local.system import NotReady, System


def demo(file: Path, *, home: Path | None = None) -> int:
    """Do the main job for the companies of a file. 0: all as required; 1: a step was not; 2: the file is no use."""
    try:
        companies, bad = read_companies(file)
    except UnusableFile as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if home is not None and (home / "system.json").exists():
        sys.stderr.write(f"{home}: a system has run there already; the demo begins in a folder of its own\n")
        return 2
    screen = Screen()
    for row in bad:
        screen.console.print(f"[yellow]![/] {shown(str(file))}, line {row.line}: {shown(row.reason)}")
    try:
        return _on_a_system(screen, companies, home)
    except (NotReady, HomeInUse) as error:
        sys.stderr.write(f"the system did not start: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped\n")
        return 130


def _on_a_system(screen: Screen, companies: list[Company], home: Path | None) -> int:
    screen.console.print("starting Postgres, NATS, the services and a mail catcher")
    with System.start(home, ports="free", timeout=120) as system:
        screen.console.print(f"[dim]      mails and text messages: {system.catcher}[/]")
        try:
            asyncio.run(_journey(screen, system, companies))
        except (Unexpected, httpx.HTTPError, ExceptionGroup) as error:
            _say_what_failed(screen, error)
            return 1
    screen.end()
    return 0


def _say_what_failed(screen: Screen, error: Exception) -> None:
    screen.console.print(f"[red]✗[/] {shown(screen.now)}")
    for each in error.exceptions if isinstance(error, ExceptionGroup) else [error]:
        if isinstance(each, ExceptionGroup) or not isinstance(each, (Unexpected, httpx.HTTPError)):
            raise error
        screen.console.print(f"      {type(each).__name__}: {each}", markup=False)
    screen.console.print(f"\ndemo: failed · after {screen.steps} steps")


async def _journey(screen: Screen, system: System, companies: list[Company]) -> None:
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=16)
    async with httpx.AsyncClient(timeout=10, limits=limits) as http:
        await main_job(Play(Stage(system, http, new_password()), screen, companies))
