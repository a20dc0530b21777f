"""Erasing a person, seen from outside: every database, stream and log is searched for what was theirs."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from libs.local.account import postgres_account
from libs.local.cache import cache_folder
from libs.local.demo.caller import until
from libs.local.demo.cast import Client, Player, Stage, new_password
from libs.local.demo.companies import Company
from libs.local.demo.play import ADMINISTRATOR
from libs.local.postgres_binaries import binaries
from libs.local.system import System

NAME, EMAIL, MOBILE = "Zebulon Qvarnström", "zebulon.qvarn@client.example", "+46701740605"
TRACES = (NAME, "Qvarnstr", "zebulon", EMAIL, MOBILE, "701740605")
DATABASES = ("identity", "clients", "access", "notify")
BEFORE = {*(f"database {name}" for name in DATABASES), "streams"}


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with System.start(ports="free", timeout=120) as started:
        yield started


def forms_of(trace: str) -> set[bytes]:
    """How a trace may be written: as text, escaped as JSON does, and either of them as hexadecimal."""
    written = {trace.encode(), json.dumps(trace)[1:-1].encode()}
    return {form.lower() for each in written for form in (each, each.hex().encode())}


def traces_in(content: bytes) -> list[str]:
    """Which of the person's data stand here."""
    lowered = content.lower()
    return [trace for trace in TRACES if any(form in lowered for form in forms_of(trace))]


def dumped(system: System, database: str) -> bytes:
    """All rows of a database as text."""
    account = postgres_account()
    program = binaries(cache_folder(account), account) / "pg_dump"
    url = system.status().postgres_superuser.replace("/postgres?", f"/{database}?")
    return subprocess.run([str(program), "--data-only", url], check=True, capture_output=True, env=os.environ).stdout


def files_below(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def everywhere(system: System) -> dict[str, list[str]]:
    """Where traces of the person are found: databases, the files of all streams, the logs of all processes."""
    found = {f"database {name}": traces_in(dumped(system, name)) for name in DATABASES}
    found["streams"] = traces_in(files_below(system.home / "nats" / "store"))
    found["logs"] = traces_in(files_below(system.home / "log"))
    return {place: traces for place, traces in found.items() if traces}


async def stands_in(system: System, places: set[str]) -> bool:
    """Whether traces of the person are found in all of these."""
    return places <= set(everywhere(system))


async def the_main_job_with(stage: Stage, operator: Player) -> Client:
    """A person who was invited, mailed, texted, approved a link and is in several trails."""
    agency = Company(line=0, name="Byrån", country="SE", organisation_number="556016-0680", number="5560160680")
    company = Company(line=1, name="Bolaget", country="SE", organisation_number="556012-5790", number="5560125790")
    agency_id = await stage.register(operator, "agency", agency)
    company_id = await stage.register(operator, "company", company)
    ada = await stage.invite(operator, agency_id, "Ada", "ada@agency.example", ADMINISTRATOR)
    other = await stage.invite(operator, company_id, "Bo", "bo@client.example", ADMINISTRATOR)
    zebulon = await stage.invite(operator, company_id, NAME, EMAIL, ADMINISTRATOR, mobile=MOBILE)
    again = {"name": NAME, "email": EMAIL, "mobile": MOBILE}  # the newest mail is the one whose link is opened
    await operator.caller.post("identity", f"organisations/{agency_id}/invitations", again)

    async def found() -> bool:
        search = await ada.caller.get(
            "clients", f"organisations/{agency_id}/directory", organisation_number=company.number
        )
        return any(hit["can_be_asked"] for hit in search["hits"])

    await until(found, "the company can be asked")
    await ada.caller.post("clients", f"organisations/{agency_id}/link-requests", {"company_id": company_id})
    await stage.token_in_mail(EMAIL, "/approve/")
    got = await zebulon.caller.get("clients", f"organisations/{company_id}/link-requests")
    request = got["items"][0]
    accept = f"organisations/{company_id}/link-requests/{request['id']}/accept"
    await zebulon.caller.post("clients", accept, expect=200)
    return Client(company=company, id=company_id, administrators=[zebulon, other], request=request)


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize(
    "write",
    [
        lambda trace: trace,
        lambda trace: trace.upper() if trace.isascii() else trace,
        lambda trace: json.dumps({"message": f"mailed {trace}"}),
        lambda trace: json.dumps({"message": f"mailed {trace}"}, ensure_ascii=False),
        lambda trace: f"\\\\x{json.dumps({'name': trace}).encode().hex()}",
        lambda trace: f"\\\\x{trace.encode().hex().upper()}",
    ],
    ids=["text", "capitals", "escaped", "json", "bytes escaped", "bytes"],
)
def test_the_search_finds_what_would_stand_in_a_log(tmp_path: Path, trace: str, write: Callable[[str], str]) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "clients-api.log").write_text("{}\n")
    nothing = traces_in(files_below(tmp_path))

    (tmp_path / "log" / "notify-worker.log").write_text(f"{{}}\n{write(trace)}\n")

    assert nothing == []
    assert trace in traces_in(files_below(tmp_path))


async def test_erasing_a_person_leaves_nothing_of_theirs_in_any_database_stream_or_log(system: System) -> None:
    async with httpx.AsyncClient(timeout=10) as http:
        stage = Stage(system, http, new_password())
        operator = await stage.operator()
        client = await the_main_job_with(stage, operator)
        zebulon, other = client.administrators
        await until(lambda: stands_in(system, BEFORE), "the person is known wherever people are")

        await operator.caller.delete("identity", f"people/{zebulon.id}")

        async def gone() -> bool:
            return not everywhere(system)

        try:
            await until(gone, "every trace is gone", within=15)
        except Exception:
            assert everywhere(system) == {}
            raise
        seen = await other.caller.get("clients", f"organisations/{client.id}/link-requests/{client.request['id']}")
        assert (seen["decided_by"], seen["decided_by_name"]) == (zebulon.id, None)
