import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ImproperlyConfiguredException
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.local.postgres import Cluster
from libs.shared.auth import Actor, Caller, TokenReader
from libs.shared.database import Database, Tx, connection_lost
from libs.shared.edge import Edge
from libs.shared.errors import Conflict
from libs.shared.feed import read_feed
from libs.shared.tests.kit import Thing, rows, value, write, write_person
from libs.shared.web import MAX_BODY, create_web_app
from tests.kit import ISSUER, Keys, eventually

TENANT = UUID(int=1)
BODY = {"what": "x", "count": 1}


class One(msgspec.Struct, frozen=True, tag_field="kind", tag="one"):
    """A part of a body."""


class Two(msgspec.Struct, frozen=True, tag_field="kind", tag="two"):
    """Another one."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body."""

    what: Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=r"\w")]
    count: int
    inner: list[int] = []
    parts: list[One | Two] = []
    language: Literal["sv", "en"] | msgspec.UnsetType | None = msgspec.UNSET


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An answer."""

    id: UUID
    what: str


class NotThis(Conflict):
    """Not this."""


class Service:
    """A small service: its routes, what they were told to do, and a client."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database = database
        self.worked: list[str] = []
        self.refuse = False
        self.headers = keys.person(uuid4())
        self.app = create_web_app(
            service="small",
            title="Small",
            database=database,
            tokens=TokenReader(ISSUER, keys.jwks),
            find_actor=find_actor,
            routes=[self.things(), one_thing, read_feed, self.bug(), misconfigured],
        )
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)  # type: ignore[arg-type]
        self.client = httpx.AsyncClient(transport=transport, base_url="http://test")

    def things(self) -> Any:
        @post("/v1/things")
        async def post_thing(data: JSONBody[Wanted], edge: NamedDependency[Edge]) -> Response[Done]:
            async def work(tx: Tx, _: Actor) -> Done:
                self.worked.append(data.what)
                if self.refuse:
                    raise NotThis
                thing = Thing()
                tx.emit(thing.invited(), of=thing)
                if data.what == "race":
                    twin = Thing(UUID(int=data.count))
                    tx.emit(twin.invited(), of=twin)
                return Done(id=thing.id, what=data.what)

            return await edge.command(TENANT, work, status=201)

        return post_thing

    def bug(self) -> Any:
        @get("/v1/bug/{kind:str}")
        async def get_bug(kind: FromPath[str], edge: NamedDependency[Edge]) -> dict[str, str]:
            if kind == "sql":
                async with edge.database.begin(None) as tx:
                    await tx.session.execute(text("SELECT 'anna@company.test' FROM no_such_table"))
            raise KeyError("anna@company.test")

        return get_bug

    async def call(self, method: str = "POST", path: str = "/v1/things", **given: Any) -> httpx.Response:
        headers = self.headers | given.pop("headers", {})
        return await self.client.request(method, f"/small{path}", headers=headers, **given)

    async def keyed(self, key: str, body: Any = None) -> httpx.Response:
        return await self.call(json=body or BODY, headers={"Idempotency-Key": key})


async def find_actor(tx: Tx, caller: Caller, tenant: UUID) -> Actor:
    del tx
    return Actor(caller=caller, tenant=tenant, roles=frozenset())


@get("/v1/things/{id_:uuid}")
async def one_thing(id_: FromPath[UUID], order: FromQuery[Literal["up", "down"]] = "up") -> dict[str, str]:
    del order
    return {"id": str(id_)}


@get("/v1/misconfigured")
async def misconfigured() -> dict[str, str]:
    raise ImproperlyConfiguredException(detail="anna@company.test")


@pytest.fixture
async def service(db: Database, keys: Keys) -> AsyncIterator[Service]:
    """A small service on identity's database."""
    small = Service(db, keys)
    async with small.client:
        yield small


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem details of an answer that must be just that."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["code"] == code
    assert told["status"] == status
    assert told["type"] == f"urn:fullmakt:problem:{code}"
    return told


