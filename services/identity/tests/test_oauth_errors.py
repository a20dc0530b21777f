"""What OAuth says of requests and errors at its endpoints, whoever the client is by."""

from typing import Any

import httpx
import pytest

from services.identity.tests.program_kit import CALLBACK, Provider, error_of, query_of

ENDPOINTS = ["/identity/v1/token", "/identity/introspect", "/identity/revoke"]


@pytest.fixture
async def account(provider: Provider) -> tuple[str, str]:
    """A service account."""
    body = {"name": "Payroll", "scopes": ["access.decide", "events.read"]}
    told = (await provider.app.call("POST", "/identity/v1/service-accounts", by=provider.operator, body=body)).json()
    return told["client_id"], told["client_secret"]


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_errors_are_json_that_nobody_keeps(provider: Provider, path: str) -> None:
    form = {"grant_type": "client_credentials", "token": "x"}

    wrong = await provider.app.client.post(path, data=form, auth=("bookkeeping", "wrong"))
    nothing = await provider.app.client.post(path, data={"x": "y"}, auth=("bookkeeping", provider.secret))

    assert [error_of(each) for each in (wrong, nothing)] == [(401, "invalid_client"), (400, "invalid_request")]
    for answer in (wrong, nothing):
        assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/json", "no-store")
    assert wrong.headers["www-authenticate"] == 'Basic realm="fullmakt", charset="UTF-8"'


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_who_sends_json_is_told_to_send_a_form(provider: Provider, path: str) -> None:
    answer = await provider.app.client.post(path, json={"grant_type": "client_credentials", "token": "x"})

    assert (answer.status_code, answer.json()["code"]) == (415, "not_a_form")
    assert "application/x-www-form-urlencoded" in answer.json()["detail"]


async def test_a_parameter_without_a_value_is_as_one_left_out(provider: Provider, account: tuple[str, str]) -> None:
    async def token(**form: str) -> httpx.Response:
        return await provider.app.client.post(
            "/identity/v1/token", data={"grant_type": "client_credentials"} | form, auth=account
        )

    empty = [await token(scope=""), await token(client_id="", client_secret="")]
    asked = {"max_age": "", "client": "", "response_mode": "", "request": "", "prompt": "", "id_token_hint": ""}
    form = {"client_id": "bookkeeping", "redirect_uri": CALLBACK, "response_type": "code", "state": "s"}
    form |= {"code_challenge": "C" * 43, "code_challenge_method": "S256"} | asked
    begun = await provider.app.client.get("/identity/authorize", params=form)

    assert [(each.status_code, each.json().get("scope")) for each in empty] == [(200, "access.decide events.read")] * 2
    assert begun.headers["location"].startswith("http://portal.test/authorize?request=")


async def test_a_public_program_may_send_an_empty_secret(provider: Provider) -> None:
    await provider.register("desktop", confidential=False)
    code = await provider.code(client_id="desktop")

    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": "desktop"}
    form |= {"code_verifier": "a-verifier-that-has-forty-three-characters-x", "client_secret": ""}
    answer = await provider.app.client.post("/identity/v1/token", data=form)

    assert answer.status_code == 200, answer.text


async def test_a_client_that_is_known_and_may_not_is_told_so(provider: Provider, account: tuple[str, str]) -> None:
    tokens = await provider.signed_in()

    answers = [
        await provider.token("client_credentials"),
        await provider.token("refresh_token", by=account, refresh_token=tokens["refresh_token"]),
        await provider.redeem("fullmakt_code_x", by=account),
        await provider.exchange(tokens["access_token"], by=account),
    ]

    assert [error_of(each) for each in answers] == [(400, "unauthorized_client")] * 4


async def test_a_bad_token_is_told_of_and_a_missing_one_asked_for(provider: Provider) -> None:
    missing = await provider.app.client.get("/identity/v1/me")
    bad = await provider.app.client.get("/identity/v1/me", headers={"Authorization": "Bearer x"})

    assert [answer.status_code for answer in (missing, bad)] == [401, 401]
    assert missing.headers["www-authenticate"] == 'Bearer realm="fullmakt"'
    assert bad.headers["www-authenticate"] == 'Bearer realm="fullmakt", error="invalid_token"'


@pytest.mark.parametrize("scheme", ["Bearer over", "Negotiate x", "Bearer"])
async def test_what_is_for_anybody_is_so_for_who_brings_a_token_that_is_over(provider: Provider, scheme: str) -> None:
    headers = {"Authorization": scheme}
    wrong: Any = {"email": "anna@agency.test", "password": "not hers at all"}

    answers = [
        await provider.app.client.get("/identity/.well-known/openid-configuration", headers=headers),
        await provider.app.client.get("/identity/.well-known/jwks.json", headers=headers),
        await provider.app.client.post("/identity/v1/password-resets", json={"email": "a@b.test"}, headers=headers),
    ]
    sign_in = await provider.app.client.post("/identity/v1/sign-in", json=wrong, headers=headers)

    assert [answer.status_code for answer in answers] == [200, 200, 202]
    assert (sign_in.status_code, sign_in.json()["code"]) == (401, "wrong_sign_in")


@pytest.mark.parametrize("path", ["openid-configuration", "jwks.json"])
async def test_keys_and_metadata_are_kept_for_less_time_than_a_new_key_is_shown(provider: Provider, path: str) -> None:
    answer = await provider.app.client.get(f"/identity/.well-known/{path}")

    assert answer.headers["cache-control"] == "public, max-age=60"


async def test_the_metadata_names_the_claims_that_there_are(provider: Provider) -> None:
    metadata = (await provider.app.client.get("/identity/.well-known/openid-configuration")).json()
    tokens = await provider.signed_in(nonce="n", client=str(provider.company))
    user = await provider.app.client.get(
        "/identity/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )

    assert {*await provider.claims(tokens["id_token"]), *user.json()} <= set(metadata["claims_supported"])


async def test_a_program_that_expects_one_person_gets_no_code_of_another(provider: Provider) -> None:
    tokens = await provider.signed_in()
    other = (await provider.register("payroll", confidential=True)).json()["client_secret"]
    begun = await provider.begin(id_token_hint=tokens["id_token"], prompt="none")
    same = await provider.answer(begun.headers["location"])

    provider.anna = provider.operator
    stranger = await provider.sign_in(provider.operator)
    another = await provider.answer(begun.headers["location"], session=stranger)
    forged = await provider.begin(id_token_hint=tokens["id_token"] + "x", prompt="none")
    of_other = await provider.begin(client_id="payroll", id_token_hint=tokens["id_token"])

    assert other
    assert same.status_code == 200
    assert (another.status_code, another.json()["code"]) == (409, "sign_in_again")
    assert [query_of(each.headers["location"])["error"] for each in (forged, of_other)] == ["invalid_request"] * 2


@pytest.mark.parametrize("how", ["removed", "another address"])
async def test_nobody_is_sent_to_where_the_program_is_no_more(provider: Provider, how: str) -> None:
    begun = await provider.begin()
    if how == "removed":
        await provider.app.call("DELETE", "/identity/v1/programs/bookkeeping", by=provider.operator)
    else:
        await provider.register("bookkeeping", confidential=True, redirect_uris=["https://books.test/new"])

    answer = await provider.answer(begun.headers["location"])

    assert (answer.status_code, answer.json()["code"]) == (409, "authorization_over")
