from typing import Any

import httpx
import pytest
from fullmakt.client.errors import ApiError, ConflictError, NoAnswerError, UnavailableError, UnexpectedAnswerError
from fullmakt.client.models.access import Action, Evaluation, Resource, Subject
from fullmakt.client.models.clients import DeclineLinkRequest
from fullmakt.client.models.identity import OpenServiceAccount

from tests.scripted import ONE, Answer, Flavour, Script, Time, get_me, me, problem

LOST = httpx.ReadError("gone")


def decline(api: Any) -> Any:
    """A POST that takes an Idempotency-Key."""
    return api.clients.decline_link_request(ONE, ONE, DeclineLinkRequest(reason="no"))


def open_account(api: Any) -> Any:
    """A POST that takes none."""
    return api.identity.open_service_account(OpenServiceAccount(name="x", scopes=["access.decide"]))


def decide(api: Any) -> Any:
    """A POST that changes nothing."""
    return api.access.evaluate(
        Evaluation(
            subject=Subject(type="user", id=str(ONE)),
            action=Action(name="use"),
            resource=Resource(type="program", id="bookkeeping"),
        )
    )


@pytest.mark.parametrize(
    "passing", [LOST, httpx.ReadTimeout("slow"), problem(502), problem(503), problem(504), problem(429)]
)
async def test_what_is_safe_to_repeat_is_tried_again(flavour: Flavour, time: Time, passing: Answer) -> None:
    script = Script(passing, passing, me())

    await flavour.do(script, get_me, retries=time.retries())

    assert len(script.requests) == 3
    assert time.slept == [0.1, 0.2]


@pytest.mark.parametrize("passing", [LOST, httpx.ReadTimeout("slow"), problem(502), problem(503), problem(429)])
async def test_a_post_with_a_key_keeps_it_over_its_retries(flavour: Flavour, time: Time, passing: Answer) -> None:
    script = Script(passing, problem(409))

    with pytest.raises(ConflictError):
        await flavour.do(script, decline, retries=time.retries())

    first, second = script.keys()
    assert first == second
    assert first is not None


async def test_each_call_has_a_key_of_its_own_unless_one_is_given(flavour: Flavour) -> None:
    script = Script(me())

    await flavour.do(
        script,
        lambda api: api.identity.erase_person(ONE),
        lambda api: api.identity.erase_person(ONE),
        lambda api: api.identity.erase_person(ONE, idempotency_key="mine"),
    )

    first, second, third = script.keys()
    assert first != second
    assert third == "mine"


@pytest.mark.parametrize("key", ["", "ä", "a\nb", " a", "a" * 201])
async def test_a_key_that_can_not_be_sent_is_refused_at_once(flavour: Flavour, key: str) -> None:
    script = Script(me())

    with pytest.raises(ValueError, match="an Idempotency-Key is 1 to 200 printable ASCII characters"):
        await flavour.do(script, lambda api: api.identity.end_membership(ONE, ONE, idempotency_key=key))

    assert script.requests == []


@pytest.mark.parametrize("passing", [LOST, httpx.ReadTimeout("slow"), problem(502), problem(503), problem(429)])
async def test_a_question_put_by_post_is_asked_again(flavour: Flavour, time: Time, passing: Answer) -> None:
    script = Script(passing, httpx.Response(200, json={"decision": True, "context": {}}))

    answer = await flavour.do(script, decide, retries=time.retries())

    assert answer.decision
    assert len(script.requests) == 2


@pytest.mark.parametrize("passing", [LOST, httpx.ReadTimeout("slow"), problem(502), problem(503), problem(429)])
async def test_a_post_without_a_key_is_sent_once(flavour: Flavour, time: Time, passing: Answer) -> None:
    script = Script(passing)

    with pytest.raises((NoAnswerError, UnavailableError)):
        await flavour.do(script, open_account, retries=time.retries())

    assert len(script.requests) == 1
    assert script.keys() == [None]


async def test_what_never_left_is_sent_again_whatever_it_is(flavour: Flavour, time: Time) -> None:
    script = Script(httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), problem(409))

    with pytest.raises(ConflictError):
        await flavour.do(script, open_account, retries=time.retries())

    assert len(script.requests) == 3


@pytest.mark.parametrize("final", [problem(400), problem(403), problem(404), problem(409), problem(500)])
async def test_an_answer_that_would_be_the_same_again_is_not_asked_for_twice(flavour: Flavour, final: Answer) -> None:
    script = Script(final)

    with pytest.raises(ApiError):
        await flavour.do(script, get_me)

    assert len(script.requests) == 1


async def test_retry_after_is_honoured(flavour: Flavour, time: Time) -> None:
    script = Script(problem(503, headers={"Retry-After": "7"}), me())

    await flavour.do(script, get_me, retries=time.retries())

    assert time.slept == [7.0]


async def test_a_retry_after_beyond_the_deadline_fails_at_once_and_is_told(flavour: Flavour, time: Time) -> None:
    script = Script(problem(503, "unavailable", headers={"Retry-After": "31"}), me())

    with pytest.raises(UnavailableError) as failed:
        await flavour.do(script, get_me, retries=time.retries(deadline=30))

    assert failed.value.retry_after == 31
    assert time.slept == []


async def test_a_date_in_retry_after_that_has_passed_asks_for_no_wait(flavour: Flavour, time: Time) -> None:
    script = Script(problem(503, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), me())

    await flavour.do(script, get_me, retries=time.retries())

    assert time.slept == [0.1]


async def test_pauses_grow_up_to_a_limit_and_end_with_the_deadline(flavour: Flavour, time: Time) -> None:
    with pytest.raises(NoAnswerError):
        await flavour.do(Script(LOST), get_me, retries=time.retries(deadline=20))

    assert time.slept == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])


async def test_a_deadline_of_0_means_one_attempt(flavour: Flavour, time: Time) -> None:
    script = Script(LOST)

    with pytest.raises(NoAnswerError):
        await flavour.do(script, get_me, retries=time.retries(deadline=0))

    assert len(script.requests) == 1


async def test_an_attempt_does_not_outlive_the_deadline(flavour: Flavour, time: Time) -> None:
    script = Script(problem(503, headers={"Retry-After": "27"}), me())

    await flavour.do(script, get_me, retries=time.retries(deadline=30), timeout=10)

    first, second = (request.extensions["timeout"]["read"] for request in script.requests)
    assert (first, second) == (10, 3)


async def test_a_redirect_is_not_followed(flavour: Flavour) -> None:
    script = Script(httpx.Response(307, headers={"Location": "https://elsewhere.test"}))

    with pytest.raises(UnexpectedAnswerError):
        await flavour.do(script, decline)

    assert len(script.requests) == 1


async def test_every_request_names_the_client_and_carries_the_trace(flavour: Flavour) -> None:
    script = Script(me())

    await flavour.do(script, get_me, traceparent=lambda: "00-1-1-01")

    (request,) = script.requests
    assert request.headers["User-Agent"].startswith("fullmakt-python/")
    assert request.headers["traceparent"] == "00-1-1-01"


@pytest.mark.parametrize("trace", ["", "ä", "a\nb"])
async def test_a_call_does_not_fail_for_a_trace_that_can_not_be_sent(flavour: Flavour, trace: str) -> None:
    script = Script(me())

    await flavour.do(script, get_me, traceparent=lambda: trace)

    (request,) = script.requests
    assert "traceparent" not in request.headers
