"""The control API of a whole running system: what a test may do to it, and what it refuses."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import httpx
import nats
import pytest
from nats.aio.client import Client
from nats.js.api import ConsumerConfig

from libs.local.control.connection import jetstream
from libs.local.nats import ADMIN
from libs.local.system import System
from libs.local.wait import wait_for
from libs.shared.bus import Bus


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with System.start(ports="free", durable=False) as system:
        yield system


@pytest.fixture
def control(system: System) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=system.control, timeout=30) as client:
        yield client


@pytest.fixture
async def asked(system: System) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=system.control, timeout=30) as client:
        yield client


@pytest.fixture
def registered(control: httpx.Client) -> Callable[[str], str]:
    """Gives the id of a company that the operator registers, and whose administrator is invited by mail."""
    place = control.get("/").json()
    identity = f"{place['urls']['identity']}/v1"
    token = httpx.post(f"{identity}/sign-in", json=place["operator"]).raise_for_status().json()["access_token"]
    numbers = iter(["556016-0680", "556012-5790", "556036-0793", "556056-6258"])

    def register(email: str) -> str:
        with httpx.Client(base_url=identity, headers={"Authorization": f"Bearer {token}"}) as operator:
            body = {"kind": "company", "name": "AB", "country": "SE", "organisation_number": next(numbers)}
            made: str = operator.post("/organisations", json=body).raise_for_status().json()["id"]
            person = {"name": "Ada", "email": email, "roles": ["system_administrator"]}
            operator.post(f"/organisations/{made}/invitations", json=person).raise_for_status()
        return made

    return register


def mails(system: System, email: str) -> list[Any]:
    found: list[Any] = httpx.get(f"{system.catcher}/messages", params={"to": email}).json()
    return found


@asynccontextmanager
async def subscribed(system: System, asked: httpx.AsyncClient, name: str) -> AsyncIterator[Client]:
    """A subscriber's connection."""
    user = (await asked.put(f"/subscribers/{name}?people=true")).raise_for_status().json()
    client = await nats.connect(system.status().nats, **user, inbox_prefix=f"_INBOX_{name}".encode())
    yield client
    await client.close()


def test_it_tells_where_everything_is_and_how_the_operator_signs_in(system: System, control: httpx.Client) -> None:
    place = control.get("/").json()

    signed_in = httpx.post(f"{place['urls']['identity']}/v1/sign-in", json=place["operator"])

    assert (place["urls"], place["catcher"], place["home"]) == (system.urls, system.catcher, str(system.home))
    assert place["nats"] == system.status().nats
    assert signed_in.status_code == 200


def test_it_tells_the_same_after_it_was_killed(system: System, control: httpx.Client) -> None:
    before = control.get("/").json()

    system.wait_restarted("control", system.kill("control"))
    wait_for(partial(_answers, system.control), timeout=10, what="the control API")

    assert control.get("/").json() == before


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/processes").status_code == 200
    except httpx.TransportError:
        return False


def test_without_its_token_there_is_nothing(system: System) -> None:
    address = system.control.rpartition("/")[0]

    assert {httpx.get(f"{address}/{path}").status_code for path in ("", "processes", "guess/processes")} == {404}


def test_what_is_killed_comes_back(system: System, control: httpx.Client) -> None:
    killed = control.post("/processes/notify-worker/kill").json()

    new = system.wait_restarted("notify-worker", killed["pid"])

    assert control.get("/processes").json()["notify-worker"] == {
        "pid": new,
        "state": "running",
        "starts": killed["starts"] + 1,
    }


@pytest.mark.parametrize("name", ["nats", "postgres", "catcher", "streams", "portal-api", "access-worker"])
def test_what_is_stopped_stays_so_until_it_is_to_run(system: System, control: httpx.Client, name: str) -> None:
    starts = control.get("/processes").json()[name]["starts"]

    stopped = control.put(f"/processes/{name}", json={"state": "stopped"}).json()
    system.wait_restarted("clients-api", system.kill("clients-api"))  # meanwhile others are brought back

    assert stopped == control.get("/processes").json()[name] == {"pid": None, "state": "stopped", "starts": starts}
    running = control.put(f"/processes/{name}", json={"state": "running"}).json()
    assert running["state"] == "running"
    assert running["starts"] == starts + 1
    system.wait_healthy()


