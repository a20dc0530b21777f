"""What a service pays to check a person's token again, by its signature once and by the feed of ended sessions always.

Ours: `TokenReader.read` of a valid token it has seen, while identity's publisher beats over a real NATS.
Floor: one ES256 verification of that token's signature, by the library that ours verifies with. They take turns.
"""

import asyncio
import statistics
import tempfile
import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import ECKey

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from libs.local.postgres import Cluster
from libs.shared.auth import TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.ended_sessions import EndedSessions
from services.identity.ended import tell_ended_sessions
from tests.bench.figure import Figure, at_most
from tests.kit import ISSUER, Keys, eventually

ROUNDS = 300
CHECKS = 1000
VERIFICATIONS = 20


@asynccontextmanager
async def feed() -> AsyncIterator[EndedSessions]:
    """The feed of ended sessions as clients hears it."""
    with tempfile.TemporaryDirectory(prefix="fullmakt-bench-", dir="/var/tmp") as folder:
        cluster = Cluster.start(Path(folder) / "cluster", durable=False)
        server = Nats.start(Path(folder) / "nats", port=choose_ports(["nats"], "free")["nats"])
        database = Database(cluster.url("identity", "app"), source="identity", pool_size=1)
        told, heard = (Bus(server.url, user, server.passwords[user]) for user in ("identity", "clients"))
        await told.connect()
        await heard.connect()
        telling, ended = asyncio.create_task(tell_ended_sessions(database, told)), EndedSessions(heard)
        await ended.follow()
        try:
            yield ended
        finally:
            telling.cancel()
            await asyncio.wait([telling])
            await ended.close()
            await heard.close()
            await told.close()
            await database.close()
            server.stop()
            cluster.stop()


class Bare:
    """The signature of a token, taken apart beforehand, and the key that it is checked by."""

    def __init__(self, token: str, key: ECKey) -> None:
        content, _, signature = token.rpartition(".")
        raw = urlsafe_b64decode(signature + "==")
        self.content = content.encode()
        self.signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        self.key: ec.EllipticCurvePublicKey = key.get_op_key("verify")

    def measure(self) -> float:
        """Microseconds for one."""
        began = time.perf_counter()
        for _ in range(VERIFICATIONS):
            self.key.verify(self.signature, self.content, ec.ECDSA(hashes.SHA256()))
        return (time.perf_counter() - began) / VERIFICATIONS * 1e6


async def ours(reader: TokenReader, token: str) -> float:
    """Microseconds for one."""
    began = time.perf_counter()
    for _ in range(CHECKS):
        await reader.read(token)
    return (time.perf_counter() - began) / CHECKS * 1e6


async def token_check() -> Figure:
    """The figure."""
    keys, taken = Keys(), dict[str, list[float]](ours=[], floor=[])
    token = keys.person(uuid4())["Authorization"].removeprefix("Bearer ")
    published = await keys.jwks()
    bare = Bare(token, ECKey.import_key(published["keys"][0]))
    async with feed() as ended:
        reader = TokenReader(ISSUER, keys.jwks, ended)

        async def fresh() -> bool:
            return ended.is_fresh()

        for _ in range(ROUNDS):
            await eventually(fresh)  # without the means to ask identity, a read would fail when it isn't
            taken["ours"].append(await ours(reader, token))
            taken["floor"].append(bare.measure())
            await asyncio.sleep(0)
    medians = {name: statistics.median(values) for name, values in taken.items()}
    return at_most("token check, repeated", "µs", **medians, times=0.1)
