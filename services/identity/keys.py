"""The keys that tokens are signed with: kept sealed in the database, known to each process for a moment at a time."""

import asyncio
import time
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from joserfc.jwk import ECKey, KeyParameters, KeySet
from sqlalchemy import func, select

from libs.shared.database import Database, Tx
from services.identity.models import SigningKey
from services.identity.sealing import Sealer
from services.identity.sessions import real_now

KEPT = 10.0
"""Seconds for which a process goes by the keys that it has read."""
READ = "SELECT kid, private_key, public_key, signs_from FROM signing_key WHERE retired_at IS NULL ORDER BY signs_from"
LOCK = select(func.pg_advisory_xact_lock(7003))
"""Whoever makes a key or retires one holds it."""
PARAMETERS: KeyParameters = {"use": "sig", "alg": "ES256"}


class KnownKey(NamedTuple):
    """A key that is published, and from when on it signs."""

    key: ECKey
    public: dict[str, Any]
    signs_from: datetime


class Keyring:
    """Reads the keys that aren't retired; makes the first if there is none."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self._known: list[KnownKey] = []
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def signing(self) -> ECKey:
        """The newest key that signs by now."""
        now = time.time()
        known = await self._lately()
        return next((each.key for each in reversed(known) if each.signs_from.timestamp() <= now), known[0].key)

    async def published(self) -> list[dict[str, Any]]:
        """The public keys as they are in the database now, so that whoever looks for a new one finds it at once."""
        return [each.public for each in await self._read()]

    async def checking(self, *, anew: bool = False) -> KeySet:
        """What tokens of ours are checked by; `anew`: read now, since a token names a key that isn't known."""
        return KeySet([each.key for each in (await self._read() if anew else await self._lately())])

    async def _lately(self) -> list[KnownKey]:
        if not self._known or time.monotonic() - self._read_at > KEPT:
            async with self._reading:
                if not self._known or time.monotonic() - self._read_at > KEPT:
                    await self._read()
        return self._known

    async def _read(self) -> list[KnownKey]:
        began = time.monotonic()
        rows = await self._database.fetch(READ)
        if not rows:
            async with self._database.begin(None) as tx:
                await make_first_key(tx, sealer=self._sealer)
            rows = await self._database.fetch(READ)
        unsealed = {each.key.kid: each.key for each in self._known}
        self._known = [
            KnownKey(
                unsealed.get(row["kid"]) or self._unseal(row), msgspec.json.decode(row["public_key"]), row["signs_from"]
            )
            for row in rows
        ]
        self._read_at = began
        return self._known

    def _unseal(self, row: Any) -> ECKey:
        pem = self._sealer.unseal(row["private_key"])
        return ECKey.import_key(pem, {"use": "sig", "alg": "ES256", "kid": row["kid"]})


async def make_first_key(tx: Tx, *, sealer: Sealer) -> None:
    """Make the key that signs from now on, unless another process has just done it."""
    await lock_keys(tx)
    if await tx.session.scalar(select(SigningKey.kid).limit(1)) is None:
        now = await real_now(tx)
        tx.add(new_key(sealer, created_at=now, signs_from=now))


async def lock_keys(tx: Tx) -> None:
    """Nobody else makes a key or retires one until this transaction ends."""
    await tx.session.execute(LOCK)


def new_key(sealer: Sealer, *, created_at: datetime, signs_from: datetime) -> SigningKey:
    """A new P-256 key. Times are real."""
    key = ECKey.generate_key("P-256", PARAMETERS, private=True)
    key.ensure_kid()
    return SigningKey(
        kid=key.kid,
        private_key=sealer.seal(key.as_pem(private=True)),
        public_key=key.as_dict(private=False),
        created_at=created_at,
        signs_from=signs_from,
    )
