"""Fixtures of identity's tests."""

from collections.abc import Awaitable, Callable

import pytest

from libs.shared.bus import Bus
from services.identity.tests.program_kit import AppOf, Provider
from services.identity.tests.town import Town
from tests.kit import App


@pytest.fixture
async def town(app: Callable[[str], Awaitable[App]], connect: Callable[[str], Awaitable[Bus]]) -> Town:
    """An agency that has no client yet, and an access that answers what identity asks live."""
    made = Town(await app("identity"))
    await made.settle()
    await made.answer_live(await connect("access"))
    return made


@pytest.fixture
async def provider(app: AppOf, connect: Callable[[str], Awaitable[Bus]]) -> Provider:
    """Identity with a program, somebody who is signed in, and an access that answers."""
    return await Provider(await app("identity")).open(await connect("access"))
