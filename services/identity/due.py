"""What the worker of identity looks for by itself."""

import time
from datetime import timedelta

from libs.shared.database import Database
from libs.shared.worker import Due
from services.identity.sealing import Sealer
from services.identity.settings import Settings
from services.identity.usecases.rotate_key import retire_keys, rotate_key_when_due

LOOK_EACH = 60.0
"""Seconds between two looks at the keys."""


def tend_keys(settings: Settings) -> Due:
    """Rotate the key that tokens are signed with, and retire those before it."""
    sealer = Sealer(settings.key_secret)
    lead, lifetime = timedelta(minutes=settings.key_lead_minutes), timedelta(minutes=settings.token_minutes)
    next_look = time.monotonic()

    async def tend(database: Database) -> None:
        nonlocal next_look
        if time.monotonic() < next_look:
            return
        async with database.begin(None) as tx:
            await rotate_key_when_due(tx, sealer=sealer, lead=lead)
            await retire_keys(tx, tokens_live=lifetime)
        next_look = time.monotonic() + LOOK_EACH

    return tend
