from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from sqlalchemy import text

from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
DAY = 24 * 3600.0


async def put(identity: App, seconds: float, *scopes: str) -> httpx.Response:
    headers = identity.keys.service(uuid4(), *scopes)
    return await identity.call("PUT", "/identity/v1/sandbox/clock", body={"ahead_seconds": seconds}, headers=headers)


async def ahead(identity: App) -> timedelta:
    """How far business time is ahead of real time, to the minute."""
    async with identity.database.begin(None) as tx:
        now = await tx.session.scalar(text("SELECT business_now()"))
        assert now == tx.now
    return timedelta(minutes=round((tx.now - datetime.now(UTC)) / timedelta(minutes=1)))


async def test_business_time_moves_forward_and_every_transaction_goes_by_it(app: AppOf) -> None:
    identity = await app("identity")
    at_first = await ahead(identity)

    moved = [(await put(identity, seconds, "sandbox")).status_code for seconds in (DAY, 2 * DAY)]

    assert moved == [200, 200]
    assert (at_first, await ahead(identity)) == (timedelta(0), timedelta(days=2))


async def test_business_time_can_not_be_moved_back(app: AppOf) -> None:
    identity = await app("identity")
    await put(identity, 2 * DAY, "sandbox")

    for seconds in (DAY, 0, 2 * DAY - 1):
        refused = await put(identity, seconds, "sandbox")
        assert (refused.status_code, refused.json()["code"]) == (409, "clock_only_moves_forward")
    assert await ahead(identity) == timedelta(days=2)


async def test_only_a_service_account_with_the_scope_moves_business_time(app: AppOf) -> None:
    identity = await app("identity")

    other_scope = await put(identity, DAY, "events.read")
    person = await identity.call("PUT", "/identity/v1/sandbox/clock", by=uuid4(), body={"ahead_seconds": DAY})

    assert (other_scope.status_code, person.status_code) == (403, 403)
    assert await ahead(identity) == timedelta(0)