async def test_the_same_key_and_body_replay_the_answer_byte_by_byte(service: Service) -> None:
    first, again = await service.keyed("k1"), await service.keyed("k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["content-type"] == again.headers["content-type"]
    assert service.worked == ["x"]


async def test_the_same_key_with_another_body_is_a_conflict(service: Service) -> None:
    await service.keyed("k1")

    is_problem(await service.keyed("k1", BODY | {"what": "y"}), 409, "idempotency_key_reused")
    assert service.worked == ["x"]


async def test_a_key_is_its_callers_own(service: Service, keys: Keys) -> None:
    first = await service.keyed("k1")
    service.headers = keys.person(uuid4())

    assert (await service.keyed("k1")).json()["id"] != first.json()["id"]


async def test_twenty_requests_with_one_key_at_once_do_the_work_once(service: Service) -> None:
    answers = await asyncio.gather(*(service.keyed("k1") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert service.worked == ["x"]
    assert await value(service.database, "SELECT count(*) FROM outbox") == 1


async def test_a_refused_command_stores_nothing_and_may_be_repeated_with_its_key(service: Service) -> None:
    service.refuse = True
    is_problem(await service.keyed("k1"), 409, "not_this")
    assert await rows(service.database, "SELECT key FROM idempotency") == []
    assert await rows(service.database, "SELECT id FROM outbox") == []

    service.refuse = False
    assert (await service.keyed("k1")).status_code == 201


async def test_a_key_that_is_too_long_is_invalid(service: Service) -> None:
    told = is_problem(await service.keyed("k" * 201), 400, "invalid")
    assert told["errors"][0]["field"] == "Idempotency-Key"


async def test_a_lost_race_is_tried_again_and_then_told_as_a_conflict(service: Service) -> None:
    body = {"what": "race", "count": 7}
    assert (await service.call(json=body)).status_code == 201
    service.worked.clear()

    is_problem(await service.call(json=body), 409, "simultaneous_change")
    assert len(service.worked) == 3


async def test_a_race_that_is_won_the_second_time_is_no_error(service: Service) -> None:
    body = {"what": "race", "count": 7}
    other = await service.database.connect()
    theirs = other.transaction()
    await theirs.start()
    await other.execute(
        "INSERT INTO outbox (stream, thing, version, subject, headers, body) VALUES ('identity', $1, 1, '', '{}', '')",
        UUID(int=7),
    )
    ours = asyncio.ensure_future(service.call(json=body))
    await eventually(lambda: waits(service.database))
    await theirs.rollback()
    await other.close()

    assert (await ours).status_code == 201


async def waits(database: Database) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await value(database, query))


async def test_no_connection_left_is_unavailable(db: Database, keys: Keys) -> None:
    narrow = Database(db.url, source="identity", pool_size=1)
    narrow.engine.pool._timeout = 0.2  # type: ignore[attr-defined]  # noqa: SLF001
    service = Service(narrow, keys)
    async with service.client, narrow.begin(None):
        answer = await service.call(json=BODY)

    is_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    await narrow.close()


async def test_a_cut_connection_is_unavailable_and_the_next_request_goes_through(
    service: Service, cluster: Cluster
) -> None:
    assert (await service.call(json=BODY)).status_code == 201
    name = await value(service.database, "SELECT current_database()")
    cluster.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608

    is_problem(await service.call(json=BODY), 503, "unavailable")
    assert (await service.call(json=BODY)).status_code == 201


async def test_a_database_that_is_not_there_is_unavailable(keys: Keys) -> None:
    gone = Database("postgresql://x:y@/x?host=/nowhere", source="identity", pool_size=1)
    service = Service(gone, keys)
    async with service.client:
        is_problem(await service.call(json=BODY), 503, "unavailable")
        is_problem(await service.client.get("/small/health/ready"), 503, "unavailable")


@pytest.mark.parametrize("path", ["/v1/bug/python", "/v1/bug/sql", "/v1/misconfigured"])
async def test_a_bug_tells_the_caller_nothing(service: Service, path: str) -> None:
    answer = await service.call("GET", path)

    is_problem(answer, 500, "failed")
    assert "anna" not in answer.text
    assert "no_such" not in answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"what": "x", "count": 1, "extra": 2}', "extra"),
        ('{"what": "x", "count": "one"}', "count"),
        ('{"what": "x"}', "count"),
        ('{"what": "", "count": 1}', "what"),
        ('{"what": "x", "count": 1, "inner": ["a"]}', "inner"),
        ('{"what": null, "count": 1}', "what"),
        ("[]", None),
        ("7", None),
        ('{"what": "x"', None),
        ("not json", None),
        ("", None),
        ("\ud7ff" * 3, None),
        ("[" * 100_000, None),
        ('{"what": "\\u0000", "count": 1}', "what"),
        ('{"what": "\\ud800", "count": 1}', None),
        ('{"what": "x", "count": 1e400}', None),
    ],
)
async def test_a_body_that_is_not_as_it_should_be_is_invalid_and_names_the_field(
    service: Service, body: str, field: str | None
) -> None:
    answer = await service.call(content=body.encode(), headers={"Content-Type": "application/json"})

    if field == "what" and "\\u0000" in body:
        assert answer.status_code < 500
        return
    told = is_problem(answer, 400, "invalid")
    if field is not None:
        assert [error["field"].partition("[")[0] for error in told["errors"]] == [field]
    assert service.worked == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"what": "x", "count": 1, "language": "sv-SE"}', 'language: Invalid enum value \'sv-SE\': one of "en", "sv"'),
        (
            '{"what": "x", "count": 1, "parts": [{"kind": "one"}, {"kind": "all"}]}',
            'parts[1].kind: Invalid value \'all\': one of "one", "two"',
        ),
        ('{"what": "--", "count": 1}', "what: There is to be at least one letter or digit."),
        ("", "body: Send a JSON body."),
    ],
)
async def test_what_is_wrong_with_a_field_is_told_with_what_would_be_right(
    service: Service, body: str, told: str
) -> None:
    answer = await service.call(content=body.encode(), headers={"Content-Type": "application/json"})

    (error,) = is_problem(answer, 400, "invalid")["errors"]
    assert f"{error['field']}: {error['message']}" == told


