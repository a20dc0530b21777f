"""Fixtures of access's tests."""

import pytest

from services.access.tests.kit import AppOf, Office, World


@pytest.fixture
async def world(app: AppOf) -> World:
    """Access, which has heard of nobody yet."""
    return World(await app("access"))


@pytest.fixture
async def office(world: World) -> Office:
    """An agency with an admin, a consultant and an active client."""
    return await Office(world).open()
