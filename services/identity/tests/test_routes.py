import json
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from libs.shared.mail_tokens import write_token
from services.identity.tests.kit import PASSWORD, SECRET, member, operator, organisation
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]


async def test_an_invited_administrator_sets_a_password_and_signs_in(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)

    anna = await member(identity, by, company, "Anna@Company.test", "system_administrator")

    body = {"email": "anna@company.TEST", "password": PASSWORD}
    token = await identity.call("POST", "/identity/v1/sign-in", body=body)
    assert token.status_code == 200, token.text
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    me = (await identity.call("GET", "/identity/v1/me", headers=headers)).json()
    assert me["person_id"] == str(anna)
    place = {"organisation_id": str(company), "roles": ["system_administrator"], "username": None, "leaving": False}
    assert me["memberships"] == [place]


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    wrong = await identity.call("POST", "/identity/v1/sign-in", body={"email": "olle@vendor.test", "password": "wrong"})
    unknown = await identity.call("POST", "/identity/v1/sign-in", body={"email": "x@vendor.test", "password": "wrong"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content


async def test_a_wrong_check_digit_is_named_by_field(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)

    body = {"kind": "company", "name": "X", "country": "SE", "organisation_number": "556012-5791"}
    answer = await identity.call("POST", "/identity/v1/organisations", by=by, body=body)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "organisation_number", "message": "the check digit is wrong"}]


