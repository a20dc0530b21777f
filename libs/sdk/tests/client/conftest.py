"""What tests of the client share."""

import pytest

from tests.scripted import Flavour, Time


@pytest.fixture(params=["sync", "async"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """Each flavour of the client."""
    return Flavour(request.param)


@pytest.fixture
def time() -> Time:
    """Time that only sleeping moves."""
    return Time()
