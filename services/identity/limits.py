"""How often signing in may fail and mail may be asked for, by buckets that nobody can fill for others (record 0015).

Of sign-ins only failures count, of mail that goes to any address each request. What a bucket is of, such as an
account and an address, is kept as a keyed hash.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple
from uuid import UUID

from libs.shared.auth import Caller
from libs.shared.database import Database
from libs.shared.errors import TooManyRequests
from services.identity.devices import Known
from services.identity.sealing import Sealer

FULL = (
    "SELECT max(extract(epoch FROM f.ends_at - now()))::float8"
    " FROM unnest($1::bytea[], $2::integer[]) AS b (key, at_most) JOIN failures f ON f.bucket = b.key"
    " WHERE f.ends_at > now() AND f.count >= b.at_most"
)
COUNT = (
    "INSERT INTO failures AS f (bucket, count, ends_at)"
    " SELECT key, 1, now() + make_interval(secs => seconds)"
    " FROM unnest($1::bytea[], $2::integer[]) AS b (key, seconds) ORDER BY key"
    " ON CONFLICT (bucket) DO UPDATE SET count = CASE WHEN f.ends_at > now() THEN f.count + 1 ELSE 1 END,"
    " ends_at = CASE WHEN f.ends_at > now() THEN f.ends_at ELSE excluded.ends_at END"
    " RETURNING f.bucket, f.count, extract(epoch FROM f.ends_at - now())::float8 AS seconds"
)
FORGET = "DELETE FROM failures WHERE bucket = ANY ($1::bytea[])"
PRUNE = "DELETE FROM failures WHERE ends_at < now()"


class TooManyAttempts(TooManyRequests):
    """There were too many tries lately; wait as long as Retry-After says. A forgotten password can be reset."""


class Bucket(NamedTuple):
    """Something that may fail `at_most` times within so many seconds from the first failure on."""

    key: bytes
    at_most: int
    seconds: int


class Limits:
    """Counts failures, in real time, each for itself: a failure counts also where the rest is rolled back."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def of_password(self, *, account: str, source: str, device: Known | None) -> list[Bucket]:
        """What a guess at a password fills. `account`: what was typed: that two are one person shows nowhere."""
        if device is not None:
            return [self._bucket("device", device.nonce, at_most=10, minutes=15)]
        return [
            self._bucket("place", account, source, at_most=10, minutes=15),
            self._bucket("source", source, at_most=100, minutes=15),
            self._bucket("account", account, at_most=100, minutes=60),
        ]

    def of_code(self, *, person_id: UUID, device: Known | None) -> list[Bucket]:
        """What a guess at a code of the second factor fills."""
        whose = (device.nonce,) if device and device.second_factor else (person_id,)
        return [self._bucket("code", *whose, at_most=5, minutes=15)]

    def of_session(self, what: str, *, person_id: UUID, session: UUID | None, at_most: int) -> list[Bucket]:
        """What a guess made while signed in fills: a password, or a code."""
        return [self._bucket(what, person_id, session, at_most=at_most, minutes=15)]

    def of_address(self, *, person_id: UUID) -> list[Bucket]:
        """What asking for another address fills, as each mails an address that may be anybody's."""
        return [self._bucket("address", person_id, at_most=5, minutes=60)]

    def of_sending(self, *, organisation_id: UUID, by: Caller, to: str | UUID) -> list[Bucket]:
        """What inviting fills, and sending an invitation again: an organisation's by itself, to an address or a person.

        Nobody fills it for another organisation: who is invited by all of them is mailed by each.
        """
        buckets = [self._bucket("sending", organisation_id, to, at_most=5, minutes=60)]
        if by.kind == "person":  # a service account registers as many organisations of one person as there are
            buckets.append(self._bucket("sender", by.id, to, at_most=100, minutes=60))
        return buckets

    def of_reset(self, *, source: str) -> list[Bucket]:
        """What asking for a reset fills, whether anybody goes by what was typed or not."""
        return [self._bucket("reset", source, at_most=30, minutes=60)]

    def _bucket(self, name: str, *parts: object, at_most: int, minutes: int) -> Bucket:
        key = self._sealer.derive(f"failures {name}", "\0".join(map(str, parts)).encode())
        return Bucket(key, at_most, minutes * 60)

    async def check(self, buckets: Sequence[Bucket]) -> None:
        """Refuse a try where too many have failed; TooManyAttempts says how long to wait."""
        (row,) = await self._database.fetch(FULL, [each.key for each in buckets], [each.at_most for each in buckets])
        if row[0] is not None:
            raise TooManyAttempts(retry_after=ceil(row[0]))

    async def count(self, buckets: Sequence[Bucket]) -> None:
        """Note a failure; refuse it as one too many if others were quicker."""
        keys = [each.key for each in buckets]
        rows = await self._database.fetch(COUNT, keys, [each.seconds for each in buckets])
        at_most = {each.key: each.at_most for each in buckets}
        over = [row["seconds"] for row in rows if row["count"] > at_most[row["bucket"]]]
        if over:
            raise TooManyAttempts(retry_after=ceil(max(over)))

    async def forget(self, buckets: Sequence[Bucket]) -> None:
        """Begin anew after a success."""
        await self._database.fetch(FORGET, [each.key for each in buckets])


async def prune_failures(database: Database) -> None:
    """Delete failures that do not count any more."""
    await database.fetch(PRUNE)
