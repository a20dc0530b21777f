"""What tests of all services work with: apps with callers, waiting for a condition, business time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events import Event
from joserfc.jwk import ECKey
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec import json
from nats.aio.client import Client
from nats.aio.msg import Msg
from sqlalchemy import text

from libs.local.nats import Nats
from libs.shared.auth import TokenReader
from libs.shared.clock import set_clock
from libs.shared.database import Database
from libs.shared.inbox import Consumers, Inbox
from libs.shared.settings import read_settings
from services.identity.sealing import Sealer
from services.identity.tokens import ACCESS, own_claims, sign
from tests.documented import as_documented

ISSUER = "http://identity.test/identity"
KEY_SECRET = "a key secret of these tests"
T = TypeVar("T")


class Keys:
    """The signing key of identity, made for this run."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
        self.key.ensure_kid()

    def person(self, id_: UUID, *, session: UUID | None = None) -> dict[str, str]:
        """Headers of a request by this person."""
        return self._headers(own_claims(ISSUER, 600, "person", id_, session=session or uuid4()))

    def service(self, id_: UUID, *scopes: str) -> dict[str, str]:
        """Headers of a request by a service account."""
        return self._headers(own_claims(ISSUER, 600, "service", id_, scopes=scopes))

    async def jwks(self) -> dict[str, Any]:
        """The public key, as a page shows it."""
        return {"keys": [self.key.as_dict(private=False)]}

    async def give_to(self, identity: Litestar) -> None:
        """Have an identity that has just been made sign with it, as if it had made it itself."""
        sealed = Sealer(KEY_SECRET).seal(self.key.as_pem(private=True))
        statement = (
            "INSERT INTO signing_key (kid, private_key, public_key, created_at, signs_from)"
            " VALUES ($1, $2, $3, now(), now()) ON CONFLICT DO NOTHING"
        )
        public = json.encode(self.key.as_dict(private=False)).decode()
        await identity.state.database.fetch(statement, self.key.kid, sealed, public)

    def _headers(self, claims: dict[str, Any]) -> dict[str, str]:
        return {"Authorization": f"Bearer {sign(self.key, ACCESS, claims)}"}


