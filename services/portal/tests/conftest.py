"""Fixtures of the portal's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fullmakt.questions import ROLES, RolesAnswer, RolesQuestion

from libs.shared.bus import Bus
from services.portal.tests.kit import Street
from services.portal.tests.stub import Stub
from tests.kit import App, eventually


@pytest.fixture
async def empty_street(app: Callable[[str], Awaitable[App]]) -> AsyncIterator[Street]:
    """Identity and clients, nobody there yet."""
    street = Street(await app("identity"), await app("clients"))

    async def answering() -> bool:
        bus: Bus = street.clients.app.state.bus
        question = RolesQuestion(organisation_id=street.agency, person_id=street.agency)
        try:
            await bus.ask("identity", ROLES, question, RolesAnswer)
        except Exception:  # noqa: BLE001 - whatever it is, they have not found each other yet
            return False
        return True

    await eventually(answering)
    yield street
    for hook in street.portal.on_shutdown:
        await hook(street.portal)


@pytest.fixture
async def street(empty_street: Street) -> Street:
    """An agency that has asked a company for a link."""
    await empty_street.build()
    return empty_street


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    """The portal over an identity that says what a test has it say."""
    stub = Stub()
    yield stub
    for hook in stub.portal.on_shutdown:
        await hook(stub.portal)
