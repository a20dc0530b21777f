"""The loop that runs bulk jobs, in the worker that leads."""

import asyncio
import logging

from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.database import Database, connection_lost
from libs.shared.errors import Unavailable
from services.access.live import ask_identity
from services.access.usecases.run_job import AskRoles, Claim, ClaimLost, claim_jobs, postpone_job, run_chunk

log = logging.getLogger(__name__)

POLL = 1.0
AT_ONCE = 20
"""Jobs that take turns, a chunk each."""


async def run_jobs(database: Database, bus: Bus) -> None:
    """Run jobs as they come, for ever; a notification is a hint, polling is the truth."""
    hint = asyncio.Event()
    listener = await database.connect()
    try:
        await listener.add_listener("job", lambda *_: hint.set())
        claims: list[Claim] = []
        while True:
            stop_if_cancelled()
            hint.clear()
            claims += await claim_jobs(database, at_most=AT_ONCE - len(claims))
            claims = await take_turns(database, ask_identity(bus), claims)
            if not claims:
                await _wait(hint)
                await listener.execute("SELECT 1")
    finally:
        listener.terminate()


async def take_turns(database: Database, ask_roles: AskRoles, claims: list[Claim]) -> list[Claim]:
    """A chunk of each claimed job; answers the claims that have more to do."""
    return [claim for claim in claims if not await _is_over(database, ask_roles, claim)]


async def _is_over(database: Database, ask_roles: AskRoles, claim: Claim) -> bool:
    try:
        return await run_chunk(database, ask_roles, claim)
    except ClaimLost:
        log.info("another worker goes on", extra={"job": claim.job_id})
    except Unavailable:
        log.info("identity does not answer, job waits", extra={"job": claim.job_id})
        await postpone_job(database, claim)
    except Exception as error:
        if connection_lost(error):
            raise
        log.exception("chunk failed, tried again when the lease is over", extra={"job": claim.job_id})
    return True


async def _wait(hint: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(hint.wait(), POLL)
    except TimeoutError:
        return
