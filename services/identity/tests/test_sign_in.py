import asyncio
from collections.abc import Awaitable, Callable
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.identity.passwords import check, verify
from services.identity.tests.kit import PASSWORD, Signed, member, operator, organisation, sign_in, signed_in, trail
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
OLLE = "olle@vendor.test"


def shown(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that a caller sees of an answer but when it was."""
    headers = [(name, value) for name, value in answer.headers.items() if name not in {"date", "traceparent"}]
    return answer.status_code, answer.content, sorted(headers)


async def test_unknown_wrong_and_without_a_password_get_the_same_bytes_after_one_hash_each(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    path = f"/identity/v1/organisations/{company}/invitations"
    await identity.call("POST", path, by=by, body={"name": "Invited", "email": "invited@c.test"})
    seen, counted = [], []

    for email in (OLLE, "nobody@vendor.test", "invited@c.test"):
        with patch("services.identity.passwords.check", wraps=check) as checked:
            seen.append(shown(await sign_in(identity, email, "not the password")))
            counted.append(checked.call_count)

    assert seen[0][0] == 401
    assert seen == [seen[0]] * 3
    assert counted == [1, 1, 1]


async def test_a_sign_in_is_a_session_with_a_token_that_names_it_and_stands_in_the_trail(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)

    answer = await identity.call(
        "POST",
        "/identity/v1/sign-in",
        body={"email": OLLE, "password": PASSWORD},
        headers={"User-Agent": "Browser 7"},
    )

    signed = Signed(identity, answer)
    listed = (await signed.call("GET", "/me/sessions")).json()["items"]
    assert answer.headers["cache-control"] == "no-store"
    assert [(item["session_id"], item["current"]) for item in listed] == [(str(signed.session), True)]
    assert (listed[0]["user_agent"], listed[0]["methods"]) == ("Browser 7", ["pwd"])
    (entry,) = [each for each in await trail(identity, olle) if each["action"] == "sign_in"]
    assert (entry["actor"], entry["thing"]) == (f"person:{olle}", str(signed.session))
    assert "127.0.0.1" not in str(entry)
    assert "Browser" not in str(entry)


async def test_a_client_user_signs_in_with_their_username_while_the_membership_lasts(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    anna = await member(identity, by, company, "anna@c.test")
    named = text("UPDATE membership SET username = 'anna.berg'")
    async with identity.database.begin(company) as tx:
        await tx.session.execute(named)

    by_name = await signed_in(identity, "Anna.Berg")
    await identity.call("DELETE", f"/identity/v1/organisations/{company}/members/{anna}", by=anna)
    after = await sign_in(identity, "anna.berg")

    assert (await by_name.call("GET", "/me")).json()["person_id"] == str(anna)
    assert after.status_code == 401


async def test_a_password_changed_while_the_old_one_is_checked_lets_nobody_in(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    checked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(kept: str | None, password: str) -> bool:
        right = await verify(kept, password)
        checked.set()
        await go_on.wait()
        return right

    with patch("services.identity.credentials.verify", slow):
        asking = asyncio.create_task(sign_in(identity, OLLE))
        await checked.wait()
        async with identity.database.begin(olle) as tx:
            await tx.session.execute(text("UPDATE person SET password_hash = 'another'"))
        go_on.set()
        answer = await asking

    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_sign_in")
    async with identity.database.begin(olle) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM session")) == 0


async def test_who_is_held_for_long_is_told_to_come_again_and_keeps_nobody_else_waiting(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    company = await organisation(identity, olle)
    await member(identity, olle, company, "anna@c.test")

    async with identity.database.begin(olle) as tx:
        await tx.session.execute(text("SELECT FROM person WHERE id = :id FOR UPDATE"), {"id": olle})
        held = [asyncio.create_task(sign_in(identity, OLLE)) for _ in range(2)]
        meanwhile = await sign_in(identity, "anna@c.test")
        refused = await asyncio.gather(*held)
    afterwards = await sign_in(identity, OLLE)

    assert [each.status_code for each in (meanwhile, *refused, afterwards)] == [200, 503, 503, 200]
    assert refused[0].headers["retry-after"] == "1"


async def test_a_sign_in_is_never_stored_for_a_repeat(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    body = {"email": OLLE, "password": PASSWORD}
    answer = await identity.call("POST", "/identity/v1/sign-in", body=body, headers={"Idempotency-Key": "once"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("path", ["/me/sessions", "/me"])
async def test_a_service_account_has_no_sign_in_of_its_own(app: AppOf, path: str) -> None:
    identity = await app("identity")
    headers = identity.keys.service(UUID(int=7), "events.read")

    answer = await identity.call("GET", f"/identity/v1{path}", headers=headers)

    assert answer.status_code == 404 or answer.json()["items"] == []
