import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fullmakt.events import PasswordResetRequested

from libs.shared.mail_tokens import write_token
from services.identity.tests.kit import PASSWORD, SECRET, member, operator, organisation, sign_in
from services.identity.tests.places import ADMIN, change, ended, remove, rows, signed_in
from services.identity.usecases.add_operator import add_operator
from tests.kit import App, move_clock, told

AppOf = Callable[[str], Awaitable[App]]
OPERATORS = "/identity/v1/operators"
RESETS = "/identity/v1/password-resets"
ACCOUNTS = "/identity/v1/service-accounts"


async def link(app: App) -> str:
    """The token of the link that was mailed last."""
    event = (await told(app.database, PasswordResetRequested))[-1]
    return write_token(SECRET, "password_reset", event.password_reset_id, event.person_id, event.generation)


async def another(app: App, number: int) -> UUID:
    """An operator who has a password."""
    async with app.database.begin(None) as tx:
        person = await add_operator(tx, name=f"Op {number}", email=f"op{number}@vendor.test", password=PASSWORD)
        assert person is not None
        return person.id


async def test_a_new_operator_is_mailed_a_link_to_choose_a_password_and_has_none_before(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)

    answer = await identity.call("POST", OPERATORS, by=by, body={"name": "Olga", "email": "Olga@vendor.test"})

    assert answer.status_code == 201, answer.text
    olga = answer.json()
    assert olga["email"] == "olga@vendor.test"
    (event,) = await told(identity.database, PasswordResetRequested)
    assert (str(event.person_id), event.generation) == (olga["person_id"], 1)
    listed = (await identity.call("GET", OPERATORS, by=by)).json()["items"]
    assert {(row["email"], row["has_sign_in"]) for row in listed} == {
        ("olle@vendor.test", True),
        ("olga@vendor.test", False),
    }


async def test_an_invited_operator_chooses_a_password_by_the_mailed_link_or_by_one_asked_for_anew(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)

    for name, anew in (("olga", False), ("oda", True)):
        email = f"{name}@vendor.test"
        await identity.call("POST", OPERATORS, by=by, body={"name": name.title(), "email": email})
        mailed = await link(identity)
        if anew:
            await move_clock(identity.database, timedelta(hours=25))
            old = await identity.call("POST", f"{RESETS}/{mailed}", body={"password": PASSWORD})
            assert (old.status_code, old.json()["code"]) == (409, "reset_link_over")
            await identity.call("POST", RESETS, body={"email": email})
            mailed = await link(identity)

        chosen = await identity.call("POST", f"{RESETS}/{mailed}", body={"password": PASSWORD})

        assert chosen.status_code == 200, chosen.text
        assert (await sign_in(identity, email)).status_code == 200