@pytest.mark.parametrize("name", ["Nul \x00", "half a pair \ud800"])
async def test_text_that_can_not_be_kept_is_refused(app: AppOf, name: str) -> None:
    identity = await app("identity")
    by = await operator(identity)
    body = {"kind": "company", "name": name, "country": "SE", "organisation_number": "556012-5790"}

    headers = identity.keys.person(by) | {"Content-Type": "application/json"}
    answer = await identity.client.post("/identity/v1/organisations", content=json.dumps(body), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


async def test_only_an_operator_registers_and_only_administrators_invite(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    anna = await member(identity, by, company, "anna@c.test", "system_administrator")
    plain = await member(identity, by, company, "plain@c.test")
    new = {"kind": "company", "name": "X", "country": "SE", "organisation_number": "556016-0680"}
    guest = {"name": "Guest", "email": "guest@c.test"}
    path = f"/identity/v1/organisations/{company}/invitations"

    registered = await identity.call("POST", "/identity/v1/organisations", by=anna, body=new)
    by_plain = await identity.call("POST", path, by=plain, body=guest)
    by_admin = await identity.call("POST", path, by=anna, body=guest)

    assert (registered.status_code, registered.json()["code"]) == (403, "not_an_operator")
    assert (by_plain.status_code, by_admin.status_code) == (403, 201)


async def test_an_invitation_link_is_good_once_and_not_for_others(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    path = f"/identity/v1/organisations/{company}/invitations"
    invited = (await identity.call("POST", path, by=by, body={"name": "A", "email": "a@c.test"})).json()
    ids = UUID(invited["id"]), UUID(invited["person_id"])

    async def accept(token: str) -> tuple[int, str]:
        answer = await identity.call(
            "POST", f"/identity/v1/invitations/{token}/accept", body={"password": "a long enough password"}
        )
        return answer.status_code, answer.json().get("code", "")

    forged = write_token("another secret", "invitation", *ids, 1)
    other_purpose = write_token(SECRET, "link_request", *ids, 1)
    genuine = write_token(SECRET, "invitation", *ids, 1)
    assert [await accept(token) for token in (forged, other_purpose, "x")] == [(409, "invitation_not_open")] * 3
    assert await accept(genuine) == (200, "")
    assert await accept(genuine) == (409, "already_accepted")


async def test_somebody_with_a_sign_in_joins_by_accepting_and_keeps_name_and_password(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    first, second = await organisation(identity, by), await organisation(identity, by, number="556016-0680")
    anna = await member(identity, by, first, "anna@c.test", "system_administrator")
    path = f"/identity/v1/organisations/{second}/invitations"
    invited = (await identity.call("POST", path, by=by, body={"name": "Else", "email": "ANNA@c.test"})).json()
    token = write_token(SECRET, "invitation", UUID(invited["id"]), anna, 1)

    anonymous = await identity.call(
        "POST", f"/identity/v1/invitations/{token}/accept", body={"password": "somebody else's password"}
    )
    signed_in = await identity.call("POST", f"/identity/v1/invitations/{token}/accept", by=anna, body={})

    assert (anonymous.status_code, anonymous.json()["code"]) == (400, "sign_in_first")
    assert signed_in.status_code == 200
    me = (await identity.call("GET", "/identity/v1/me", by=anna)).json()
    assert (me["name"], len(me["memberships"])) == ("Anna", 2)
    body = {"email": "anna@c.test", "password": PASSWORD}
    assert (await identity.call("POST", "/identity/v1/sign-in", body=body)).status_code == 200


async def test_an_invited_person_who_has_not_accepted_shows_nothing_of_theirs_to_who_invited(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    first, second = await organisation(identity, by), await organisation(identity, by, number="556016-0680")
    await member(identity, by, first, "anna@c.test", "system_administrator")
    eve = await member(identity, by, second, "eve@c.test", "system_administrator")

    path = f"/identity/v1/organisations/{second}"
    answer = await identity.call(
        "POST", f"{path}/invitations", by=eve, body={"name": "Somebody", "email": "anna@c.test"}
    )
    members = (await identity.call("GET", f"{path}/members", by=eve)).json()["items"]

    assert answer.json()["state"] == "invited"
    assert [row["name"] for row in members] == ["Eve"]


async def test_a_service_account_gets_a_token_by_its_secret_alone(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    body = {"name": "ERP", "scopes": ["events.read"]}
    account = (await identity.call("POST", "/identity/v1/service-accounts", by=by, body=body)).json()

    async def token(secret: str) -> httpx.Response:
        form = {"grant_type": "client_credentials"}
        return await identity.client.post("/identity/v1/token", data=form, auth=(account["client_id"], secret))

    wrong, right = await token("wrong"), await token(account["client_secret"])
    assert (wrong.status_code, right.status_code) == (401, 200)
    headers = {"Authorization": f"Bearer {right.json()['access_token']}"}
    feed = await identity.call("GET", "/identity/v1/feed", headers=headers)
    assert feed.status_code == 200
    assert {item["headers"]["ce-type"] for item in feed.json()["items"]} == set()


async def test_a_refused_token_is_told_of_as_oauth_wants_it(app: AppOf) -> None:
    identity = await app("identity")

    async def token(**form: str) -> httpx.Response:
        return await identity.client.post("/identity/v1/token", data=form, auth=(str(UUID(int=1)), "wrong"))

    stranger = await token(grant_type="client_credentials")
    other, nothing = await token(grant_type="password"), await token(further="x")

    answers = [(answer.status_code, answer.json()["error"]) for answer in (stranger, other, nothing)]
    assert answers == [(401, "invalid_client"), (400, "unsupported_grant_type"), (400, "invalid_request")]
    assert stranger.json()["error_description"] == stranger.json()["detail"]
    assert stranger.json()["code"] == "wrong_client_credentials"


async def test_members_are_paged_by_name_each_once(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    eve = await member(identity, by, company, "eve@c.test", "system_administrator")
    for name in ("anna", "bo", "dan"):
        await member(identity, by, company, f"{name}@c.test")

    read, following = [], f"/identity/v1/organisations/{company}/members?limit=3"
    while following:
        page = await identity.call("GET", following, by=eve)
        read.append([row["name"] for row in page.json()["items"]])
        following = page.links.get("next", {}).get("url", "")

    assert read == [["Anna", "Bo", "Dan"], ["Eve"]]


async def test_an_answer_with_a_token_is_not_to_be_kept(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)

    answer = await identity.call(
        "POST", "/identity/v1/sign-in", body={"email": "olle@vendor.test", "password": PASSWORD}
    )

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