def test_business_time_moves_in_every_service(system: System, control: httpx.Client) -> None:
    expires = datetime.now(UTC) + timedelta(days=1)

    assert control.put("/clock", json={"ahead_seconds": 86400}).json() == {"ahead_seconds": 86400}

    assert {now >= expires for now in asyncio.run(_business_times(system))} == {True}


async def _business_times(system: System) -> list[datetime]:

    times = []
    for service in system.status().postgres:
        connection = await asyncpg.connect(system.status().postgres[service]["app"])
        times.append(await connection.fetchval("SELECT business_now()"))
        await connection.close()
    return times


async def test_a_subscriber_is_made_while_others_stay_connected(system: System, asked: httpx.AsyncClient) -> None:
    admin = Bus(system.status().nats, "admin", system.status().nats_passwords["admin"])
    await admin.connect()

    async with subscribed(system, asked, "books") as client:
        assert (await client.jetstream().stream_info("people")).config.name == "people"

    assert admin.client.stats["reconnects"] == 0
    await admin.close()


async def test_a_subscriber_is_the_same_when_asked_again_and_after_a_restart_of_nats(
    system: System, asked: httpx.AsyncClient
) -> None:
    first = (await asked.put("/subscribers/books")).json()

    system.wait_restarted("nats", system.kill("nats"))
    again = (await asked.put("/subscribers/books")).json()
    with_people = (await asked.put("/subscribers/books?people=true")).json()
    of_the_vendor = (await asked.put("/subscribers/books?vendor=true")).json()

    assert first == again == with_people == of_the_vendor
    async with subscribed(system, asked, "books") as client:
        assert (await client.jetstream().stream_info("people")).config.name == "people"
        assert (await client.jetstream().publish("fullmakt.vendor.verification.decided.v1._.x", b"{}")).seq == 1


async def test_a_subscriber_that_is_removed_is_gone_with_its_durables(system: System, asked: httpx.AsyncClient) -> None:
    async with subscribed(system, asked, "gone") as client:
        await client.jetstream().add_consumer("identity", ConsumerConfig(durable_name="gone"))

    removed = await asked.delete("/subscribers/gone")

    status = system.status()
    async with jetstream(status.nats, ADMIN, status.nats_passwords[ADMIN]) as js:
        assert "gone" not in [each.name for each in await js.consumers_info("identity")]
    assert removed.status_code == 204
    assert (await asked.delete("/subscribers/gone")).status_code == 404
    assert "gone" not in (system.home / "nats" / "nats.conf").read_text()


async def test_an_event_that_comes_again_reaches_subscribers_as_it_was_and_has_no_second_effect(
    system: System, asked: httpx.AsyncClient, registered: Callable[[str], str]
) -> None:
    registered("ada@first.example")
    wait_for(lambda: mails(system, "ada@first.example"), timeout=15, what="the invitation")
    async with subscribed(system, asked, "again") as client:
        jetstream = client.jetstream()
        await jetstream.add_consumer("identity", ConsumerConfig(durable_name="again"))
        subscription = await jetstream.pull_subscribe_bind("again", "identity")
        first = (await subscription.fetch(1, timeout=5))[0]
        last = (await jetstream.stream_info("identity")).state.last_seq

        by_sequence = (
            await asked.post("/redeliver", json={"stream": "identity", "sequence": first.metadata.sequence.stream})
        ).json()
        by_id = (
            await asked.post("/redeliver", json={"stream": "identity", "id": (first.headers or {})["ce-id"]})
        ).json()

        assert [by_sequence, by_id] == [{"stream": "identity", "sequence": last + n} for n in (1, 2)]
        repeated = [m for m in await _rest(subscription) if m.metadata.sequence.stream > last]
        ours = {name: value for name, value in (first.headers or {}).items() if not name.startswith("Nats-")}
        assert [(m.subject, m.data, m.headers) for m in repeated] == 2 * [(first.subject, first.data, ours)]
    for stream in ("identity", "people"):
        for sequence in range(1, last + 1):
            await asked.post("/redeliver", json={"stream": stream, "sequence": sequence})
    registered("ada@second.example")
    wait_for(lambda: mails(system, "ada@second.example"), timeout=15, what="what is told after it")
    assert len(mails(system, "ada@first.example")) == 1


async def _rest(subscription: Any) -> list[Any]:
    found: list[Any] = []
    while True:
        try:
            found += await subscription.fetch(100, timeout=0.5)
        except TimeoutError:
            return found


