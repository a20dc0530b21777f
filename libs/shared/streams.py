"""The streams, kept as the contracts have them by a process of its own: services may not configure streams."""

import asyncio
import logging

import nats.errors
from fullmakt.events import CONTRACTS
from nats.js.errors import Error as JetStreamError

from libs.shared.bus import Bus, stop_if_cancelled

log = logging.getLogger(__name__)

LOOK_EACH = 1.0


def streams() -> dict[str, bool]:
    """Every stream of the contracts, and whether only the latest event of each thing is kept in it."""
    return {contract.stream: contract.latest_only for contract in CONTRACTS.values()}


def types_kept_whole() -> list[str]:
    """The types of which every event is kept, since none says all that the ones before it said."""
    return [f"fullmakt.{type_}" for type_, c in CONTRACTS.items() if c.keeps == "all"]


async def ensure_streams(bus: Bus) -> None:
    """Make what streams are missing, and bring the others to the subjects of the contracts."""
    for stream, latest_only in sorted(streams().items()):
        await bus.ensure_stream(stream, latest_only=latest_only)


async def keep_streams(bus: Bus) -> None:
    """Ensure the streams for ever; one that is lost comes back empty, and the relays fill it again."""
    while True:
        stop_if_cancelled()
        try:
            await ensure_streams(bus)
        except (JetStreamError, nats.errors.Error, TimeoutError, OSError) as error:
            log.warning("streams could not be looked after: %s", type(error).__name__)
        await asyncio.sleep(LOOK_EACH)
