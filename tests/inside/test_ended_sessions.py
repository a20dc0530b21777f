"""A session that ended is refused by every service within a second, whatever is down meanwhile."""

import asyncio
import contextlib
import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest
import uvicorn

from libs.local.demo.cast import Stage, new_password
from libs.local.nats import Nats
from libs.local.ports import HOST, choose_ports
from libs.local.system import System
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.ended_sessions import EndedSessions
from libs.shared.settings import read_settings
from libs.shared.streams import ensure_streams
from libs.shared.tests.kit import cancel, start
from services.identity.models import Session
from services.identity.sessions import end_sessions
from services.identity.settings import Settings
from services.identity.usecases.add_operator import add_operator
from services.identity.worker import create_worker
from tests.kit import Keys, environment_of, eventually

SERVICES = ("identity", "clients", "access", "notify")
EMAIL, PASSWORD = "olle@vendor.test", "three words and a river"
WITHIN = 1.0
"""Seconds."""
SIGNED_OUT = "UPDATE session SET ended_at = clock_timestamp(), ended_by = 'signed_out' WHERE id = $1"


class Quiet(uvicorn.Server):
    """A server that leaves signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class SignedIn:
    """A token that somebody got by signing in, and the session that it names."""

    def __init__(self, token: str) -> None:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        self.person = UUID(claims["sub"].removeprefix("person:"))
        self.session = UUID(claims["sid"])
        self.headers = {"Authorization": f"Bearer {token}"}


class Running:
    """The four services on a NATS of their own, identity over HTTP, and identity's worker."""

    def __init__(self, nats: Nats, settings: Settings) -> None:
        self.nats = nats
        self.settings = settings
        self.database = Database(settings.database_url, source="test", pool_size=2)
        self.apps: dict[str, Any] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.server: Quiet
        self.worker: asyncio.Task[None]

    async def start_worker(self) -> None:
        """Start identity's worker and wait until every service goes by what it tells."""
        self.worker = asyncio.create_task(create_worker(self.settings).run())
        await eventually(self.all_fresh)

    async def sign_in(self) -> SignedIn:
        """Sign in at identity."""
        body = {"email": EMAIL, "password": PASSWORD}
        answer = await self.clients["identity"].post("/identity/v1/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        return SignedIn(answer.json()["access_token"])

    async def sign_out(self, signed_in: SignedIn) -> None:
        """End the session."""
        async with self.database.begin(signed_in.person) as tx:
            await end_sessions(tx, signed_in.person, Session.id == signed_in.session, reason="signed_out")

    async def statuses(self, signed_in: SignedIn) -> dict[str, int]:
        """What each service answers: the feed is for others than people, so 403 is a good token's."""
        return {
            service: (await client.get(f"/{service}/v1/feed", headers=signed_in.headers)).status_code
            for service, client in self.clients.items()
        }

    def ended(self, service: str) -> EndedSessions:
        """What a service has heard."""
        ended: EndedSessions = self.apps[service].state.tokens.ended
        return ended

    async def all_fresh(self) -> bool:
        return all(self.ended(service).is_fresh() for service in SERVICES)

    async def none_fresh(self) -> bool:
        return not any(self.ended(service).is_fresh() for service in SERVICES)

    async def refused_within(self, signed_in: SignedIn, *, seconds: float = WITHIN) -> float:
        """How long it takes until all refuse the token, in seconds."""
        begun = time.monotonic()

        async def refused() -> bool:
            return set((await self.statuses(signed_in)).values()) == {401}

        await eventually(refused, within=seconds)
        return time.monotonic() - begun


GOOD = dict.fromkeys(SERVICES, 403)
OVER = dict.fromkeys(SERVICES, 401)


@pytest.fixture
async def services(tmp_path: Path, database_url: Callable[[str], str], keys: Keys) -> AsyncIterator[Running]:
    """The services, with somebody who can sign in."""
    ports = choose_ports(["nats", "identity"], "free")
    nats = Nats.start(tmp_path / "nats", port=ports["nats"])
    await _make_streams(nats)
    address = f"http://{HOST}:{ports['identity']}/identity"

    def environment(service: str) -> dict[str, str]:
        given = environment_of(service, database_url(service), nats, keys) | {"FULLMAKT_IDENTITY_URL": address}
        return given | ({"FULLMAKT_PUBLIC_URL": address} if service == "identity" else {})

    them = Running(nats, read_settings(Settings, environment("identity")))
    async with them.database.begin(None) as tx:
        await add_operator(tx, name="Olle", email=EMAIL, password=PASSWORD)
    async with AsyncExitStack() as stack:
        stack.callback(nats.stop)
        stack.push_async_callback(them.database.close)
        for service in SERVICES:
            await _open(them, service, environment(service), stack)
        serving = asyncio.create_task(_serve(them, ports["identity"]))
        await them.start_worker()
        yield them
        await cancel(them.worker)
        them.server.should_exit = True
        await serving


async def _make_streams(nats: Nats) -> None:
    admin = Bus(nats.url, "admin", nats.passwords["admin"])
    await admin.connect()
    await ensure_streams(admin)
    await admin.close()


async def _open(them: Running, service: str, environment: dict[str, str], stack: AsyncExitStack) -> None:
    settings = read_settings(import_module(f"services.{service}.settings").Settings, environment)
    app = import_module(f"services.{service}.app").create_app(settings)
    for hook in app.on_startup:
        await hook(app)
    for hook in reversed(app.on_shutdown):
        stack.push_async_callback(hook, app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://test")
    them.apps[service] = app
    them.clients[service] = await stack.enter_async_context(client)


async def _serve(them: Running, port: int) -> None:
    config = uvicorn.Config(them.apps["identity"], host=HOST, port=port, lifespan="off", log_config=None)
    them.server = Quiet(config)
    await them.server.serve()


async def test_a_token_in_use_is_refused_everywhere_within_a_second_of_signing_out(services: Running) -> None:
    signed_in, other = await services.sign_in(), await services.sign_in()
    before = await services.statuses(signed_in)

    await services.sign_out(signed_in)

    await services.refused_within(signed_in)
    assert before == GOOD
    assert await services.statuses(other) == GOOD


async def test_while_nats_is_cut_identity_is_asked_and_what_was_missed_is_known_afterwards(services: Running) -> None:
    signed_in, other = await services.sign_in(), await services.sign_in()
    services.nats.stop()
    await eventually(services.none_fresh, within=WITHIN + 0.1)
    before = await services.statuses(signed_in)

    await services.sign_out(signed_in)
    await services.refused_within(signed_in)
    others = await services.statuses(other)
    start(services.nats)
    await eventually(services.all_fresh)

    assert (before, others) == (GOOD, GOOD)
    assert all(signed_in.session in services.ended(service) for service in SERVICES)
    assert await services.statuses(signed_in) == OVER
    assert await services.statuses(other) == GOOD


async def test_while_identitys_worker_is_dead_identity_is_asked(services: Running) -> None:
    signed_in, other = await services.sign_in(), await services.sign_in()
    before = await services.statuses(signed_in)
    await cancel(services.worker)

    await services.sign_out(signed_in)
    await services.refused_within(signed_in, seconds=WITHIN + 0.1)
    unheard = not any(signed_in.session in services.ended(service) for service in SERVICES)
    others = await services.statuses(other)
    await services.start_worker()

    assert unheard
    assert (before, others) == (GOOD, GOOD)
    assert all(signed_in.session in services.ended(service) for service in SERVICES)


async def test_without_feed_and_identity_no_answer_is_a_yes(services: Running) -> None:
    signed_in = await services.sign_in()
    assert await services.statuses(signed_in) == GOOD
    services.server.should_exit = True
    await cancel(services.worker)

    await eventually(services.none_fresh, within=WITHIN + 0.1)

    async def nobody_says_yes() -> bool:
        return await services.statuses(signed_in) == dict.fromkeys(SERVICES, 503) | {"identity": 403}

    await eventually(nobody_says_yes)


async def test_identity_says_which_session_goes_on(services: Running) -> None:
    signed_in = await services.sign_in()
    client, path = services.clients["identity"], "/identity/v1/sessions/current"

    going_on = await client.get(path, headers=signed_in.headers)
    nobody = await client.get(path)
    await cancel(services.worker)
    await services.sign_out(signed_in)
    over = await client.get(path, headers=signed_in.headers)

    assert going_on.json() == {"subject": f"person:{signed_in.person}", "session_id": str(signed_in.session)}
    assert going_on.headers["cache-control"] == "no-store"
    assert (nobody.status_code, over.status_code) == (401, 401)


async def test_in_the_whole_system_a_sign_out_reaches_every_service_within_a_second() -> None:
    with System.start(ports="free", timeout=120) as system:
        status = system.status()
        async with httpx.AsyncClient(timeout=10) as http:
            stage = Stage(system, http, new_password())
            operator = await stage.operator()
            body = {"email": operator.email, "password": stage.password}
            token = (await http.post(f"{status.urls['identity']}/v1/sign-in", json=body)).json()["access_token"]
            signed_in = SignedIn(token)

            async def statuses() -> set[int]:
                urls = [f"{status.urls[service]}/v1/feed" for service in SERVICES]
                answers = await asyncio.gather(*(http.get(url, headers=signed_in.headers) for url in urls))
                return {answer.status_code for answer in answers}

            async def refused() -> bool:
                return await statuses() == {401}

            before = await statuses()
            database = await asyncpg.connect(status.postgres_superuser.replace("/postgres?", "/identity?"))
            await database.execute(SIGNED_OUT, signed_in.session)
            await eventually(refused, within=WITHIN)
            await database.close()

    assert before == {403}
