import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fullmakt.events import PersonChanged, SignInChanged

from services.identity.tests.kit import PASSWORD, operator, sign_in, signed_in, trail
from tests.kit import App, told

AppOf = Callable[[str], Awaitable[App]]
OLLE, NEW = "olle@vendor.test", "four geese cross the road"


async def test_details_are_changed_told_and_noted_and_what_is_left_out_stays(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    before = await identity.call("GET", "/identity/v1/me", by=olle)

    body = {"mobile": "+46 70-174 06 05", "language": "nb", "time_zone": "Europe/Oslo"}
    headers = {"If-Match": before.headers["etag"]}
    changed = await identity.call("PATCH", "/identity/v1/me", by=olle, body=body, headers=headers)

    assert changed.status_code == 200, changed.text
    after = await identity.call("GET", "/identity/v1/me", by=olle)
    assert after.json() == changed.json() == before.json() | body | {"mobile": "+46701740605", "version": 2}
    event = (await told(identity.database, PersonChanged))[-1]
    assert (event.name, event.mobile, event.language) == ("Olle Operator", "+46701740605", "nb")
    (entry,) = [each for each in await trail(identity, olle) if each["action"] == "change_me"]
    assert entry["details"] == {"fields": ["language", "mobile", "time_zone"]}
    assert "+46701740605" not in str(entry)


async def test_null_takes_the_mobile_number_away_and_nothing_changed_is_nothing_told(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)

    async def patch(body: dict[str, Any], version: int) -> Any:
        headers = {"If-Match": f'"{version}"'}
        return (await identity.call("PATCH", "/identity/v1/me", by=olle, body=body, headers=headers)).json()

    assert (await patch({"mobile": "+46701740605"}, 1))["mobile"] == "+46701740605"
    assert (await patch({"mobile": None}, 2))["mobile"] is None
    assert (await patch({"name": "Olle Operator"}, 3))["version"] == 3
    assert len(await told(identity.database, PersonChanged)) == 3


async def test_an_edit_names_the_version_that_was_looked_at(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)

    async def rename(name: str, **headers: str) -> tuple[int, str]:
        body = {"name": name}
        answer = await identity.call("PATCH", "/identity/v1/me", by=olle, body=body, headers=headers)
        return answer.status_code, answer.json().get("code", "")

    assert await rename("Olle") == (428, "precondition_required")
    both = await asyncio.gather(*(rename(name, **{"If-Match": '"1"'}) for name in ("Olle A", "Olle B")))
    assert sorted(both) == [(200, ""), (412, "changed_meanwhile")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mobile": "070-174 06 05"}, "mobile"),
        ({"mobile": "+4612"}, "mobile"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"language": "fi"}, "language"),
        ({"name": "  "}, "name"),
        ({"name": None}, "name"),
        ({"email": "other@vendor.test"}, "email"),
    ],
)
async def test_bad_input_is_named_by_field(app: AppOf, body: dict[str, Any], field: str) -> None:
    identity = await app("identity")
    olle = await operator(identity)

    answer = await identity.call("PATCH", "/identity/v1/me", by=olle, body=body, headers={"If-Match": '"1"'})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_changed_password_ends_the_other_sessions_and_is_told(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    other, present = await signed_in(identity, OLLE), await signed_in(identity, OLLE)

    async def change(current: str, new: str) -> tuple[int, str, str]:
        answer = await present.call("POST", "/me/password", {"current_password": current, "new_password": new})
        said = answer.json()
        return answer.status_code, said.get("code", ""), (said.get("errors") or [{"field": ""}])[0]["field"]

    assert await change("wrong", NEW) == (400, "wrong_password", "current_password")
    assert await change(PASSWORD, "short") == (400, "too_short", "new_password")
    assert await change(PASSWORD, "OlleOperator2026") == (400, "password_too_common", "new_password")
    assert await change(PASSWORD, NEW) == (200, "", "")

    assert [await each.goes_on() for each in (other, present)] == [False, True]
    assert [(await sign_in(identity, OLLE, each)).status_code for each in (PASSWORD, NEW)] == [401, 200]
    (event,) = await told(identity.database, SignInChanged)
    assert (event.person_id, event.change) == (olle, "password_changed")
    noted = {each["action"]: each for each in await trail(identity, olle)}
    assert noted["change_password"]["outcome"] == "done"
    refused = noted["confirm_password"]
    assert (refused["outcome"], refused["reason"], refused["actor"]) == ("refused", "wrong_password", f"person:{olle}")
