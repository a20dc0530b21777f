"""Signing in to a program by OpenID Connect's code flow (I6), by a client that is not ours and step by step."""

import json
import secrets
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken
from fullmakt.events import SessionEnded
from fullmakt.questions import WayInAnswer
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import text

from services.identity.tests.kit import member
from services.identity.tests.program_kit import CALLBACK, SIGNED_OUT, VERIFIER, Provider, error_of, query_of
from tests.kit import ISSUER, told


async def test_a_client_that_is_not_ours_discovers_signs_in_reads_refreshes_and_signs_out(provider: Provider) -> None:
    async with provider.client() as program:
        metadata = (
            await program.request("GET", f"{ISSUER}/.well-known/openid-configuration", withhold_token=True)
        ).json()
        AuthorizationServerMetadata(json.loads(json.dumps(metadata).replace("http:", "https:"))).validate()
        nonce, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
        begun, state = program.create_authorization_url(
            metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier, client=str(provider.company)
        )
        to_portal = await program.request("GET", begun, withhold_token=True)
        back = (await provider.answer(to_portal.headers["location"])).json()["redirect_to"]
        assert query_of(back)["iss"] == metadata["issuer"]

        token = await program.fetch_token(
            metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
        )
        keys = KeySet.import_key_set((await program.request("GET", metadata["jwks_uri"], withhold_token=True)).json())
        decoded = jwt.decode(token["id_token"], keys, algorithms=["ES256"])
        given = {"nonce": nonce, "client_id": "bookkeeping", "access_token": token["access_token"]}
        claims: Any = CodeIDToken(
            decoded.claims, decoded.header, {"iss": {"value": ISSUER}, "aud": {"value": "bookkeeping"}}, given
        )
        claims.validate()
        person = (await program.get(metadata["userinfo_endpoint"])).json()
        assert person["sub"] == claims["sub"] == f"person:{provider.anna}"
        assert (person["name"], person["email"], person["locale"]) == ("Anna", "anna@agency.test", "en")
        assert (person["client_name"], claims["client"]) == ("The company", str(provider.company))

        renewed = await program.refresh_token(metadata["token_endpoint"])
        assert renewed["refresh_token"] != token["refresh_token"]
        assert (await program.get(metadata["userinfo_endpoint"])).json() == person

        left = await program.request(
            "GET",
            metadata["end_session_endpoint"],
            params={"id_token_hint": token["id_token"], "post_logout_redirect_uri": SIGNED_OUT, "state": "x"},
            withhold_token=True,
        )
        assert (left.status_code, left.headers["location"]) == (302, f"{SIGNED_OUT}?state=x")
        assert (await program.get(metadata["userinfo_endpoint"])).status_code == 401
    assert await provider.ended(provider.session) == "signed_out"
    assert error_of(await provider.token("refresh_token", refresh_token=renewed["refresh_token"])) == (
        400,
        "invalid_grant",
    )


async def test_a_token_names_person_program_client_link_and_session_and_nobody_by_name(provider: Provider) -> None:
    tokens = await provider.signed_in(client=str(provider.company), nonce="n")

    access = await provider.claims(tokens["access_token"])
    identity = await provider.claims(tokens["id_token"])

    shared = {
        "iss": ISSUER,
        "aud": "bookkeeping",
        "sub": f"person:{provider.anna}",
        "client": str(provider.company),
        "agency": str(provider.agency),
        "link_id": str(provider.link),
        "amr": ["pwd"],
        "acr": "aal1",
    }
    assert shared.items() <= access.items()
    assert shared.items() <= identity.items()
    assert access["sid"] == identity["sid"]
    assert (access["client_id"], identity["azp"], identity["nonce"]) == ("bookkeeping", "bookkeeping", "n")
    assert "act" not in access
    assert not {"name", "email", "roles"} & (access.keys() | identity.keys())


async def test_without_a_client_the_token_names_the_person_alone(provider: Provider) -> None:
    claims = await provider.claims((await provider.signed_in())["access_token"])

    assert not {"client", "agency", "link_id"} & claims.keys()


