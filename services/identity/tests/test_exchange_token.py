"""Going to a client by token exchange (RFC 8693), and what is told of tokens (RFC 7662)."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fullmakt.events import ClientEligible, ClientEnded, GrantItem, GrantsWithdrawn, SessionEnded
from fullmakt.questions import WayInAnswer

from services.identity.consumers import CONSUMERS
from services.identity.tests.program_kit import Provider, error_of
from tests.kit import Telling, told

NOBODY = ("", "")
AT = datetime(2026, 3, 1, tzinfo=UTC)


async def portal_token(provider: Provider) -> str:
    """An access token for our own services, as the portal has it."""
    return (await provider.bearer())["Authorization"].removeprefix("Bearer ")


async def test_the_portal_takes_somebody_to_a_client_and_the_token_says_that_it_did(provider: Provider) -> None:
    answer = await provider.exchange(await portal_token(provider), by=NOBODY, scope="openid profile")

    assert answer.status_code == 200, answer.text
    assert (answer.json()["token_type"], answer.json()["scope"]) == ("Bearer", "openid profile")
    claims = await provider.claims(answer.json()["access_token"])
    assert (claims["sub"], claims["act"]) == (f"person:{provider.anna}", {"sub": "fullmakt"})
    assert (claims["aud"], claims["client"]) == ("bookkeeping", str(provider.company))
    assert (claims["agency"], claims["link_id"]) == (str(provider.agency), str(provider.link))
    assert claims["sid"] != str(provider.session)
    assert "refresh_token" not in answer.json()


async def test_a_program_switches_to_another_client_and_acts_for_the_person(provider: Provider) -> None:
    other = uuid4()
    link = provider.let_in(other)
    tokens = await provider.signed_in(client=str(provider.company))

    answer = await provider.exchange(tokens["access_token"], client=str(other))

    claims = await provider.claims(answer.json()["access_token"])
    assert (claims["client"], claims["link_id"]) == (str(other), str(link))
    assert claims["act"] == {"sub": "program:bookkeeping"}


async def test_a_program_exchanges_for_itself_alone_and_only_its_own_tokens(provider: Provider) -> None:
    secret = (await provider.register("payroll", confidential=True)).json()["client_secret"]
    payroll = ("payroll", secret)
    token = (await provider.signed_in())["access_token"]

    assert error_of(await provider.exchange(token, by=payroll, audience="payroll")) == (400, "invalid_request")
    assert error_of(await provider.exchange(token, by=payroll)) == (400, "invalid_target")
    assert error_of(await provider.exchange(token, audience="payroll")) == (400, "invalid_target")
    assert error_of(await provider.exchange(token, by=NOBODY)) == (400, "invalid_request")
    assert error_of(await provider.exchange(token, audience="nobody")) == (400, "invalid_target")


async def test_a_public_program_can_not_exchange(provider: Provider) -> None:
    await provider.register("receipts")
    token = await portal_token(provider)

    answer = await provider.exchange(token, by=NOBODY, client_id="receipts", audience="receipts")

    assert error_of(answer) == (400, "unauthorized_client")


async def test_scopes_only_become_fewer(provider: Provider) -> None:
    tokens = await provider.signed_in(scope="openid")

    assert error_of(await provider.exchange(tokens["access_token"], scope="openid email")) == (400, "invalid_scope")
    assert (await provider.exchange(tokens["access_token"])).json()["scope"] == "openid"


async def test_where_access_is_gone_there_is_no_token(provider: Provider) -> None:
    provider.ways[provider.company] = WayInAnswer(reason="no_program")

    answer = await provider.exchange(await portal_token(provider), by=NOBODY)

    assert error_of(answer) == (400, "invalid_target")
    assert answer.json()["more"] == {"reason": "no_program"}


async def test_a_way_that_closes_while_the_session_begins_gives_no_token_and_leaves_no_session(
    provider: Provider,
) -> None:
    provider.last_time[provider.company] = provider.ways[provider.company]
    provider.ways[provider.company] = WayInAnswer(reason="link_ended")

    answer = await provider.exchange(await portal_token(provider), by=NOBODY)

    assert error_of(answer) == (400, "invalid_target")
    (event,) = await told(provider.app.database, SessionEnded)
    assert (event.program, event.reason) == ("bookkeeping", "access_gone")


async def test_after_the_end_of_the_sign_in_there_is_no_token(provider: Provider) -> None:
    tokens = await provider.signed_in()
    await provider.app.client.get("/identity/logout", params={"id_token_hint": tokens["id_token"]})

    assert error_of(await provider.exchange(tokens["access_token"])) == (400, "invalid_request")


async def test_without_an_answer_of_access_it_is_not_now(provider: Provider) -> None:
    tokens = await provider.signed_in(client=str(provider.company))
    begun = await provider.begin(client=str(provider.company))
    await provider.app.app.state.bus.close()

    assert (await provider.exchange(tokens["access_token"])).status_code == 503
    assert (await provider.token("refresh_token", refresh_token=tokens["refresh_token"])).status_code == 503
    assert (await provider.answer(begun.headers["location"])).status_code == 503
    assert (await provider.exchange(tokens["access_token"], client="")).status_code == 200


async def test_a_token_is_told_of_to_its_program_while_it_is_good(provider: Provider) -> None:
    secret = (await provider.register("payroll", confidential=True)).json()["client_secret"]
    token = (await provider.signed_in(client=str(provider.company)))["access_token"]

    mine = await provider.introspected(token)
    others = await provider.introspected(token, by=("payroll", secret))
    ours = await provider.introspected(await portal_token(provider))
    provider.ways[provider.company] = WayInAnswer(reason="no_access")
    gone = await provider.introspected(token)

    assert (mine["active"], mine["sub"], mine["client"]) == (True, f"person:{provider.anna}", str(provider.company))
    assert others == ours == gone == {"active": False}


async def test_a_service_account_is_told_of_tokens_for_our_services_alone(provider: Provider) -> None:
    body = {"name": "Payroll", "scopes": ["access.decide"]}
    opened = await provider.app.call("POST", "/identity/v1/service-accounts", by=provider.operator, body=body)
    account = (opened.json()["client_id"], opened.json()["client_secret"])
    own = (await provider.token("client_credentials", by=account)).json()["access_token"]

    assert (await provider.introspected(own, by=account))["scope"] == "access.decide"
    assert (await provider.introspected(await portal_token(provider), by=account))["sid"] == str(provider.session)
    assert await provider.introspected((await provider.signed_in())["access_token"], by=account) == {"active": False}


async def test_a_service_accounts_token_may_have_fewer_scopes_and_never_more(provider: Provider) -> None:
    body = {"name": "Payroll", "scopes": ["access.decide", "events.read"]}
    opened = (await provider.app.call("POST", "/identity/v1/service-accounts", by=provider.operator, body=body)).json()
    account = (opened["client_id"], opened["client_secret"])

    fewer = await provider.token("client_credentials", by=account, scope="events.read")
    more = await provider.token("client_credentials", by=account, scope="events.read sandbox")

    assert (await provider.claims(fewer.json()["access_token"]))["scope"] == "events.read"
    assert error_of(more) == (400, "invalid_scope")


@pytest.mark.parametrize("how", ["link ended", "grants withdrawn"])
async def test_what_hung_on_a_way_that_is_gone_ends_at_once_and_nothing_else(provider: Provider, how: str) -> None:
    other = uuid4()
    provider.let_in(other)
    gone = await provider.claims((await provider.signed_in(client=str(provider.company)))["access_token"])
    stays = await provider.claims((await provider.signed_in(client=str(other)))["access_token"])
    given = {"agency_id": provider.agency, "company_id": provider.company}
    ended = ClientEnded(link_id=provider.link, ended_at=AT, **given)
    item = GrantItem(
        client=provider.link, company_id=provider.company, person_id=provider.anna, program=None, held=False, revision=2
    )
    withdrawn = GrantsWithdrawn(
        withdrawal_id=uuid4(),
        agency_id=provider.agency,
        person_id=provider.anna,
        reason="membership_ended",
        grants=(item,),
        withdrawn_at=AT,
    )

    eligible = ClientEligible(link_id=provider.link, eligible_at=AT, **given)
    await Telling(provider.app.database, CONSUMERS).tell(eligible, ended if how == "link ended" else withdrawn)

    assert await provider.ended(gone["sid"]) == "access_gone"
    assert await provider.ended(stays["sid"]) is None
    assert await provider.ended(provider.session) is None
    (event,) = await told(provider.app.database, SessionEnded)
    assert (str(event.session_id), event.reason) == (gone["sid"], "access_gone")


async def test_what_came_of_an_exchange_is_exchanged_no_more(provider: Provider) -> None:
    exchanged = (await provider.exchange(await portal_token(provider), by=NOBODY)).json()["access_token"]

    by_portal, by_program = await provider.exchange(exchanged, by=NOBODY), await provider.exchange(exchanged)

    assert error_of(by_portal) == error_of(by_program) == (400, "invalid_request")


async def test_a_stranger_does_not_learn_whose_client_a_company_is(provider: Provider) -> None:
    token = (await provider.bearer())["Authorization"].removeprefix("Bearer ")
    asked = []
    for reason in ("not_a_member", "no_such_client"):
        company = uuid4()
        provider.ways[company] = WayInAnswer(reason=reason)
        answer = await provider.exchange(token, audience="bookkeeping", client=str(company))
        asked.append((answer.status_code, answer.json()))

    assert asked[0] == asked[1]


async def test_the_token_of_a_revoked_service_account_is_not_active(provider: Provider) -> None:
    body = {"name": "Payroll", "scopes": ["events.read"]}
    opened = [
        (await provider.app.call("POST", "/identity/v1/service-accounts", by=provider.operator, body=body)).json()
        for _ in range(2)
    ]
    revoked, asking = [(each["client_id"], each["client_secret"]) for each in opened]
    token = (await provider.token("client_credentials", by=revoked)).json()["access_token"]
    before = await provider.introspected(token, by=asking)
    await provider.app.call("DELETE", f"/identity/v1/service-accounts/{revoked[0]}", by=provider.operator)

    after = await provider.introspected(token, by=asking)

    assert (before["active"], after["active"]) == (True, False)