async def test_a_parameter_is_told_with_what_it_may_be_too(service: Service) -> None:
    answer = await service.call("GET", f"/v1/things/{UUID(int=1)}?order=sideways")

    (error,) = is_problem(answer, 400, "invalid")["errors"]
    assert error == {"field": "order", "message": 'Invalid enum value \'sideways\': one of "down", "up"'}


async def test_a_body_that_is_not_json_is_refused_by_its_type(service: Service) -> None:
    for kind in ("text/plain", "application/xml", "", "application/x-www-form-urlencoded"):
        answer = await service.call(content=b'{"what": "x", "count": 1}', headers={"Content-Type": kind})
        is_problem(answer, 415, "not_json")


async def test_a_wrong_method_is_told_with_the_right_ones(service: Service) -> None:
    for method in ("PATCH", "HEAD"):
        answer = await service.call(method)

        assert answer.status_code == 405
        assert {each.strip() for each in answer.headers["allow"].split(",")} == {"POST", "OPTIONS"}


async def test_a_body_that_is_too_large_is_refused(service: Service) -> None:
    large = b'{"what": "' + b"x" * MAX_BODY + b'", "count": 1}'
    answer = await service.call(content=large, headers={"Content-Type": "application/json"})
    is_problem(answer, 413, "too_large")


async def test_what_is_no_id_is_not_found(service: Service) -> None:
    for path in ("/v1/things/7", "/v1/things/%00", "/v1/nothing", "/v1/things/" + "a" * 3000):
        is_problem(await service.call("GET", path), 404, "not_found")
    is_problem(await service.call("DELETE"), 405, "method_not_allowed")


async def test_without_or_with_a_bad_token_it_is_401(service: Service) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Digest x"}, {"Authorization": ""}):
        service.headers = headers
        is_problem(await service.call(json=BODY), 401, "unauthenticated")


