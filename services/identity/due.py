"""What the worker of identity looks for by itself."""

import time
from datetime import timedelta
from functools import wraps

from libs.shared.database import Database
from libs.shared.worker import Due
from services.identity.sealing import Sealer
from services.identity.settings import Settings
from services.identity.usecases.rotate_key import retire_keys, rotate_key_when_due

MINUTE, HOUR = 60.0, 3600.0


def each(seconds: float, work: Due) -> Due:
    """Work that is not looked for at every tick; at the first one it is."""
    next_look = time.monotonic()

    @wraps(work)
    async def look(database: Database) -> None:
        nonlocal next_look
        if time.monotonic() >= next_look:
            await work(database)
            next_look = time.monotonic() + seconds

    return look


def tend_keys(settings: Settings) -> Due:
    """Rotate the key that tokens are signed with, and retire those before it."""
    sealer = Sealer(settings.key_secret)
    lead, lifetime = timedelta(minutes=settings.key_lead_minutes), timedelta(minutes=settings.token_minutes)

    async def tend(database: Database) -> None:
        async with database.begin(None) as tx:
            await rotate_key_when_due(tx, sealer=sealer, lead=lead)
            await retire_keys(tx, tokens_live=lifetime)

    return tend
