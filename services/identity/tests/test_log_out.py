"""Signing out by a program, everywhere (OpenID Connect RP-Initiated Logout), and giving tokens back (RFC 7009)."""

from typing import Any

import httpx

from services.identity.tests.program_kit import SIGNED_OUT, Provider, error_of


async def test_logging_out_leads_nowhere_but_to_the_programs_own_address(provider: Provider) -> None:
    tokens = await provider.signed_in()

    async def log_out(**given: str) -> Any:
        return await provider.app.client.get("/identity/logout", params=given)

    elsewhere = await log_out(id_token_hint=tokens["id_token"], post_logout_redirect_uri="https://evil.test/")
    no_hint = await log_out()
    access_token = await log_out(id_token_hint=tokens["access_token"])

    assert elsewhere.status_code == 400
    assert (no_hint.status_code, no_hint.headers["location"]) == (302, "http://portal.test/account")
    assert access_token.status_code == 302
    assert await provider.ended(provider.session) is None


async def test_a_hint_whose_own_session_is_over_signs_the_person_out_all_the_same(provider: Provider) -> None:
    tokens = await provider.signed_in()
    given = {"token": tokens["refresh_token"]}
    await provider.app.client.post("/identity/revoke", data=given, auth=("bookkeeping", provider.secret))
    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": SIGNED_OUT, "state": "x"}

    answer = await provider.app.client.get("/identity/logout", params=hint)

    assert (answer.status_code, answer.headers["location"]) == (302, f"{SIGNED_OUT}?state=x")
    assert await provider.ended(provider.session) == "signed_out"


async def test_an_old_hint_ends_nothing_that_was_begun_since(provider: Provider) -> None:
    tokens = await provider.signed_in()
    for hint in (tokens["id_token"], tokens["id_token"]):
        await provider.app.client.get("/identity/logout", params={"id_token_hint": hint})
        later = await provider.sign_in(provider.anna)

    assert await provider.ended(provider.session) == "signed_out"
    assert await provider.ended(later) is None


async def test_without_a_hint_nobody_is_sent_back_as_if_they_were_signed_out(provider: Provider) -> None:
    given = {"client_id": "bookkeeping", "post_logout_redirect_uri": SIGNED_OUT}

    answer = await provider.app.client.get("/identity/logout", params=given)

    assert (answer.status_code, answer.headers["location"]) == (302, "http://portal.test/account")
    assert await provider.ended(provider.session) is None


async def test_a_revoked_token_ends_its_session_and_another_programs_changes_nothing(provider: Provider) -> None:
    tokens = await provider.signed_in()
    secret = (await provider.register("payroll", confidential=True)).json()["client_secret"]

    async def revoke(by: tuple[str, str]) -> int:
        form = {"token": tokens["refresh_token"]}
        return (await provider.app.client.post("/identity/revoke", data=form, auth=httpx.BasicAuth(*by))).status_code

    assert await revoke(("payroll", secret)) == 200
    assert (await provider.introspected(tokens["access_token"]))["active"]
    assert await revoke(("bookkeeping", provider.secret)) == 200
    assert await provider.introspected(tokens["access_token"]) == {"active": False}


async def test_a_service_accounts_tokens_are_not_given_back(provider: Provider) -> None:
    body = {"name": "Payroll", "scopes": ["access.decide"]}
    account = (await provider.app.call("POST", "/identity/v1/service-accounts", by=provider.operator, body=body)).json()
    who = (account["client_id"], account["client_secret"])

    answer = await provider.app.client.post("/identity/revoke", data={"token": "x"}, auth=who)

    assert error_of(answer) == (400, "unsupported_token_type")
