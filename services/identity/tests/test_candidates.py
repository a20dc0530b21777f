"""Who may be invited as client users, in both modes (I9)."""

from typing import Any

import pytest
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import text

from services.identity.tests.kit import member, organisation
from services.identity.tests.town import NUMBERS, Town, new


async def paged(town: Town, query: str) -> list[list[Any]]:
    """Every page of candidates."""
    pages, following = [], town.path(f"/candidates?{query}")
    while following:
        answer = await town.app.call("GET", following, by=town.ada)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json()["items"])
        following = answer.links.get("next", {}).get("url", "")
    return pages


async def test_preselected_are_clients_without_users_of_their_own_where_one_is_system_administrator(town: Town) -> None:
    mine = await town.company("Kvarnen AB", country="NO", number="923 609 016")
    link = await town.client(mine)
    inhabited, invited, narrow, colleagues, ended, unlinked = [
        await town.company(name) for name in ("Inhabited", "Invited", "Narrow", "Colleague's", "Ended", "Unlinked")
    ]
    kim = await member(town.app, town.ada, town.agency, "kim@agency.test")
    for company in (inhabited, invited, ended):
        await town.client(company)
    await town.client(narrow, roles=("program_administrator:payroll",))
    await town.client(colleagues, kim)
    other = await organisation(town.app, town.operator, "agency")
    await town.client(unlinked, agency=other)
    await member(town.app, town.operator, inhabited, "own@client.test")
    await town.invite(new(invited))
    await town.end(ended)

    page = await town.candidates()

    assert page["next"] is None
    assert page["items"] == [
        {
            "link_id": str(link),
            "company_id": str(mine),
            "company_name": "Kvarnen AB",
            "country": "NO",
            "organisation_number": "923609016",
            "language": "nb",
            "person_id": None,
            "name": None,
            "email": None,
        }
    ]
    assert [each["company_name"] for each in (await town.candidates(by=kim))["items"]] == ["Colleague's"]


async def test_in_the_other_mode_they_are_own_users_who_joined_and_have_not_the_app(town: Town) -> None:
    first, second, strange = [await town.company(name) for name in ("First", "Second", "Strange")]
    await town.client(first)
    link = await town.client(second)
    bo = await member(town.app, town.operator, first, "bo@first.test", SYSTEM_ADMINISTRATOR)
    anna = await member(town.app, town.operator, second, "anna@second.test")
    await member(town.app, town.operator, strange, "carl@strange.test")
    path = f"/identity/v1/organisations/{first}/invitations"
    await town.app.call("POST", path, by=bo, body={"name": "Not Yet", "email": "notyet@first.test"})

    items = (await town.candidates("mode=existing"))["items"]
    await town.invite({"company_id": str(first), "person_id": str(bo)}, mode="existing")
    fewer = (await town.candidates("mode=existing"))["items"]

    assert [(each["name"], each["email"], each["company_name"]) for each in items] == [
        ("Anna", "anna@second.test", "Second"),
        ("Bo", "bo@first.test", "First"),
    ]
    assert (items[0]["person_id"], items[0]["link_id"]) == (str(anna), str(link))
    assert [each["name"] for each in fewer] == ["Anna"]


async def test_candidates_are_paged_by_name_each_once_and_found_by_a_part_of_it(town: Town) -> None:
    for name in ("Alfa", "Beta", "Beta", "Gamma", "Delta"):
        await town.client(await town.company(f"{name} AB"))

    pages = await paged(town, "limit=2")
    found = await paged(town, "search=BET")

    assert [[each["company_name"][:-3] for each in page] for page in pages] == [
        ["Alfa", "Beta"],
        ["Beta", "Delta"],
        ["Gamma"],
    ]
    assert len({each["link_id"] for page in pages for each in page}) == 5
    assert [each["company_name"] for page in found for each in page] == ["Beta AB", "Beta AB"]


async def test_own_users_are_paged_by_name_each_once(town: Town) -> None:
    for n, number in enumerate(NUMBERS[:2]):
        company = await town.company(f"Client {n}", number=number)
        await town.client(company)
        for name in ("anna", "bo"):
            await member(town.app, town.operator, company, f"{name}@client{n}.test")

    pages = await paged(town, "mode=existing&limit=3")

    assert [[each["name"] for each in page] for page in pages] == [["Anna", "Anna", "Bo"], ["Bo"]]
    assert len({(each["person_id"], each["link_id"]) for page in pages for each in page}) == 4


async def test_a_sole_traders_number_is_masked(town: Town) -> None:
    company = await town.company("Anna Åkare")
    await town.client(company)
    async with town.database.begin(company) as tx:
        await tx.session.execute(text("UPDATE organisation SET sole_trader = true, number = '8001011234'"))

    (item,) = (await town.candidates())["items"]

    assert item["organisation_number"] == "80****-****"


async def test_who_left_the_agency_and_came_back_is_shown_nothing_of_before(town: Town) -> None:
    company = await town.company("The client")
    kim = await member(town.app, town.ada, town.agency, "kim@agency.test")
    await town.client(company, kim)
    before = (await town.candidates(by=kim))["items"]

    await town.app.call("DELETE", f"/identity/v1/organisations/{town.agency}/members/{kim}", by=kim)
    gone = await town.app.call("GET", town.path("/candidates"), by=kim)

    async with town.database.begin(town.agency) as tx:
        query = text("SELECT * FROM clients_without_users(:person, '', NULL, NULL, 10)")
        shown = list(await tx.session.execute(query, {"person": kim}))
    assert (len(before), gone.status_code, shown) == (1, 404, [])


@pytest.mark.parametrize("function", ["clients_without_users", "own_users_without_app"])
async def test_without_the_agency_as_tenant_nothing_comes_out(town: Town, function: str) -> None:
    company = await town.company("The client")
    await town.client(company)
    if function == "own_users_without_app":
        await member(town.app, town.operator, company, "own@client.test")
    rest = {"clients_without_users": "'', NULL, NULL, 10", "own_users_without_app": "'x', '', NULL, NULL, NULL, 10"}
    query = f"SELECT count(*) FROM {function}('{town.ada}', {rest[function]})"  # noqa: S608

    counts = [(await town.rows(tenant, query))[0].count for tenant in (town.agency, company, town.ada)]

    assert counts == [1, 0, 0]