class App:
    """A service's app and how callers reach it."""

    def __init__(self, app: Litestar, client: httpx.AsyncClient, keys: Keys) -> None:
        self.app = app
        self.client = client
        self.client.event_hooks = {"response": [as_documented]}
        self.keys = keys
        self.database: Database = app.state.database

    async def call(
        self, method: str, path: str, *, by: UUID | None = None, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """A request, signed in as the person `by`."""
        signed = self.keys.person(by) if by is not None else {}
        return await self.client.request(method, path, json=body, headers=signed | (headers or {}))


def routes_of(app: App) -> list[tuple[str, str]]:
    """Method and path, parameters in braces, of every route that there is."""
    return [
        (method, route.path_format)
        for route in app.app.routes
        if isinstance(route, HTTPRoute)
        for method in sorted(route.methods - {"OPTIONS", "HEAD"})
    ]


async def answers_to(
    app: App, person: UUID, *, home: UUID, things: Mapping[str, object], bodies: Mapping[str, Any]
) -> dict[str, int]:
    """The status that each route of an organisation, with these things' ids filled in, answers a person with.

    `bodies`: by the last part of the path. A route that names a thing which isn't given fails the test.
    """
    statuses: dict[str, int] = {}
    for method, path in routes_of(app):
        if "{organisation_id}" in path:
            filled = path.format(organisation_id=home, **things)
            body = bodies.get(path.rpartition("/")[2]) if method in {"POST", "PUT", "PATCH"} else None
            statuses[f"{method} {path}"] = (await app.call(method, filled, by=person, body=body)).status_code
    return statuses


def of_a_thing(statuses: Mapping[str, int]) -> dict[str, int]:
    """Those of the routes that name a thing besides the organisation."""
    return {route: status for route, status in statuses.items() if route.count("{") > 1}


def other_than_404(statuses: Mapping[str, int]) -> dict[str, int]:
    """The routes that gave something away."""
    return {route: status for route, status in statuses.items() if status != 404}


def outside_organisations(app: App) -> set[str]:
    """Routes below no organisation; each has to be thought of on its own."""
    return {f"{method} {path}" for method, path in routes_of(app) if "{organisation_id}" not in path and "/v1/" in path}


def environment_of(service: str, database_url: str, nats: Nats, _: Keys) -> dict[str, str]:
    """The environment that a service's settings are read from in tests."""
    return {
        "FULLMAKT_DATABASE_URL": database_url,
        "FULLMAKT_NATS_URL": nats.url,
        "FULLMAKT_NATS_USER": service,
        "FULLMAKT_NATS_PASSWORD": nats.passwords[service],
        "FULLMAKT_PUBLIC_URL": ISSUER if service == "identity" else f"http://{service}.test/{service}",
        "FULLMAKT_IDENTITY_URL": ISSUER,
        "FULLMAKT_PORTAL_URL": "http://portal.test",
        "FULLMAKT_KEY_SECRET": KEY_SECRET,
        "FULLMAKT_MAIL_TOKEN_SECRET": "a secret of these tests",
        "FULLMAKT_SMTP_HOST": "127.0.0.1",
        "FULLMAKT_SMTP_PORT": "1",
        "FULLMAKT_MAIL_FROM": "Fullmakt <no-reply@fullmakt.example>",
        "FULLMAKT_SMS_GATEWAY_URL": "http://127.0.0.1:1/sms",
        "FULLMAKT_SANDBOX": "true",
    }


def app_of(service: str, environment: Mapping[str, str], keys: Keys) -> Litestar:
    """A service's app that takes tokens of `keys`, whatever has become of their sessions; identity signs with them."""
    settings = read_settings(import_module(f"services.{service}.settings").Settings, environment)
    app: Litestar = import_module(f"services.{service}.app").create_app(settings)
    if service == "identity":
        app.on_startup.insert(0, keys.give_to)
    app.state.tokens = TokenReader(ISSUER, keys.jwks)
    return app


async def eventually(condition: Callable[[], Awaitable[T]], *, within: float = 10) -> T:
    """What the condition gives once it gives something true; TimeoutError after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = await condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError("the condition did not come about")
        await asyncio.sleep(0.01)


async def heard(client: Client) -> None:
    """Come back when the server has what the client has sent and subscribed to.

    nats-py writes the PING of a flush before what waits to be written; that of the second comes after it.
    """
    for _ in range(2):
        await client.flush()


async def move_clock(database: Database, ahead: timedelta) -> None:
    """Move a service's business time to so much ahead of real time."""
    async with database.begin(None) as tx:
        await set_clock(tx, ahead=ahead)


async def told(database: Database, kind: type[T]) -> list[T]:
    """Events of a type that stand in the outbox, in the order they were written."""
    query = "SELECT body FROM outbox WHERE headers->>'ce-type' = :type ORDER BY id"
    async with database.begin(None) as tx:
        found = await tx.session.execute(text(query), {"type": f"fullmakt.{kind.type}"})  # type: ignore[attr-defined]
        return [json.decode(row.body, type=kind) for row in found]


class Telling:
    """Events from other services, numbered as their things' versions, given straight to a service's inbox."""

    def __init__(self, database: Database, consumers: Consumers) -> None:
        self.inboxes = {stream: Inbox(database, consumers, stream) for stream in consumers.streams()}
        self.versions: dict[tuple[str, UUID], int] = {}

    async def tell(self, *events: Event) -> None:
        """Let the service take these in, one after the other."""
        for event in events:
            await self.inboxes[event.stream].take([self.message(event)])

    def message(self, event: Event, *, version: int | None = None) -> Msg:
        """The event as it would come from NATS; counted up unless a version is given."""
        key = (event.stream, event.thing_id())
        self.versions[key] = version or self.versions.get(key, 0) + 1
        return message_of(event, version=self.versions[key])


def message_of(event: Event, *, version: int, actor: str = "system") -> Msg:
    """An event as it comes from NATS."""
    envelope = Envelope(
        id=uuid4(),
        source="/fullmakt/test",
        type=event.type,
        subject=event.thing_id(),
        time=datetime.now(UTC),
        version=version,
        actor=actor,
    )
    return Msg(_client=None, subject=event.subject(), headers=to_headers(envelope), data=json.encode(event))  # type: ignore[arg-type]
