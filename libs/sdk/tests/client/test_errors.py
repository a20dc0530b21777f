import copy
import json
import pickle
from pathlib import Path
from typing import Any

import httpx
import pytest
from fullmakt.client import Retries, errors
from fullmakt.client.errors import AlreadyLinked, ApiError, UnexpectedAnswerError

from tests.scripted import ONE, Flavour, Script, get_me, me, problem

ROOT = Path(__file__).parents[4]
DOCUMENTS = sorted((ROOT / "docs/openapi").glob("*.json"))
ENTRIES = {entry["code"]: entry for file in DOCUMENTS for entry in json.loads(file.read_text())["x-errors"]}
NO_RETRIES = Retries(deadline=0)
FAMILIES = {
    "invalid": errors.InvalidError,
    "unauthenticated": errors.UnauthenticatedError,
    "forbidden": errors.ForbiddenError,
    "not_found": errors.NotFoundError,
    "conflict": errors.ConflictError,
    "too_many_requests": errors.TooManyRequestsError,
    "unavailable": errors.UnavailableError,
}


async def failure(answer: Any) -> ApiError:
    """What a call with this answer fails with."""
    with pytest.raises(ApiError) as failed:
        await Flavour("async").do(Script(answer), lambda api: api.clients.end_link(ONE, ONE), retries=NO_RETRIES)
    return failed.value


@pytest.mark.parametrize("code", sorted(ENTRIES))
async def test_each_code_is_a_class_of_its_family(code: str) -> None:
    entry = ENTRIES[code]

    error = await failure(problem(entry["status"], code))

    family = FAMILIES[entry["family"]]
    assert isinstance(error, family)
    assert (error.code, error.status) == (code, entry["status"])
    if code in FAMILIES:
        assert type(error) is family
    else:
        named = "".join(word.capitalize() for word in code.split("_"))
        assert type(error) is getattr(errors, named)
        assert named in errors.__all__


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (400, "InvalidError"),
        (401, "UnauthenticatedError"),
        (403, "ForbiddenError"),
        (404, "NotFoundError"),
        (409, "ConflictError"),
        (418, "ApiError"),
        (429, "TooManyRequestsError"),
        (500, "ApiError"),
        (503, "UnavailableError"),
    ],
)
async def test_an_unknown_code_is_of_the_family_of_its_status(status: int, family: str) -> None:
    error = await failure(problem(status, "brand_new"))

    assert type(error) is getattr(errors, family)
    assert error.code == "brand_new"


async def test_an_error_tells_all_that_the_service_told() -> None:
    told = {"errors": [{"field": "reason", "message": "too long"}], "more": {"by": "Anna"}, "instance": "unknown to us"}

    error = await failure(problem(400, "invalid", headers={"X-Request-ID": "r-1"}, **told))

    assert str(error) == "clients.endLink: 400 invalid: Why. (reason: too long)"
    assert [(each.field, each.message) for each in error.fields] == [("reason", "too long")]
    assert error.more == {"by": "Anna"}
    assert error.request_id == "r-1"
    assert (error.title, error.detail, error.operation) == ("invalid", "Why.", "clients.endLink")


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"\xff", b'"text"', b'{"code": 7}'])
async def test_what_is_no_problem_details_is_of_the_family_of_its_status(body: bytes) -> None:
    error = await failure(httpx.Response(502, content=body))

    assert type(error) is errors.UnavailableError
    assert error.code == "unexpected_answer"
    assert "Bad gateway" not in str(error)


async def test_a_status_that_no_service_answers_with_is_unexpected() -> None:
    assert type(await failure(httpx.Response(307))) is UnexpectedAnswerError


@pytest.mark.parametrize("body", [b"<html>Sign in to the network</html>", b"", b"\xff", b"[]", b'{"person_id": "7"}'])
async def test_a_success_that_is_not_as_described_says_so(flavour: Flavour, body: bytes) -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"identity\.getMe: 200 unexpected_answer") as failed:
        await flavour.do(Script(httpx.Response(200, content=body)), get_me)

    assert "network" not in str(failed.value)


async def test_fields_that_this_version_does_not_know_are_ignored(flavour: Flavour) -> None:
    answer = me()
    assert isinstance(answer, httpx.Response)
    place: dict[str, Any] = {"organisation_id": str(ONE), "roles": [], "username": None, "leaving": False, "x": 1}
    newer = answer.json() | {"brand_new": {"a": 1}, "memberships": [place]}

    found = await flavour.do(Script(httpx.Response(200, json=newer)), get_me)

    assert found.memberships[0].organisation_id == ONE


async def test_an_error_can_be_copied_and_sent_to_another_process(flavour: Flavour) -> None:
    script = Script(problem(409, "already_linked", headers={"Retry-After": "7"}, more={"link_id": "x"}))

    with pytest.raises(AlreadyLinked) as failed:
        await flavour.do(script, get_me)
    failed.value.add_note("seen in a test")

    for again in (copy.copy(failed.value), pickle.loads(pickle.dumps(failed.value))):  # noqa: S301 - our own
        assert type(again) is AlreadyLinked
        assert str(again) == str(failed.value)
        assert (again.more, again.retry_after) == ({"link_id": "x"}, 7)
