"""The client and the real identity, on a real Postgres."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
import uvicorn
from fullmakt.client import AsyncFullmakt, ClientCredentials, Fullmakt, Retries, SignIn
from fullmakt.client.errors import AlreadyRegistered, InvalidError, NoAnswerError, NotFoundError
from fullmakt.client.models.identity import OpenServiceAccount, OrganisationView, RegisterOrganisation

from services.identity.tests.kit import PASSWORD, member, operator
from tests.kit import App, eventually
from tests.scripted import ONE

AppOf = Callable[[str], Awaitable[App]]
OPERATOR = SignIn("olle@vendor.test", PASSWORD)
COMPANY = RegisterOrganisation(
    kind="company", name="Bageriet", country="SE", organisation_number="556012-5790", second_subscription=False
)
GUIDE = OpenServiceAccount(name="A guide", scopes=["events.read"])


@pytest.fixture
async def identity(app: AppOf) -> App:
    """Identity, with an operator."""
    started = await app("identity")
    await operator(started)
    return started


class Forgetful(httpx.AsyncBaseTransport):
    """Loses the answer to the first request to a path that ends so, after the service has done it."""

    def __init__(self, app: App, ending: str) -> None:
        self.inner = httpx.ASGITransport(app.app)  # type: ignore[arg-type]
        self.ending = ending
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on."""
        answer = await self.inner.handle_async_request(request)
        if request.method == "POST" and request.url.path.endswith(self.ending):
            self.sent += 1
            if self.sent == 1:
                raise httpx.ReadError("the answer was lost")
        return answer


def api_of(app: App, by: SignIn = OPERATOR, *, transport: httpx.AsyncBaseTransport | None = None) -> AsyncFullmakt:
    """A client of this service alone."""
    inner = transport or httpx.ASGITransport(app.app)  # type: ignore[arg-type]
    http = httpx.AsyncClient(transport=inner)
    return AsyncFullmakt({"identity": "http://identity.test/identity"}, by, http=http, retries=AT_ONCE)


async def no_sleep(_: float) -> None:
    """Retries come at once."""


AT_ONCE = Retries(sleep_async=no_sleep)


async def test_an_operator_signs_in_registers_a_company_and_lists_its_members(identity: App) -> None:
    api = api_of(identity)

    company = await api.identity.register_organisation(COMPANY)
    by = (await api.identity.get_me()).person_id
    for name in ("anna", "bo", "cia"):
        await member(identity, by, company.id, f"{name}@company.test")
    anna = api_of(identity, SignIn("anna@company.test", PASSWORD))
    members = [each.name async for each in anna.identity.list_members(company.id, limit=2)]

    assert (company.name, company.organisation_number) == ("Bageriet", "5560125790")
    assert members == ["Anna", "Bo", "Cia"]
    with pytest.raises(NotFoundError):
        await api.identity.get_organisation(ONE)


async def test_a_wrong_field_is_named(identity: App) -> None:
    wrong = RegisterOrganisation(kind="company", name="X", country="SE", organisation_number="556012-5791")

    with pytest.raises(InvalidError) as failed:
        await api_of(identity).identity.register_organisation(wrong)

    assert [(each.field, each.message) for each in failed.value.fields] == [
        ("organisation_number", "the check digit is wrong")
    ]


async def test_a_registration_whose_answer_was_lost_is_repeated_and_takes_effect_once(identity: App) -> None:
    transport = Forgetful(identity, "/organisations")
    api = api_of(identity, transport=transport)

    company = await api.identity.register_organisation(COMPANY)

    assert transport.sent == 2
    assert await api.identity.get_organisation(company.id) == company
    with pytest.raises(AlreadyRegistered):  # as the repetition would have been without its key
        await api.identity.register_organisation(COMPANY)


async def test_what_takes_no_key_is_not_repeated_when_its_answer_was_lost(identity: App) -> None:
    transport = Forgetful(identity, "/service-accounts")

    with pytest.raises(NoAnswerError, match=r"identity\.openServiceAccount: no answer"):
        await api_of(identity, transport=transport).identity.open_service_account(GUIDE)

    assert transport.sent == 1


class Quiet(uvicorn.Server):
    """A server that leaves signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@pytest.fixture
async def address(identity: App) -> AsyncIterator[str]:
    """Where identity listens."""
    server = Quiet(uvicorn.Config(identity.app, port=0, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())

    async def listening() -> bool:
        return server.started

    await eventually(listening)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def test_a_service_account_works_from_threads_over_a_real_connection(address: str) -> None:
    def register() -> OrganisationView:
        with Fullmakt(address, OPERATOR) as api:
            account = api.identity.open_service_account(GUIDE)
            company = api.identity.register_organisation(COMPANY)
        with Fullmakt(address, ClientCredentials(account.client_id, account.client_secret)) as api:
            events = api.identity.read_feed().page().items
            assert [each.thing for each in events] == [company.id]
            assert [each.thing for each in api.identity.read_snapshot()] == [company.id]
        return company

    company = await asyncio.to_thread(register)

    assert company.kind == "company"
