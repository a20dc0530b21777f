"""What tests of the client share."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tests.scripted import Flavour, Time

LONGEST = 30
"""Seconds that a test of the client may take."""


@pytest.fixture(params=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """Each flavour of the client."""
    return Flavour(request.param)


@pytest.fixture
def time() -> Time:
    """Time that only sleeping moves."""
    return Time()


@pytest.fixture(autouse=True)
def _no_hanging() -> Iterator[None]:
    """Fail what would go on for ever: endless retries, endless pages, waiting for a token that nobody gets."""

    def overdue(_: int, __: FrameType | None) -> None:
        pytest.fail(f"the test did not end within {LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, overdue)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