async def test_a_programs_token_is_refused_by_our_own_services(provider: Provider) -> None:
    token = (await provider.signed_in())["access_token"]

    answer = await provider.app.call("GET", "/identity/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"client": "Åkeriet"}, "invalid_request"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://books.test/r"}, "request_uri_not_supported"),
    ],
)
async def test_what_is_wrong_with_a_request_is_told_to_the_program(
    provider: Provider, wrong: dict[str, str], error: str
) -> None:
    answer = await provider.begin(**wrong)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{CALLBACK}?")
    back = query_of(answer.headers["location"])
    assert (back["error"], back["state"], back["iss"]) == (error, "s", ISSUER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "nobody"},
        {"redirect_uri": ""},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": "https://evil.test/callback"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_the_programs(provider: Provider, wrong: dict[str, str]) -> None:
    answer = await provider.begin(**wrong)

    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_a_parameter_given_twice_is_refused(provider: Provider) -> None:
    address = str((await provider.begin()).request.url)

    answer = await provider.app.client.get(f"{address}&scope=email")

    assert query_of(answer.headers["location"])["error"] == "invalid_request"


async def test_the_portal_sees_what_is_asked_for_and_can_refuse_without_anybody_signed_in(provider: Provider) -> None:
    begun = await provider.begin(client=str(provider.company), prompt="none", login_hint="anna@agency.test")
    request = query_of(begun.headers["location"])["request"]

    seen = await provider.app.call("POST", "/identity/v1/authorizations/read", body={"request": request})
    body = {"request": request, "error": "login_required"}
    refused = await provider.app.call("POST", "/identity/v1/authorizations/refuse", body=body)
    forged = await provider.app.call("POST", "/identity/v1/authorizations/read", body={"request": f"{request}x"})

    assert begun.headers["location"].startswith("http://portal.test/authorize?request=")
    assert seen.json() == {
        "program": "bookkeeping",
        "program_name": "Bookkeeping",
        "company_id": str(provider.company),
        "prompt": "none",
        "login_hint": "anna@agency.test",
    }
    assert query_of(refused.json()["redirect_to"])["error"] == "login_required"
    assert (forged.status_code, forged.json()["code"]) == (409, "authorization_over")


async def test_a_program_that_wants_a_fresh_sign_in_gets_no_older_one(provider: Provider) -> None:
    async with provider.app.database.begin(provider.anna) as tx:
        await tx.session.execute(text("UPDATE session SET authenticated_at = now() - interval '1 hour'"))
    login, aged, fine = [
        (await provider.begin(**asked)).headers["location"]
        for asked in ({"prompt": "login"}, {"max_age": "60"}, {"max_age": "7200"})
    ]

    answers = [await provider.answer(each) for each in (login, aged, fine)]
    again = await provider.answer(login, session=await provider.sign_in(provider.anna))

    assert [answer.status_code for answer in answers] == [409, 409, 200]
    assert answers[0].json()["code"] == "sign_in_again"
    assert again.status_code == 200


async def test_who_does_not_reach_the_client_is_sent_back_with_the_reason(provider: Provider) -> None:
    begun = await provider.begin(client=str(uuid4()))

    back = query_of((await provider.answer(begun.headers["location"])).json()["redirect_to"])

    assert (back["error"], back["error_description"], back["state"]) == ("access_denied", "no_such_client", "s")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "x" * 43},
        {"redirect_uri": SIGNED_OUT},
        {"code": "fullmakt_code_x"},
    ],
)
async def test_a_code_is_good_only_with_its_verifier_and_its_address(provider: Provider, wrong: dict[str, str]) -> None:
    code = await provider.code()

    given = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER} | wrong
    refused = await provider.token("authorization_code", by=None, **given)

    assert error_of(refused) == (400, "invalid_grant")
    assert (await provider.redeem(code)).status_code == 200


async def test_a_code_is_good_for_the_program_that_asked_alone(provider: Provider) -> None:
    secret = (await provider.register("payroll", confidential=True)).json()["client_secret"]
    code = await provider.code()

    assert error_of(await provider.redeem(code, by=("payroll", secret))) == (400, "invalid_grant")
    assert error_of(await provider.redeem(code, by=("bookkeeping", "wrong"))) == (401, "invalid_client")
    assert (await provider.redeem(code)).status_code == 200