async def page(service: Service, keys: Keys, *scopes: str, after: str = "0.0") -> dict[str, Any]:
    service.headers = keys.service(uuid4(), *scopes)
    answer = await service.call("GET", "/v1/feed", params={"after": after})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_feed_does_not_skip_what_commits_late(service: Service, keys: Keys) -> None:
    late, early = Thing(), Thing()
    async with service.database.begin(None) as tx:
        await tx.session.execute(text("SELECT pg_current_xact_id()"))
        await write(service.database, early)
        first = await page(service, keys, "events.read")
        tx.emit(late.invited(), of=late)
    after = first["next"]
    rest = await page(service, keys, "events.read", after=after)

    seen = [item["thing"] for item in first["items"] + rest["items"]]
    assert seen == [str(late.id), str(early.id)]


async def test_the_feed_gives_people_only_to_who_may_read_them(service: Service, keys: Keys) -> None:
    await write_person(service.database, Thing(), "Anna")
    await write(service.database, Thing())

    assert len((await page(service, keys, "events.read"))["items"]) == 1
    assert "Anna" in str(await page(service, keys, "events.read", "people.read"))


async def test_the_feed_needs_a_scope(service: Service, keys: Keys) -> None:
    service.headers = keys.service(uuid4(), "people.read")
    is_problem(await service.call("GET", "/v1/feed"), 403, "forbidden")
    service.headers = keys.person(uuid4())
    is_problem(await service.call("GET", "/v1/feed"), 403, "forbidden")


@pytest.mark.parametrize(
    "after", ["x", "1", "1.", ".1", "-1.0", "1.1.1", "\u0661.\u0662", "9" * 30 + ".1", "1." + "9" * 30, "1e5.0"]
)
async def test_a_cursor_that_is_none_of_ours_is_invalid(service: Service, keys: Keys, after: str) -> None:
    service.headers = keys.service(uuid4(), "events.read")
    is_problem(await service.call("GET", "/v1/feed", params={"after": after}), 400, "invalid")


async def test_who_follows_the_links_of_the_feed_comes_to_its_end(service: Service, keys: Keys) -> None:
    await write(service.database, *(Thing() for _ in range(5)))
    service.headers = keys.service(uuid4(), "events.read")

    answer, found = await service.call("GET", "/v1/feed", params={"limit": 2}), 0
    for _ in range(3):
        found += len(answer.json()["items"])
        answer = await service.client.get(answer.links["next"]["url"], headers=service.headers)

    assert (found, answer.json()["items"], answer.links) == (5, [], {})


async def test_pages_of_the_feed_leave_nothing_out(service: Service, keys: Keys) -> None:
    things = [Thing() for _ in range(25)]
    await write(service.database, *things[:13])
    await write(service.database, *things[13:])
    service.headers = keys.service(uuid4(), "events.read")
    after, found = "0.0", []
    for _ in range(6):
        answer = (await service.call("GET", "/v1/feed", params={"after": after, "limit": 5})).json()
        found += [item["thing"] for item in answer["items"]]
        after = answer["next"]
    assert found == [str(thing.id) for thing in things]
    assert answer["items"] == []


async def test_only_a_lost_connection_counts_as_lost(db: Database) -> None:
    connection = await db.connect()
    mistakes: list[BaseException] = [FileNotFoundError(2, "no", "template.html"), ValueError(), KeyError()]
    for wrong in (connection.fetch("SELECT $1::int"), connection.fetch("SELECT $1::int", "x"), connection.fetch("x")):
        with pytest.raises(Exception) as raised:  # noqa: PT011
            await wrong
        mistakes.append(raised.value)
    await connection.close()
    with pytest.raises(asyncpg.InterfaceError) as closed:
        await connection.fetch("SELECT 1")
    with pytest.raises(DBAPIError) as broken:
        async with db.begin(None) as tx:
            await tx.session.execute(text("SELECT 1 / 0"))

    assert not any(map(connection_lost, [*mistakes, broken.value]))
    assert connection_lost(closed.value)
    assert connection_lost(ConnectionRefusedError(111, "no"))
    assert connection_lost(FileNotFoundError(2, "no socket"))
    assert connection_lost(asyncpg.CannotConnectNowError("starting"))
    assert connection_lost(asyncpg.TooManyConnectionsError("full"))
