from typing import Any
from uuid import uuid4

import pytest

from services.access.tests.kit import ADMIN, Office, base


async def test_a_started_job_is_answered_with_where_to_watch_it(office: Office) -> None:
    body = {"clients": [str(office.link)] * 2, "consultants": [str(office.consultant)], "programs": ["payroll"]}
    answer = await office.app.call("POST", f"{base(office.agency)}/jobs", by=office.admin, body=body)

    assert answer.status_code == 202
    assert answer.headers["location"] == f"{base(office.agency)}/jobs/{answer.json()['id']}"
    watched = await office.app.call("GET", answer.headers["location"], by=office.admin)
    assert watched.json() == answer.json()
    assert (watched.json()["state"], watched.json()["total"]) == ("waiting", 2)


async def test_the_same_idempotency_key_starts_one_job(office: Office) -> None:
    body = {"clients": [str(office.link)], "consultants": [str(office.consultant)]}
    key = {"Idempotency-Key": "once"}

    answers = [
        await office.app.call("POST", f"{base(office.agency)}/jobs", by=office.admin, body=body, headers=key)
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await office.world.rows(office.agency, "SELECT 1 FROM job")) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"consultants": []}, "consultants"),
        ({"clients": []}, "clients"),
        ({"programs": ["mind-reading"]}, "programs"),
        ({"clients": ["x"]}, "clients"),
        ({"clients": [str(uuid4()) for _ in range(10_001)]}, "clients"),
        ({"consultants": [str(uuid4()) for _ in range(501)]}, "consultants"),
        (
            {"clients": [str(uuid4()) for _ in range(2000)], "consultants": [str(uuid4()) for _ in range(500)]},
            "clients",
        ),
    ],
)
async def test_a_job_that_can_not_be_is_refused_whole(office: Office, changed: dict[str, Any], field: str) -> None:
    body = {"clients": [str(office.link)], "consultants": [str(office.consultant)], "programs": ["payroll"]}

    answer = await office.app.call("POST", f"{base(office.agency)}/jobs", by=office.admin, body=body | changed)

    assert answer.status_code == 400
    assert field in answer.text


async def test_an_unknown_program_is_named(office: Office) -> None:
    body = {"clients": [str(office.link)], "consultants": [str(office.consultant)], "programs": ["mind-reading"]}
    answer = await office.app.call("POST", f"{base(office.agency)}/jobs", by=office.admin, body=body)

    assert answer.json()["errors"] == [{"field": "programs", "message": "There is no program mind-reading."}]


async def test_a_company_starts_no_jobs(office: Office) -> None:
    owner = await office.world.member(office.company, ADMIN)
    body = {"clients": [str(office.link)], "consultants": [str(office.consultant)]}

    answer = await office.app.call("POST", f"{base(office.company)}/jobs", by=owner, body=body)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_an_agency")


async def test_results_are_read_page_by_page_with_names(office: Office) -> None:
    world = office.world
    stranger = uuid4()
    programs = ["payroll", "receipts"]
    job = await world.start(
        office.agency, office.admin, clients=[office.link], consultants=[office.consultant, stranger], programs=programs
    )
    await world.run()

    items, after = [], ""
    while after is not None:
        page = await office.get(f"/jobs/{job}/items?limit=2" + (f"&after={after}" if after else ""))
        items += page["items"]
        after = page["next"]
    refused = await office.get(f"/jobs/{job}/items?outcome=refused")

    assert [item["position"] for item in items] == list(range(6))
    assert items[1] == {
        "position": 1,
        "link_id": str(office.link),
        "company_name": "The company",
        "person_id": str(office.consultant),
        "person_name": "Kim Consultant",
        "program": "payroll",
        "outcome": "done",
        "reason": None,
    }
    assert [item["position"] for item in refused["items"]] == [3, 4, 5]
    assert {item["reason"] for item in refused["items"]} == {"not_a_member"}


async def test_the_activation_list_is_for_admins_and_shows_what_waits(office: Office) -> None:
    world = office.world
    links = [
        await world.link(office.agency, await world.organisation("company", name)) for name in ("Älvan", "Örn", "Zon")
    ]

    first = await office.get("/activation-list?limit=2")
    second = await office.get(f"/activation-list?limit=2&after={first['next']}")
    refused = await office.app.call("GET", f"{base(office.agency)}/activation-list", by=office.consultant)

    assert [item["link_id"] for item in first["items"] + second["items"]] == [str(link) for link in links]
    assert [item["company_name"] for item in first["items"]] == ["Älvan", "Örn"]
    assert second["next"] is None
    assert refused.status_code == 403


async def test_a_consultant_lists_the_clients_they_reach_and_an_admin_all(office: Office) -> None:
    before = await office.get("/clients", by=office.consultant)
    await office.give()
    after = await office.get("/clients", by=office.consultant)
    admins = await office.get("/clients")

    assert before["items"] == []
    assert [(item["link_id"], item["my_access"]) for item in after["items"]] == [(str(office.link), True)]
    assert [(item["my_access"], item["activated_by_name"]) for item in admins["items"]] == [(False, "Ada Admin")]


async def test_a_cursor_that_is_none_of_ours_is_400(office: Office) -> None:
    for path in ("/clients", f"/clients/{office.link}/access"):
        answer = await office.app.call("GET", f"{base(office.agency)}{path}?after=guess", by=office.admin)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "after")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
async def test_a_page_has_1_to_200_items(office: Office, limit: str) -> None:
    answer = await office.app.call("GET", f"{base(office.agency)}/clients?limit={limit}", by=office.admin)

    assert answer.status_code == 400


async def test_a_companys_administrator_sees_who_reaches_it_and_with_what(office: Office) -> None:
    await office.give("payroll")
    owner, employee = await office.world.member(office.company, ADMIN), await office.world.member(office.company)
    path = f"{base(office.company)}/clients/{office.link}/access"

    seen = await office.app.call("GET", path, by=owner)
    unseen = await office.app.call("GET", path, by=employee)

    found = {item["name"]: (item["access"], item["programs"], item["roles"]) for item in seen.json()["items"]}
    assert found == {"Kim Consultant": (True, ["payroll"], []), "Ada Admin": (False, [], [ADMIN])}
    assert unseen.status_code == 403


async def test_the_agency_package_is_the_catalogue(office: Office) -> None:
    found = await office.get("/programs", by=office.consultant)

    ids = [program["id"] for program in found["items"]]
    assert ids == ["annual-accounts", "bookkeeping", "invoicing", "payroll", "receipts"]


async def test_a_job_is_seen_by_its_starter_and_by_admins(office: Office) -> None:
    job = await office.world.start(office.agency, office.admin, clients=[office.link], consultants=[office.consultant])

    answer = await office.app.call("GET", f"{base(office.agency)}/jobs/{job}", by=office.consultant)

    assert answer.status_code == 404
