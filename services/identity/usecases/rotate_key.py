"""Sign with a new key from soon on, without anybody noticing."""

from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func, select, update

from libs.shared.audit import Entry
from libs.shared.database import Tx
from services.identity.keys import KEPT, lock_keys, new_key
from services.identity.models import SigningKey
from services.identity.sealing import Sealer
from services.identity.sessions import real_now

EACH = timedelta(days=30)
MARGIN = timedelta(seconds=KEPT + 60)
"""How much longer than its tokens a key stays: a process may sign with it for KEPT, and clocks differ."""
SYSTEM = UUID(int=0)
"""Tenant of what belongs to the system as a whole."""


async def rotate_key(tx: Tx, *, sealer: Sealer, lead: timedelta) -> SigningKey:
    """Publish a new key, which signs once `lead` is over; those before it stay until their tokens have expired."""
    await lock_keys(tx)
    now = await real_now(tx)
    key = new_key(sealer, created_at=now, signs_from=now + lead)
    tx.add(key)
    await tx.become(SYSTEM)
    entry = Entry(
        tenant=SYSTEM,
        at=tx.now,
        actor=tx.actor,
        action="rotate_key",
        thing=uuid5(NAMESPACE_URL, f"urn:fullmakt:key:{key.kid}"),
        details={"kid": key.kid},
    )
    await tx.record(entry)
    return key


async def rotate_key_when_due(tx: Tx, *, sealer: Sealer, lead: timedelta) -> None:
    """Rotate if the newest key is 30 days old."""
    await lock_keys(tx)
    newest = await tx.session.scalar(select(func.max(SigningKey.created_at)))
    if newest is not None and await real_now(tx) - newest >= EACH:
        await rotate_key(tx, sealer=sealer, lead=lead)


async def retire_keys(tx: Tx, *, tokens_live: timedelta) -> None:
    """Publish no more those keys whose successor has signed for longer than any token lives."""
    await lock_keys(tx)
    now = await real_now(tx)
    latest = select(func.max(SigningKey.signs_from)).where(SigningKey.signs_from <= now - tokens_live - MARGIN)
    ripe = SigningKey.retired_at.is_(None) & (SigningKey.signs_from < latest.scalar_subquery())
    await tx.session.execute(update(SigningKey).where(ripe).values(retired_at=now))