async def test_an_operator_removed_before_choosing_a_password_has_no_use_of_the_link(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    olga = await identity.call("POST", OPERATORS, by=by, body={"name": "Olga", "email": "olga@vendor.test"})
    mailed = await link(identity)
    await identity.call("DELETE", f"{OPERATORS}/{olga.json()['person_id']}", by=by)

    answer = await identity.call("POST", f"{RESETS}/{mailed}", body={"password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (409, "reset_link_over")


async def test_an_address_in_use_or_no_address_makes_no_operator(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    await member(identity, by, company, "anna@c.test", ADMIN)
    path = f"/identity/v1/organisations/{company}/invitations"
    await identity.call("POST", path, by=by, body={"name": "Guest", "email": "guest@c.test"})

    async def add(email: str) -> tuple[int, str]:
        answer = await identity.call("POST", OPERATORS, by=by, body={"name": "X", "email": email})
        return answer.status_code, answer.json()["errors"][0]["field"]

    for email in ("olle@vendor.test", "ANNA@c.test", "guest@c.test"):
        assert await add(email) == (409, "email")
    assert await add("no address") == (400, "email")


async def test_who_has_left_everywhere_may_become_an_operator(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    await member(identity, by, company, "boss@c.test", ADMIN)
    kim = await member(identity, by, company, "kim@c.test")
    await remove(identity, company, kim, by=kim)

    answer = await identity.call("POST", OPERATORS, by=by, body={"name": "Kim", "email": "kim@c.test"})

    assert (answer.status_code, answer.json()["person_id"]) == (201, str(kim))


async def test_operators_and_accounts_are_for_operators_alone(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    anna = await member(identity, by, await organisation(identity, by), "anna@c.test", ADMIN)
    account = (await identity.call("POST", ACCOUNTS, by=by, body={"name": "ERP", "scopes": ["events.read"]})).json()
    calls = [
        ("GET", OPERATORS, None),
        ("POST", OPERATORS, {"name": "X", "email": "x@x.test"}),
        ("DELETE", f"{OPERATORS}/{by}", None),
        ("GET", ACCOUNTS, None),
        ("POST", f"{ACCOUNTS}/{account['client_id']}/secret", None),
        ("DELETE", f"{ACCOUNTS}/{account['client_id']}", None),
    ]

    for headers in (identity.keys.person(anna), identity.keys.service(UUID(account["client_id"]), "events.read")):
        for method, path, body in calls:
            answer = await identity.call(method, path, body=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_an_operator")


async def test_a_removed_operator_is_signed_out_and_nothing_is_theirs_to_do(app: AppOf) -> None:
    identity = await app("identity")
    by, gone = await operator(identity), await another(identity, 1)
    session = await signed_in(identity, gone)

    answer = await identity.call("DELETE", f"{OPERATORS}/{gone}", by=by)
    again = await identity.call("DELETE", f"{OPERATORS}/{gone}", by=by)

    assert (answer.status_code, again.status_code) == (200, 404)
    assert await ended(identity, gone) == {session: "left"}
    assert (await identity.call("GET", OPERATORS, by=gone)).status_code == 403
    signing_in = {"email": "op1@vendor.test", "password": PASSWORD}
    assert (await identity.call("POST", "/identity/v1/sign-in", body=signing_in)).status_code == 401


async def test_of_operators_who_remove_each_other_at_the_same_moment_one_who_can_sign_in_stays(app: AppOf) -> None:
    identity = await app("identity")
    people = [await another(identity, number) for number in range(5)]
    invited = {"name": "Olga", "email": "olga@vendor.test"}
    assert (await identity.call("POST", OPERATORS, by=people[0], body=invited)).status_code == 201

    answers = await asyncio.gather(*(identity.call("DELETE", f"{OPERATORS}/{person}", by=person) for person in people))

    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [409]
    (refused,) = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert refused == "last_operator"
    assert await rows(identity, None, "SELECT count(*) FROM operators() WHERE has_sign_in") == [(1,)]


async def test_lists_of_operators_and_accounts_are_paged_each_once(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    for number in range(2):
        await another(identity, number)
        body = {"name": f"ERP {number}", "scopes": ["events.read"]}
        await identity.call("POST", ACCOUNTS, by=by, body=body)

    for path, key, count in ((OPERATORS, "person_id", 3), (ACCOUNTS, "client_id", 2)):
        found, following = [], f"{path}?limit=1"
        while following:
            page = await identity.call("GET", following, by=by)
            found += [row[key] for row in page.json()["items"]]
            following = page.links.get("next", {}).get("url", "")
        assert (len(found), len(set(found))) == (count, count)


class Account:
    """A service account, and what it gets by a secret."""

    def __init__(self, app: App, told_of: dict[str, str]) -> None:
        self.app = app
        self.id = told_of["client_id"]
        self.secret = told_of["client_secret"]

    async def token(self, secret: str) -> int:
        form = {"grant_type": "client_credentials"}
        answer: httpx.Response = await self.app.client.post("/identity/v1/token", data=form, auth=(self.id, secret))
        return answer.status_code


@pytest.fixture
async def account(app: AppOf) -> tuple[Account, UUID]:
    identity = await app("identity")
    by = await operator(identity)
    opened = await identity.call("POST", ACCOUNTS, by=by, body={"name": "ERP", "scopes": ["events.read"]})
    return Account(identity, opened.json()), by


async def test_a_new_secret_is_shown_once_and_the_old_one_is_dead_at_once(account: tuple[Account, UUID]) -> None:
    erp, by = account

    answer = await erp.app.call("POST", f"{ACCOUNTS}/{erp.id}/secret", by=by)

    assert answer.headers["cache-control"] == "no-store"
    new = answer.json()["client_secret"]
    assert (await erp.token(erp.secret), await erp.token(new)) == (401, 200)
    stored = await erp.app.call("POST", f"{ACCOUNTS}/{erp.id}/secret", by=by, headers={"Idempotency-Key": "x"})
    assert stored.status_code == 400
    listed = (await erp.app.call("GET", ACCOUNTS, by=by)).text
    assert new not in listed
    assert erp.secret not in listed


async def test_a_revoked_account_gets_no_token_and_no_secret_any_more(account: tuple[Account, UUID]) -> None:
    erp, by = account

    answers = [await erp.app.call("DELETE", f"{ACCOUNTS}/{erp.id}", by=by) for _ in range(2)]
    secret = await erp.app.call("POST", f"{ACCOUNTS}/{erp.id}/secret", by=by)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (secret.status_code, secret.json()["code"]) == (409, "account_revoked")
    assert await erp.token(erp.secret) == 401
    (listed,) = (await erp.app.call("GET", ACCOUNTS, by=by)).json()["items"]
    assert listed["revoked_at"] is not None


async def test_an_unknown_account_or_operator_is_not_found(account: tuple[Account, UUID]) -> None:
    erp, by = account

    for method, path in (
        ("POST", f"{ACCOUNTS}/{uuid4()}/secret"),
        ("DELETE", f"{ACCOUNTS}/{uuid4()}"),
        ("DELETE", f"{OPERATORS}/{uuid4()}"),
    ):
        assert (await erp.app.call(method, path, by=by)).status_code == 404


async def test_an_operator_who_joins_an_organisation_is_an_operator_there_too(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    anna = await member(identity, by, company, "anna@c.test", ADMIN)
    assert await member(identity, anna, company, "olle@vendor.test") == by

    taken = await change(identity, company, anna, by=by)
    gone = await remove(identity, company, by, by=by)

    assert (taken.status_code, gone.status_code, gone.json()) == (200, 200, {"state": "left"})


async def test_an_operator_leaves_as_only_administrator_as_anybody_does(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    await member(identity, by, company, "olle@vendor.test", ADMIN)

    assert (await remove(identity, company, by, by=by)).json() == {"state": "leaving"}
