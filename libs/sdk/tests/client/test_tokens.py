import asyncio
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fullmakt.client import AccessToken, AsyncFullmakt, ClientCredentials, Fullmakt, SignIn
from fullmakt.client.call import Call
from fullmakt.client.errors import UnauthenticatedError, UnavailableError, UnexpectedAnswerError, WrongSignIn
from fullmakt.client.models.identity import TokenView

from tests.scripted import BASE, Flavour, Script, Time, get_me, me, problem

ACCOUNT = ClientCredentials("account", "s3cret")


async def test_a_service_account_gets_one_token_for_many_calls(flavour: Flavour) -> None:
    script = Script(me())

    await flavour.do(script, get_me, get_me, by=ACCOUNT)

    (asked,) = script.token_requests
    assert asked.headers["Authorization"] == "Basic YWNjb3VudDpzM2NyZXQ="
    assert asked.content == b"grant_type=client_credentials"
    assert script.tokens() == ["Bearer token-1", "Bearer token-1"]


async def test_a_person_signs_in(flavour: Flavour) -> None:
    script = Script(me())

    await flavour.do(script, get_me, by=SignIn("anna@company.test", "a password"))

    (asked,) = script.token_requests
    assert asked.url.path == "/identity/v1/sign-in"
    assert asked.content == b'{"email":"anna@company.test","password":"a password"}'
    assert script.tokens() == ["Bearer token-1"]


async def test_a_token_is_renewed_before_it_runs_out(flavour: Flavour, time: Time) -> None:
    script = Script(me(), expires_in=600)

    await flavour.do(
        script,
        get_me,
        lambda _: time.sleep(569),
        get_me,
        lambda _: time.sleep(1),
        get_me,
        by=ACCOUNT,
        retries=time.retries(),
    )

    assert script.tokens() == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


async def test_a_refused_token_is_renewed_and_the_call_made_again(flavour: Flavour) -> None:
    script = Script(problem(401, "unauthenticated"), me())

    await flavour.do(script, get_me, by=ACCOUNT)

    assert script.tokens() == ["Bearer token-1", "Bearer token-2"]


async def test_a_call_that_is_refused_with_a_new_token_too_fails(flavour: Flavour) -> None:
    script = Script(problem(401, "unauthenticated"))

    with pytest.raises(UnauthenticatedError):
        await flavour.do(script, get_me, by=ACCOUNT)

    assert script.tokens() == ["Bearer token-1", "Bearer token-2"]


async def test_a_token_got_elsewhere_is_used_as_it_is(flavour: Flavour) -> None:
    script = Script(problem(401, "unauthenticated"))

    with pytest.raises(UnauthenticatedError):
        await flavour.do(script, get_me, by=AccessToken("abc\n"))

    assert script.tokens() == ["Bearer abc"]
    assert script.token_requests == []


async def test_wrong_credentials_are_told_as_such(flavour: Flavour) -> None:
    script = Script(me())
    script.token_answers = [problem(401, "wrong_sign_in")]

    with pytest.raises(WrongSignIn):
        await flavour.do(script, get_me, by=SignIn("anna@company.test", "wrong"))

    assert script.requests == []


async def test_what_is_open_to_all_asks_for_no_token(flavour: Flavour) -> None:
    script = Script(httpx.Response(200, text="ok"))

    assert await flavour.do(script, lambda api: api.notify.live(), by=ACCOUNT) == "ok"

    assert script.token_requests == []
    assert script.tokens() == [None]


