import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from libs.shared.paging import write_cursor
from services.identity.tests.kit import member, operator, organisation
from services.identity.tests.places import ADMIN, ORGANISATIONS, change, remove, rows
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]


async def trail(app: App, by: UUID, path: str, **query: object) -> list[dict[str, Any]]:
    """All entries, over all pages."""
    given = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    following, found = f"/identity/v1/{path}?{given}", []
    while following:
        page = await app.call("GET", following, by=by)
        assert page.status_code == 200, page.text
        found += page.json()["items"]
        following = page.links.get("next", {}).get("url", "")
    return found


def said(entries: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """What was done, and by whom as far as their name is kept."""
    return [(entry["action"], entry["actor_name"]) for entry in entries]


class Company:
    """A company with an administrator, a member and a trail."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def open(self) -> "Company":
        self.by = await operator(self.app)
        self.id = await organisation(self.app, self.by)
        self.anna = await member(self.app, self.by, self.id, "anna@c.test", ADMIN)
        self.bo = await member(self.app, self.anna, self.id, "bo@c.test")
        await change(self.app, self.id, self.bo, "program_administrator:payroll", by=self.anna)
        return self

    async def refused(self, by: UUID, **query: object) -> httpx.Response:
        """The answer to a question for the trail that is not answered with it."""
        given = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
        return await self.app.call("GET", f"{ORGANISATIONS}/{self.id}/audit?{given}", by=by)


@pytest.fixture
async def company(app: AppOf) -> Company:
    return await Company(await app("identity")).open()


async def test_an_organisations_trail_is_read_newest_first_by_pages_each_entry_once(company: Company) -> None:
    path = f"organisations/{company.id}/audit"

    whole = await trail(company.app, company.anna, path)
    by_pages = await trail(company.app, company.by, path, limit=2)

    assert said(whole) == [
        ("change_roles", "Anna"),
        ("accept_invitation", "Bo"),
        ("invite_member", "Anna"),
        ("accept_invitation", "Anna"),
        ("invite_member", None),
        ("register_organisation", None),
    ]
    assert by_pages == whole
    newest = whole[0]
    assert newest["details"] == {"person": str(company.bo), "roles": ["program_administrator:payroll"]}
    assert (newest["actor"], newest["on_behalf_of"]) == (f"person:{company.anna}", str(company.id))
    assert (newest["tenant"], newest["outcome"], newest["reason"]) == (str(company.id), "done", None)


async def test_a_trail_is_read_for_one_person_and_for_a_time(company: Company) -> None:
    path = f"organisations/{company.id}/audit"
    whole = await trail(company.app, company.anna, path)
    times = [datetime.fromisoformat(entry["at"]) for entry in whole]

    of_bo = await trail(company.app, company.anna, path, person=company.bo, limit=1)
    of_nobody = await trail(company.app, company.anna, path, person=uuid4())
    later = await trail(company.app, company.anna, path, **{"from": times[2].isoformat()})
    between = await trail(company.app, company.anna, path, **{"from": times[2].isoformat(), "to": times[0].isoformat()})
    of_tomorrow = await trail(company.app, company.anna, path, **{"from": (times[0] + timedelta(1)).isoformat()})

    assert said(of_bo) == [("change_roles", "Anna"), ("accept_invitation", "Bo"), ("invite_member", "Anna")]
    assert (later, between) == (whole[:3], whole[1:3])
    assert of_nobody == of_tomorrow == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-03-01"}, "from"),
        ({"to": "2026-03-01T12:00:00"}, "to"),
        ({"to": "2026-02-30T12:00:00Z"}, "to"),
        ({"to": "2026-03-01T12:00:00 01:00"}, "to"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
        ({"to": ""}, "to"),
        ({"from": "x" * 41}, "from"),
        ({"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "to"),
        ({"after": "x"}, "after"),
        ({"after": write_cursor("2026-03-01T12:00:00", uuid4())}, "after"),
        ({"after": write_cursor("0001-01-01T00:00:00+14:00", uuid4())}, "after"),
        ({"person": "x"}, "person"),
        ({"limit": 0}, "limit"),
    ],
)
async def test_what_can_not_be_asked_for_is_refused_by_field(
    company: Company, query: dict[str, object], field: str
) -> None:
    answer = await company.refused(company.anna, **query)

    assert answer.status_code == 400, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_an_organisations_trail_is_for_its_own_system_administrators_and_operators(company: Company) -> None:
    elsewhere = await organisation(company.app, company.by, number="556016-0680")
    eve = await member(company.app, company.by, elsewhere, "eve@e.test", ADMIN)

    plain, stranger = await company.refused(company.bo), await company.refused(eve)

    assert (plain.status_code, plain.json()["code"]) == (403, "not_an_administrator")
    assert stranger.status_code == 404


async def test_people_read_what_they_did_and_what_was_done_to_them_wherever_it_was(company: Company) -> None:
    app = company.app
    elsewhere = await organisation(app, company.by, number="556016-0680")
    await member(app, company.by, elsewhere, "bo@c.test", ADMIN)
    await remove(app, company.id, company.bo, by=company.anna)

    own = await trail(app, company.bo, "me/audit", limit=1)
    seen = await trail(app, company.by, f"people/{company.bo}/audit")
    of_anna = await app.call("GET", f"/identity/v1/people/{company.anna}/audit", by=company.bo)

    assert own == seen
    assert [(entry["action"], entry["tenant"]) for entry in own] == [
        ("end_membership", str(company.id)),
        ("accept_invitation", str(elsewhere)),
        ("invite_member", str(elsewhere)),
        ("change_roles", str(company.id)),
        ("accept_invitation", str(company.id)),
        ("invite_member", str(company.id)),
    ]
    assert of_anna.status_code == 404


async def test_a_service_account_has_no_trail_of_its_own(company: Company) -> None:
    headers = company.app.keys.service(uuid4(), "events.read")

    for path in ("me/audit", f"people/{company.bo}/audit"):
        answer = await company.app.call("GET", f"/identity/v1/{path}", headers=headers)
        assert answer.status_code == 404


async def test_an_erased_persons_name_is_gone_from_the_trail_and_their_acts_stay(company: Company) -> None:
    path = f"organisations/{company.id}/audit"
    before = await trail(company.app, company.by, path)

    await company.app.call("DELETE", f"/identity/v1/people/{company.anna}", by=company.by)

    after = await trail(company.app, company.by, path)
    assert (after[0]["action"], after[0]["reason"]) == ("end_membership", "erased")
    assert [entry["id"] for entry in after[1:]] == [entry["id"] for entry in before]
    assert {name for _, name in said(after)} == {"Bo", None}


async def test_whatever_is_done_to_a_person_is_found_in_their_trail(company: Company) -> None:
    app = company.app
    olga = await app.call(
        "POST", "/identity/v1/operators", by=company.by, body={"name": "Olga", "email": "olga@vendor.test"}
    )
    olga_id = UUID(olga.json()["person_id"])
    await app.call("DELETE", f"/identity/v1/operators/{olga_id}", by=company.by)
    successors = {"successors": [{"organisation_id": str(company.id), "person_id": str(company.bo)}]}
    await app.call("POST", "/identity/v1/me/successors", by=company.anna, body=successors)
    await remove(app, company.id, company.bo, by=company.bo)
    await app.call("GET", f"/identity/v1/people/{company.bo}/export", by=company.by)
    await app.call("DELETE", f"/identity/v1/people/{company.bo}", by=company.by)

    assert [action for action, _ in said(await trail(app, company.by, f"people/{olga_id}/audit"))] == [
        "remove_operator",
        "add_operator",
    ]
    of_bo = [action for action, _ in said(await trail(app, company.by, f"people/{company.bo}/audit"))]
    assert sorted(of_bo[:2]) == ["end_membership", "erase_person"]  # of one moment
    assert of_bo[2:5] == ["export_person", "leave", "name_successor"]
    about = await rows(app, company.id, "SELECT convert_from(body, 'UTF8') FROM audit_entry WHERE person_id IS NULL")
    assert {json.loads(body)["action"] for (body,) in about} == {"register_organisation"}
