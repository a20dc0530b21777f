"""From the commit of an approval to the commit that makes the client eligible.

Ours: the whole system as separate processes; approvals over HTTP. Both times are Postgres' own commit
timestamps of the two transactions (track_commit_timestamp), which stand in one cluster.
Floor: what nothing can do without, done bare on the same Postgres and NATS: two commits of one row by
asyncpg, and one JetStream publish until a subscriber's handler runs. Ours and floor take turns.
"""

import asyncio
import os
import statistics
import time
from uuid import UUID

import asyncpg
import httpx
import nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from libs.local.demo.caller import until
from libs.local.demo.cast import Player, Stage, new_password
from libs.local.demo.companies import Company
from libs.local.demo.play import ADMINISTRATOR
from libs.local.system import System
from tests.bench.figure import Figure, at_most

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
WARM_UP = 20
AGENCY = Company(line=0, name="Byrån", country="SE", organisation_number="556016-0680", number="5560160680")
COMPANY = Company(line=1, name="Bolaget", country="SE", organisation_number="556012-5790", number="5560125790")
BEGUN = "SELECT pg_xact_commit_timestamp(xmin) FROM link WHERE id = $1"
ELIGIBLE = "SELECT pg_xact_commit_timestamp(xmin) FROM client WHERE link_id = $1 AND state = 'eligible'"


class Pair:
    """An agency and a company that approve and end a link again and again."""

    def __init__(self, agency: str, company: str, ada: Player, anna: Player) -> None:
        self.agency, self.company, self.ada, self.anna = agency, company, ada, anna

    async def ask(self) -> str:
        """Send a request; its id."""
        path = f"organisations/{self.agency}/link-requests"
        return str((await self.ada.caller.post("clients", path, {"company_id": self.company}))["id"])

    async def approve(self, request: str) -> None:
        """The company approves."""
        await self.anna.caller.post(
            "clients", f"organisations/{self.company}/link-requests/{request}/accept", expect=200
        )

    async def end(self, link: UUID) -> None:
        """End the link, so that the pair can be linked anew."""
        await self.ada.caller.post("clients", f"organisations/{self.agency}/links/{link}/end", expect=200)


async def set_up(system: System, http: httpx.AsyncClient) -> Pair:
    """Register the pair and wait until it can be asked."""
    stage = Stage(system, http, new_password())
    operator = await stage.operator()
    agency = await stage.register(operator, "agency", AGENCY)
    company = await stage.register(operator, "company", COMPANY)
    ada = await stage.invite(operator, agency, "Ada", "ada@agency.example", ADMINISTRATOR)
    anna = await stage.invite(operator, company, "Anna", "anna@client.example", ADMINISTRATOR)
    pair = Pair(agency, company, ada, anna)

    async def found() -> bool:
        query = f"organisations/{agency}/directory"
        search = await ada.caller.get("clients", query, organisation_number=COMPANY.number)
        return any(hit["can_be_asked"] for hit in search["hits"])

    await until(found, "the company can be asked")
    return pair


async def ours(pair: Pair, clients: asyncpg.Connection, access: asyncpg.Connection) -> float:
    """One approval: milliseconds from its commit to the commit of eligible."""
    request = await pair.ask()
    await pair.approve(request)
    link = await clients.fetchval("SELECT id FROM link WHERE link_request_id = $1", UUID(request))

    async def committed() -> object:
        return await access.fetchval(ELIGIBLE, link)

    became = await until(committed, "the client is eligible")
    begun = await clients.fetchval(BEGUN, link)
    await pair.end(link)
    return float((became - begun).total_seconds() * 1000)


class Floor:
    """Two bare commits and one JetStream publish-to-handler."""

    def __init__(self, connection: asyncpg.Connection, jetstream: JetStreamContext) -> None:
        self.connection = connection
        self.jetstream = jetstream
        self.handled = asyncio.Event()

    async def set_up(self) -> None:
        """A table and a stream for it alone."""
        await self.connection.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, body bytea)")
        await self.jetstream.add_stream(name="bare", subjects=["bare"])

        async def handle(_: Msg) -> None:
            self.handled.set()

        await self.jetstream.subscribe("bare", cb=handle)

    async def measure(self) -> float:
        """Milliseconds for all three."""
        body = b"x" * 400
        began = time.perf_counter()
        await self.connection.execute("INSERT INTO bare (body) VALUES ($1)", body)
        self.handled.clear()
        await self.jetstream.publish("bare", body)
        await self.handled.wait()
        await self.connection.execute("INSERT INTO bare (body) VALUES ($1)", body)
        return (time.perf_counter() - began) * 1000


async def eligible() -> Figure:
    """The figure."""
    with System.start(ports="free", timeout=120) as system:
        superuser = system.status().postgres_superuser
        setting = await asyncpg.connect(superuser)
        await setting.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        await setting.close()
        system.wait_restarted("postgres", system.kill("postgres"))
        system.wait_healthy()
        return await _measured(system)


async def _measured(system: System) -> Figure:
    status = system.status()
    url = {name: status.postgres_superuser.replace("/postgres?", f"/{name}?") for name in ("clients", "access")}
    clients, access = await asyncpg.connect(url["clients"]), await asyncpg.connect(url["access"])
    bare = await asyncpg.connect(status.postgres_superuser)
    client = await nats.connect(status.nats, user="admin", password=status.nats_passwords["admin"])
    floor = Floor(bare, client.jetstream())
    await floor.set_up()
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    async with httpx.AsyncClient(timeout=10) as http:
        pair = await set_up(system, http)
        for _ in range(WARM_UP + ROUNDS):
            taken["ours"].append(await ours(pair, clients, access))
            taken["floor"].append(await floor.measure())
    await client.close()
    for connection in (clients, access, bare):
        await connection.close()
    medians = {name: statistics.median(values[WARM_UP:]) for name, values in taken.items()}
    return at_most("approval committed to eligible committed", "ms", **medians, times=4)
