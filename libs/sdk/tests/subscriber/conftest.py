"""Fixtures of the subscriber's tests."""

from collections.abc import Awaitable, Callable

import pytest

from libs.local.nats import Nats
from libs.sdk.tests.subscriber.kit import ADMIN, Wire
from libs.shared.bus import Bus


@pytest.fixture
async def wire(nats: Nats, connect: Callable[[str], Awaitable[Bus]]) -> Wire:
    """A server with every stream, empty, to publish to."""
    return Wire(nats, await connect(ADMIN))
