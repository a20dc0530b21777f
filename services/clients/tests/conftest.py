"""Fixtures of clients' tests."""

from collections.abc import Awaitable, Callable

import pytest

from libs.shared.bus import Bus
from services.clients.tests.kit import Case, case_of
from tests.kit import App


@pytest.fixture
async def case(app: Callable[[str], Awaitable[App]], connect: Callable[[str], Awaitable[Bus]]) -> Case:
    """An agency, a company and their people."""
    started = await app("clients")
    return await case_of(started, await connect("identity"))