async def test_a_consumer_that_is_paused_gets_nothing_until_its_pause_ends(
    system: System, asked: httpx.AsyncClient
) -> None:
    async with subscribed(system, asked, "paused") as client:
        jetstream = client.jetstream()
        await jetstream.add_consumer("people", ConsumerConfig(durable_name="paused"))
        subscription = await jetstream.pull_subscribe_bind("paused", "people")

        paused = (await asked.put("/consumers/people/paused/pause", json={"seconds": 60})).json()
        assert paused["paused"]
        with pytest.raises(TimeoutError):
            await subscription.fetch(1, timeout=0.3)

        ended = (await asked.put("/consumers/people/paused/pause", json={"seconds": 0})).json()
        assert ended == {"paused": False, "until": None}
        assert await subscription.fetch(1, timeout=5)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("POST", "/processes/nobody/kill", None, 404, "no process 'nobody'"),
        ("POST", "/processes/supervisor/kill", None, 404, "no process 'supervisor'"),
        ("POST", "/processes/control/kill", None, 409, "what you are talking to"),
        ("PUT", "/processes/control", '{"state": "stopped"}', 409, "what you are talking to"),
        ("PUT", "/processes/nobody", '{"state": "stopped"}', 404, "no process 'nobody'"),
        ("PUT", "/processes/nats", '{"state": "asleep"}', 400, "asleep"),
        ("PUT", "/processes/nats", '{"state": "running", "x": 1}', 400, "unknown field"),
        ("PUT", "/subscribers/clients", None, 409, "user of the system itself"),
        ("PUT", "/subscribers/admin", None, 409, "user of the system itself"),
        ("PUT", "/subscribers/Books", None, 400, "is no name"),
        ("PUT", "/subscribers/%3E", None, 400, "is no name"),
        ("PUT", "/subscribers/a*", None, 400, "is no name"),
        ("PUT", f"/subscribers/{'a' * 42}", None, 400, "is no name"),
        ("PUT", "/clock", '{"ahead_seconds": -1}', 400, ">= 0"),
        ("PUT", "/clock", "{not json", 400, "malformed"),
        ("PUT", "/clock", "", 400, "Validation failed"),
        ("POST", "/redeliver", '{"stream": "people"}', 400, "either sequence or id"),
        ("POST", "/redeliver", '{"stream": "people", "sequence": 1, "id": "x"}', 400, "either sequence or id"),
        ("POST", "/redeliver", '{"stream": "people", "sequence": 99999}', 404, "no message"),
        ("POST", "/redeliver", '{"stream": "nowhere", "sequence": 1}', 404, "stream not found"),
        ("POST", "/redeliver", '{"stream": "people", "id": "x"}', 404, "no event 'x'"),
        ("POST", "/redeliver", '{"stream": "a.b", "id": "x"}', 400, "a.b"),
        ("PUT", "/consumers/people/nobody/pause", '{"seconds": 1}', 404, "consumer not found"),
        ("PUT", "/consumers/nowhere/notify/pause", '{"seconds": 1}', 404, "stream not found"),
        ("PUT", "/consumers/people/a%20b/pause", '{"seconds": 1}', 400, "a b"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    control: httpx.Client, method: str, path: str, body: str | None, status: int, told: str
) -> None:
    answer = control.request(method, path, content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == answer.json()["status_code"] == status
    assert told in answer.text


def test_while_nats_is_away_what_needs_it_is_refused_for_now(system: System, control: httpx.Client) -> None:
    control.put("/processes/nats", json={"state": "stopped"}).raise_for_status()
    try:
        answers = [
            control.put("/subscribers/late"),
            control.post("/redeliver", json={"stream": "people", "sequence": 1}),
            control.put("/consumers/people/notify/pause", json={"seconds": 1}),
        ]
    finally:
        control.put("/processes/nats", json={"state": "running"}).raise_for_status()

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    system.wait_healthy()
    assert control.put("/subscribers/late").status_code == 200


def test_a_process_that_does_not_run_cannot_be_killed(control: httpx.Client) -> None:
    control.put("/processes/portal-api", json={"state": "stopped"}).raise_for_status()

    answer = control.post("/processes/portal-api/kill")

    control.put("/processes/portal-api", json={"state": "running"}).raise_for_status()
    assert answer.status_code == 409
    assert "stopped" in answer.json()["detail"]
