"""Demo data of a system that stays up: what the main job leaves behind, and who can sign in to look around."""

import asyncio
from pathlib import Path

import httpx
import msgspec

from libs.local.demo.cast import OPERATOR, Stage, new_password
from libs.local.demo.companies import read_companies
from libs.local.demo.journey import main_job
from libs.local.demo.play import AGENCY, Play
from libs.local.demo.screen import Screen
from libs.local.files import read_json, write_json, write_private
from libs.local.system import System

COMPANIES = Path(__file__).resolve().parents[3] / "examples" / "companies.csv"
SOME = 6
BEGUN = "demo-data-begun"
SIGN_INS = "sign-ins.json"


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to sign in as, and at which organisation they belong."""

    who: str
    email: str
    organisation: str
    organisation_id: str


class DemoData(msgspec.Struct, frozen=True, kw_only=True):
    """The sign-ins of a home's demo data; one password for all of them."""

    password: str
    sign_ins: list[SignIn]


def demo_data(system: System) -> DemoData:
    """The home's demo data, made at its first start."""
    file = system.home / SIGN_INS
    if not file.exists():
        write_private(system.home / BEGUN, b"")
        write_json(file, asyncio.run(_make(system)))
    return read_json(file, DemoData)


def left_unfinished(home: Path) -> bool:
    """Whether making the home's demo data was broken off: what is there has no sign-ins, and is to be made anew."""
    return (home / BEGUN).exists() and not (home / SIGN_INS).exists()


async def _make(system: System) -> DemoData:
    companies, _ = read_companies(COMPANIES)
    password = new_password()
    async with httpx.AsyncClient(timeout=10) as http:
        play = Play(Stage(system, http, password), Screen(), companies[:SOME])
        await main_job(play)
    agency = [
        SignIn(who=f"{player.name}, {what}", email=player.email, organisation=AGENCY, organisation_id=play.agency)
        for player, what in (
            (play.ada, "system administrator"),
            (play.adam, "administrator of the client manager"),
            (play.karl, "consultant"),
            (play.kim, "consultant without access"),
        )
    ]
    companies_people = [
        SignIn(
            who="system administrator",
            email=client.administrators[0].email,
            organisation=client.company.name,
            organisation_id=client.id,
        )
        for client in play.clients
    ]
    operator = SignIn(who="platform operator", email=OPERATOR, organisation="-", organisation_id="-")
    return DemoData(password=password, sign_ins=[operator, *agency, *companies_people])
