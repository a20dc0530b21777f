"""Fixtures of notify's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from libs.local.nats import Nats
from libs.shared.settings import read_settings
from services.notify.settings import Settings
from services.notify.tests.kit import Post, Town
from tests.kit import App, Keys, environment_of


@pytest.fixture
async def town(app: Callable[[str], Awaitable[App]]) -> Town:
    """An agency, a company and their people, whom notify knows."""
    town = Town(await app("notify"))
    await town.settle()
    return town


@pytest.fixture
async def post(town: Town, nats: Nats, keys: Keys, tmp_path: Path) -> AsyncIterator[Post]:
    """A mail server and an SMS gateway, and a sender that uses them."""
    environment = environment_of("notify", town.database.url, nats, keys)
    async with Post.open(tmp_path / "caught.jsonl", environment) as opened:
        opened.settings = read_settings(Settings, opened.environment)
        opened.database = town.database
        yield opened
