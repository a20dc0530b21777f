"""Going on at a program by refresh tokens (RFC 6749, 6), each good once."""

from fullmakt.questions import WayInAnswer
from sqlalchemy import text

from services.identity.tests.program_kit import Provider, error_of


async def test_a_refresh_token_is_good_once_and_a_repeat_within_seconds_gets_the_same_answer(
    provider: Provider,
) -> None:
    first = (await provider.signed_in())["refresh_token"]

    answers = [(await provider.token("refresh_token", refresh_token=first)).json() for _ in range(3)]

    (successor,) = {answer["refresh_token"] for answer in answers}
    assert successor != first
    assert (await provider.token("refresh_token", refresh_token=successor)).status_code == 200


async def test_a_refresh_token_used_again_later_ends_the_session(provider: Provider) -> None:
    tokens = await provider.signed_in()
    successor = (await provider.token("refresh_token", refresh_token=tokens["refresh_token"])).json()["refresh_token"]
    async with provider.app.database.begin(provider.anna) as tx:
        await tx.session.execute(text("UPDATE refresh_token SET used_at = used_at - interval '11 seconds'"))

    reused = await provider.token("refresh_token", refresh_token=tokens["refresh_token"])

    assert error_of(reused) == (400, "invalid_grant")
    assert error_of(await provider.token("refresh_token", refresh_token=successor)) == (400, "invalid_grant")
    assert await provider.ended((await provider.claims(tokens["access_token"]))["sid"]) == "refresh_token_reused"
    assert await provider.ended(provider.session) is None


async def test_access_is_asked_at_each_refresh_and_a_no_ends_the_session(provider: Provider) -> None:
    tokens = await provider.signed_in(client=str(provider.company))
    provider.ways[provider.company] = WayInAnswer(reason="no_access")

    answer = await provider.token("refresh_token", refresh_token=tokens["refresh_token"])

    assert error_of(answer) == (400, "invalid_grant")
    assert (answer.json()["code"], answer.json()["more"]) == ("access_gone", {"reason": "no_access"})
    assert await provider.ended((await provider.claims(tokens["access_token"]))["sid"]) == "access_gone"


async def test_a_refreshed_token_may_have_fewer_scopes_and_the_next_has_all_of_them_again(provider: Provider) -> None:
    tokens = await provider.signed_in(scope="openid profile")

    beyond = await provider.token("refresh_token", refresh_token=tokens["refresh_token"], scope="openid email")
    fewer = (await provider.token("refresh_token", refresh_token=tokens["refresh_token"], scope="profile")).json()
    again = (await provider.token("refresh_token", refresh_token=fewer["refresh_token"])).json()

    assert error_of(beyond) == (400, "invalid_scope")
    assert (fewer["scope"], fewer.get("id_token")) == ("profile", None)
    assert (await provider.claims(fewer["access_token"]))["scope"] == "profile"
    assert again["scope"] == "openid profile"
