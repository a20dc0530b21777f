from collections.abc import Awaitable, Callable

from services.identity.tests.kit import PASSWORD, member, operator, organisation
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
    assert me["memberships"] == [{"organisation_id": str(company), "roles": ["system_administrator"]}]


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
