"""Fixtures of the subscriber's tests."""

from collections.abc import Awaitable, Callable

import pytest

from libs.local.nats import Nats
from libs.shared.bus import Bus
from tests.wire import ADMIN, Wire


@pytest.fixture
async def wire(nats: Nats, connect: Callable[[str], Awaitable[Bus]]) -> Wire:
    """A server with every stream, empty, to publish to."""
    return Wire(nats, await connect(ADMIN))
