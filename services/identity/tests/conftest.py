"""Fixtures of identity's tests."""

from collections.abc import Awaitable, Callable

import pytest

from libs.shared.bus import Bus
from services.identity.tests.program_kit import AppOf, Provider


@pytest.fixture
async def provider(app: AppOf, connect: Callable[[str], Awaitable[Bus]]) -> Provider:
    """Identity with a program, somebody who is signed in, and an access that answers."""
    return await Provider(await app("identity")).open(await connect("access"))
