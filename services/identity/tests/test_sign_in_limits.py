import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace
from sqlalchemy import text

from services.identity import passwords
from services.identity.devices import Known, mark_of, source_of, write_sealed
from services.identity.limits import prune_failures
from services.identity.sealing import Sealer
from services.identity.tests.kit import PASSWORD, operator, sign_in, signed_in
from tests.documented import as_documented
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
OLLE, WRONG = "olle@vendor.test", "not the password"
HOME, ELSEWHERE = "192.0.2.17", "198.51.100.4"


async def guess(app: App, source: str, email: str = OLLE, password: str = WRONG, **other: str) -> httpx.Response:
    """Sign in from an address."""
    served: Any = app.app
    transport = httpx.ASGITransport(served, client=(source, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://identity.test") as client:
        client.event_hooks = {"response": [as_documented]}
        body = {"email": email, "password": password, **other}
        return await client.post("/identity/v1/sign-in", json=body)


async def statuses(app: App, times: int, source: str, **other: str) -> list[int]:
    """What so many guesses are answered with."""
    return [(await guess(app, source, **other)).status_code for _ in range(times)]


async def pass_time(app: App, seconds: int) -> None:
    """So much real time, for the failures that are counted."""
    async with app.database.begin(None) as tx:
        earlier = text("UPDATE failures SET ends_at = ends_at - make_interval(secs => :seconds)")
        await tx.session.execute(earlier, {"seconds": seconds})


async def test_after_ten_failures_an_account_is_closed_to_that_address_and_to_no_other(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    assert await statuses(identity, 10, ELSEWHERE) == [401] * 10
    refused = await guess(identity, ELSEWHERE, password=PASSWORD)
    owner = await guess(identity, HOME, password=PASSWORD)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
    assert owner.status_code == 200


async def test_an_unknown_account_is_closed_after_as_many_with_the_same_answer(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    answers = [
        [await guess(identity, ELSEWHERE, email=email) for _ in range(12)] for email in (OLLE, "nobody@vendor.test")
    ]

    assert [[each.status_code for each in tries] for tries in answers] == [[401] * 10 + [429] * 2] * 2
    assert {tries[-1].content for tries in answers} == {answers[0][-1].content}
    assert {frozenset(tries[-1].headers) for tries in answers} == {frozenset(answers[0][-1].headers)}


@asynccontextmanager
async def all_cores_taken() -> AsyncIterator[None]:
    """Others' passwords are being looked at on each of them."""
    async with AsyncExitStack() as held:
        for _ in range(os.cpu_count() or 1):
            await held.enter_async_context(passwords.a_core())
        yield


async def test_who_is_over_the_limit_waits_in_no_line(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    await statuses(identity, 10, ELSEWHERE)

    async with all_cores_taken(), asyncio.timeout(passwords.LONGEST_WAIT / 2):
        refused = await guess(identity, ELSEWHERE)

    assert refused.status_code == 429


async def test_who_would_wait_for_too_long_is_told_to_come_again(app: AppOf, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = await app("identity")
    await operator(identity)
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.05)

    async with all_cores_taken():
        refused = await guess(identity, HOME, password=PASSWORD)
    afterwards = await guess(identity, HOME, password=PASSWORD)

    assert (refused.status_code, afterwards.status_code) == (503, 200)
    assert int(refused.headers["retry-after"]) > 0


async def test_a_limit_ends_when_retry_after_says_so(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    await statuses(identity, 10, ELSEWHERE)
    refused = await guess(identity, ELSEWHERE, password=PASSWORD)

    await pass_time(identity, int(refused.headers["retry-after"]))

    assert (await guess(identity, ELSEWHERE, password=PASSWORD)).status_code == 200


async def test_success_does_not_count(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    assert await statuses(identity, 15, HOME, password=PASSWORD) == [200] * 15


async def test_guesses_from_everywhere_never_close_the_device_that_its_owner_signed_in_from(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    known = (await guess(identity, HOME, password=PASSWORD)).json()["device_token"]

    for network in range(12):
        await statuses(identity, 9, f"203.0.113.{network}")
    stranger = await guess(identity, "203.0.113.77", password=PASSWORD)
    owner = await guess(identity, ELSEWHERE, password=PASSWORD, device_token=known)

    assert (stranger.status_code, owner.status_code) == (429, 200)


async def test_a_known_device_has_a_limit_of_its_own(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    known = (await guess(identity, HOME, password=PASSWORD)).json()["device_token"]
    renewed = (await guess(identity, HOME, password=PASSWORD, device_token=known)).json()["device_token"]

    half = await statuses(identity, 5, HOME, device_token=known)
    rest = await statuses(identity, 6, ELSEWHERE, device_token=renewed)

    assert half + rest == [401] * 10 + [429]
    assert (await guess(identity, HOME, password=PASSWORD)).status_code == 200


async def test_who_changes_the_password_stays_known_where_they_do(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    olle, new = await signed_in(identity, OLLE), "four geese cross the road"
    known = olle.tokens["device_token"]
    await statuses(identity, 9, HOME, device_token=known)
    body = {"current_password": PASSWORD, "new_password": new, "device_token": known}

    renewed = (await olle.call("POST", "/me/password", body)).json()["device_token"]

    await statuses(identity, 10, HOME)
    with_each = [await guess(identity, HOME, password=new, device_token=each) for each in (known, renewed)]
    assert [each.status_code for each in with_each] == [429, 200]
    assert await statuses(identity, 2, ELSEWHERE, device_token=renewed) == [401, 429]  # the same device, with its nine


async def test_a_device_that_does_not_say_which_it_is_is_a_new_one_once_the_password_is_changed(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    olle, new = await signed_in(identity, OLLE), "four geese cross the road"
    body = {"current_password": PASSWORD, "new_password": new}

    known = (await olle.call("POST", "/me/password", body)).json()["device_token"]

    await statuses(identity, 10, HOME)
    assert (await guess(identity, HOME, password=new)).status_code == 429
    assert (await guess(identity, HOME, password=new, device_token=known)).status_code == 200


@pytest.mark.parametrize("fault", ["another's", "old", "another secret", "another password", "no token", "a challenge"])
async def test_a_device_token_that_is_not_theirs_is_worth_nothing(app: AppOf, fault: str) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    ours, now = Sealer("a key secret of these tests"), datetime.now(UTC)
    async with identity.database.begin(olle) as tx:
        kept = await tx.session.scalar(text("SELECT password_hash FROM person WHERE id = :id"), {"id": olle})
    device = Known(person_id=olle, nonce=uuid4(), issued_at=now, mark=mark_of(ours, kept))
    tokens = {
        "another's": write_sealed(ours, replace(device, person_id=uuid4())),
        "old": write_sealed(ours, replace(device, issued_at=now - timedelta(days=90))),
        "another password": write_sealed(ours, replace(device, mark=mark_of(ours, "before"))),
        "another secret": write_sealed(Sealer("another secret"), device),
        "no token": "no token",
        "a challenge": ours.seal(b'{"type":"challenge"}').decode(),
    }
    await statuses(identity, 10, HOME)

    answer = await guess(identity, HOME, password=PASSWORD, device_token=tokens[fault])

    assert answer.status_code == 429


async def test_one_address_is_closed_after_a_hundred_failures_at_any_accounts(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    for person in range(20):
        await statuses(identity, 5, ELSEWHERE, email=f"person-{person}@vendor.test")

    assert (await guess(identity, ELSEWHERE, password=PASSWORD)).status_code == 429
    assert (await guess(identity, HOME, password=PASSWORD)).status_code == 200


async def test_parallel_guesses_get_past_the_limit_by_one_a_core_at_most(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    answers = await asyncio.gather(*(guess(identity, ELSEWHERE) for _ in range(40)))

    async with identity.database.begin(None) as tx:
        counted = await tx.session.scalar(text("SELECT max(count) FROM failures"))
    assert sum(answer.status_code == 401 for answer in answers) == 10
    assert 10 <= (counted or 0) <= 10 + 64


async def test_no_address_stands_in_what_is_counted_and_old_failures_are_deleted(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    await guess(identity, ELSEWHERE)
    async with identity.database.begin(None) as tx:
        rows = str((await tx.session.execute(text("SELECT * FROM failures"))).all())

    await pass_time(identity, 16 * 60)
    await prune_failures(identity.database)

    async with identity.database.begin(None) as tx:
        left = await tx.session.scalar(text("SELECT count(*) FROM failures"))
    assert ELSEWHERE not in rows
    assert OLLE not in rows
    assert left == 1  # the account's, of an hour


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.17", "192.0.2.17"),
        ("::ffff:192.0.2.17", "192.0.2.17"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("a.socket", "unknown"),
    ],
)
def test_a_source_is_what_one_subscriber_has_at_least(address: str, source: str) -> None:
    class Client:
        host = address

    client: Any = Client()

    assert source_of(client) == source


async def test_passwords_guessed_while_signed_in_are_limited_too(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    olle = await signed_in(identity, OLLE)
    body = {"current_password": "wrong", "new_password": "four geese cross the road"}

    answers = [await olle.call("POST", "/me/password", body) for _ in range(11)]

    assert [each.status_code for each in answers] == [400] * 10 + [429]
    assert answers[0].json()["code"] == "wrong_password"
    assert (await sign_in(identity, OLLE)).status_code == 200