async def test_fifty_tasks_share_one_token_request() -> None:
    script = Script(me())

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)  # lets the other tasks come to the same point
        return script(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        api = AsyncFullmakt(BASE, ACCOUNT, http=http)
        await asyncio.gather(*(api.identity.get_me() for _ in range(50)))

    assert len(script.token_requests) == 1
    assert len(script.requests) == 50


class Counted(ClientCredentials):
    """Credentials that know how many have asked for a token."""

    def __init__(self) -> None:
        super().__init__("account", "s3cret")
        self.asked = threading.Semaphore(0)

    def token(self) -> Call[TokenView]:
        """The call that gets one."""
        self.asked.release()
        return super().token()


def test_fifty_threads_share_one_token_request() -> None:
    script = Script(me())
    credentials = Counted()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/identity/v1/token" and not script.token_requests:
            assert all(credentials.asked.acquire(timeout=10) for _ in range(50))
        return script(request)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, ThreadPoolExecutor(50) as threads:
        api = Fullmakt(BASE, credentials, http=http)
        for done in [threads.submit(api.identity.get_me) for _ in range(50)]:
            done.result(20)

    assert len(script.token_requests) == 1
    assert len(script.requests) == 50


async def test_tasks_whose_token_was_refused_at_the_same_moment_share_the_next() -> None:
    script = Script(me())

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.headers.get("Authorization") == "Bearer token-1":
            refused = problem(401, "unauthenticated")
            assert isinstance(refused, httpx.Response)
            return refused
        return script(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        api = AsyncFullmakt(BASE, ACCOUNT, http=http)
        await asyncio.gather(*(api.identity.get_me() for _ in range(50)))

    assert len(script.token_requests) == 2


async def test_who_waits_for_a_token_fails_with_whoever_asked_for_it() -> None:
    script = Script(me())
    script.token_answers = [problem(503, "unavailable", headers={"Retry-After": "60"})]

    async with httpx.AsyncClient(transport=httpx.MockTransport(script)) as http:
        api = AsyncFullmakt(BASE, ACCOUNT, http=http)
        failed = await asyncio.gather(*(api.identity.get_me() for _ in range(5)), return_exceptions=True)
        assert [type(each) for each in failed] == [UnavailableError] * 5
        await api.identity.get_me()  # and the next one asks anew

    assert len(script.token_requests) == 2


async def test_a_cancelled_task_leaves_the_token_to_the_others() -> None:
    script = Script(me())
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.set()
        await go_on.wait()
        return script(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        api = AsyncFullmakt(BASE, ACCOUNT, http=http)
        first, second = (asyncio.create_task(api.identity.get_me()) for _ in range(2))
        await asked.wait()
        first.cancel()
        go_on.set()
        await second

    assert first.cancelled()
    assert len(script.token_requests) == 1


def test_a_token_with_a_line_break_in_it_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="no access token") as failed:
        AccessToken("abc\ndef")

    assert "abc" not in str(failed.value)


@pytest.mark.parametrize("token", ["", "abc\ndef", "abc\r\nX: y", "abc\x00", "abcä", " abc", "abc def"])
async def test_a_token_that_can_not_be_sent_is_told_as_such_and_not_shown(flavour: Flavour, token: str) -> None:
    script = Script(me())
    script.token_answers = [httpx.Response(200, json={"access_token": token, "expires_in": 600})]

    with pytest.raises(UnexpectedAnswerError) as failed:
        await flavour.do(script, get_me, by=ACCOUNT)

    assert "abc" not in "".join(traceback.format_exception(failed.value))
    assert script.requests == []


@pytest.mark.parametrize("life", ["0", "-5", "1" + "0" * 400])
async def test_a_token_of_any_life_serves_the_call_it_was_got_for(flavour: Flavour, life: str) -> None:
    script = Script(me())
    script.token_answers = [httpx.Response(200, text=f'{{"access_token": "abc", "expires_in": {life}}}')]

    await flavour.do(script, get_me, by=ACCOUNT)

    assert script.tokens() == ["Bearer abc"]


async def test_a_token_is_renewed_after_a_day_whatever_is_said_of_it(flavour: Flavour, time: Time) -> None:
    script = Script(me(), expires_in=10**12)
    wait = 24 * 3600

    await flavour.do(script, get_me, lambda _: time.sleep(wait), get_me, by=ACCOUNT, retries=time.retries())

    assert script.tokens() == ["Bearer token-1", "Bearer token-2"]


async def test_without_credentials_the_service_says_what_is_missing(flavour: Flavour) -> None:
    with pytest.raises(UnauthenticatedError) as failed:
        await flavour.do(Script(problem(401, "unauthenticated")), get_me)

    assert failed.value.code == "unauthenticated"
