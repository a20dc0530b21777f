"""One short connection to NATS: it answers at once or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from libs.local.control.errors import NotNow, Refused, Unknown

PATIENCE = 5  # seconds


@asynccontextmanager
async def jetstream(
    url: str, user: str, password: str, *, patience: float = PATIENCE
) -> AsyncIterator[JetStreamContext]:
    """Connect as a user; what NATS refuses or leaves unanswered becomes an answer of ours."""
    try:
        try:
            client = await _connect(url, user, password)
        except ConnectionResetError:  # the server was just reading its users anew, and hung up on who came meanwhile
            client = await _connect(url, user, password)
        try:
            yield client.jetstream(timeout=patience)
        finally:
            await client.close()
    except NotFoundError as error:
        raise Unknown(f"NATS: {error.description}") from error
    except (nats.errors.Error, OSError, TimeoutError) as error:
        if isinstance(error, APIError) and not isinstance(error, ServiceUnavailableError):
            raise Refused(f"NATS: {error.description}") from error
        raise NotNow(f"NATS doesn't answer: {type(error).__name__}") from error


async def _connect(url: str, user: str, password: str) -> Client:
    return await nats.connect(
        url,
        user=user,
        password=password,
        inbox_prefix=f"_INBOX_{user}".encode(),
        allow_reconnect=False,
        max_reconnect_attempts=1,  # counted for the first connection, too
        reconnect_time_wait=0.1,
        connect_timeout=PATIENCE,
        error_cb=_quiet,
    )


async def _quiet(_error: Exception) -> None:
    """What goes wrong is raised where it is asked."""
