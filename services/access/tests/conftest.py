"""Fixtures of access's tests."""

from collections.abc import Awaitable, Callable

import pytest

from libs.shared.bus import Bus
from services.access.tests.kit import AppOf, Office, World


@pytest.fixture
async def world(app: AppOf, connect: Callable[[str], Awaitable[Bus]]) -> World:
    """Access, which has heard of nobody yet, and an identity that answers what it asks live."""
    made = World(await app("access"))
    await made.answer_live(await connect("identity"))
    return made


@pytest.fixture
async def office(world: World) -> Office:
    """An agency with an admin, a consultant and an active client."""
    return await Office(world).open()