async def test_a_code_redeemed_twice_ends_the_session_that_it_began(provider: Provider) -> None:
    code = await provider.code()
    first = (await provider.redeem(code)).json()

    again = await provider.redeem(code)

    assert error_of(again) == (400, "invalid_grant")
    sid = (await provider.claims(first["access_token"]))["sid"]
    assert await provider.ended(sid) == "code_reused"
    assert error_of(await provider.token("refresh_token", refresh_token=first["refresh_token"])) == (
        400,
        "invalid_grant",
    )
    assert await provider.introspected(first["access_token"]) == {"active": False}
    (event,) = await told(provider.app.database, SessionEnded)
    assert (event.session_id, event.program) == (UUID(sid), "bookkeeping")


async def test_a_code_is_good_for_a_minute(provider: Provider) -> None:
    code = await provider.code()
    async with provider.app.database.begin(provider.anna) as tx:
        await tx.session.execute(text("UPDATE authorization_code SET expires_at = now() - interval '1 second'"))

    assert error_of(await provider.redeem(code)) == (400, "invalid_grant")


async def test_a_code_whose_way_in_has_closed_meanwhile_is_not_redeemed(provider: Provider) -> None:
    code = await provider.code(client=str(provider.company))
    provider.ways[provider.company] = WayInAnswer(reason="link_ended")

    answer = await provider.redeem(code)

    assert error_of(answer) == (400, "invalid_grant")
    assert answer.json()["more"] == {"reason": "link_ended"}


async def test_a_public_program_signs_in_by_pkce_alone_and_a_confidential_one_does_not(provider: Provider) -> None:
    await provider.register("receipts")
    code = await provider.code(client_id="receipts")

    public = await provider.redeem(code, by=("", ""), client_id="receipts")
    confidential = await provider.redeem(await provider.code(), by=("", ""), client_id="bookkeeping")

    assert public.status_code == 200
    assert error_of(confidential) == (401, "invalid_client")


async def test_another_persons_session_is_no_way_to_a_code(provider: Provider) -> None:
    eve = await member(provider.app, provider.operator, provider.agency, "eve@agency.test")
    begun = await provider.begin()

    taken = await provider.answer(begun.headers["location"], session=await provider.sign_in(eve))

    assert (taken.status_code, taken.json()["code"]) == (409, "sign_in_again")


async def test_a_request_with_thousands_of_parameters_is_refused_before_it_is_read(provider: Provider) -> None:
    many = {f"p{number}": "" for number in range(20_000)}

    began = time.monotonic()
    answer = await provider.app.client.post("/identity/authorize", data=many)

    assert answer.status_code == 400
    assert time.monotonic() - began < 2  # it took minutes where each name was counted for itself


async def test_a_verifier_that_is_none_is_named(provider: Provider) -> None:
    answer = await provider.redeem(await provider.code(), code_verifier="å" * 43)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "code_verifier")


async def test_a_code_that_came_twice_stands_in_the_persons_trail(provider: Provider) -> None:
    code = await provider.code()
    await provider.redeem(code)

    await provider.redeem(code)

    trail = (await provider.app.call("GET", "/identity/v1/me/audit", by=provider.anna)).json()["items"]
    ended = [each for each in trail if each["action"] == "end_session"]
    assert [(each["reason"], each["details"]["program"]) for each in ended] == [("code_reused", "bookkeeping")]


@pytest.mark.parametrize("prompt", ["login", "select_account", "login consent"])
async def test_who_is_to_choose_who_they_are_signs_in_anew(provider: Provider, prompt: str) -> None:
    async with provider.app.database.begin(provider.anna) as tx:
        await tx.session.execute(text("UPDATE session SET authenticated_at = now() - interval '1 hour'"))
    begun = await provider.begin(prompt=prompt)

    answer = await provider.answer(begun.headers["location"])

    assert (answer.status_code, answer.json()["code"]) == (409, "sign_in_again")
