from collections.abc import AsyncIterator

import httpx
from sqlalchemy import text

from services.clients.tests.kit import Case


async def pages(case: Case, path: str) -> AsyncIterator[httpx.Response]:
    """A list as an admin of the agency reads it, following the Link headers."""
    following = path
    while following:
        page = await case.app.call("GET", following, by=case.admin)
        assert page.status_code == 200, page.text
        yield page
        following = page.links.get("next", {}).get("url", "")


async def five_requests(case: Case) -> list[str]:
    """Requests to five companies, three of them sent at the same moment, the last one taken back."""
    ids = []
    for n in range(5):
        company = await case.town.organisation("company", f"Åkeri {n}")
        await case.town.administrator(company, "company")
        ids.append(str((await case.send(company_id=str(company)))["id"]))
    async with case.app.database.begin(case.agency) as tx:
        same = text("UPDATE link_request SET sent_at = (SELECT max(sent_at) FROM link_request) WHERE id = ANY(:ids)")
        await tx.session.execute(same, {"ids": ids[1:4]})
    await case.app.call("POST", case.path(case.agency, "link-requests", ids[4], "cancel"), by=case.admin)
    return ids


async def test_link_requests_are_paged_without_gap_or_double(case: Case) -> None:
    ids = await five_requests(case)

    read = [page.json() async for page in pages(case, case.path(case.agency, "link-requests") + "?limit=2")]

    assert [len(page["items"]) for page in read] == [2, 2, 1]
    found = [item for page in read for item in page["items"]]
    assert sorted(item["id"] for item in found) == sorted(ids)
    assert [item["sent_at"] for item in found] == sorted((item["sent_at"] for item in found), reverse=True)


async def test_the_link_to_the_next_page_keeps_what_was_asked_for(case: Case) -> None:
    ids = await five_requests(case)

    path = case.path(case.agency, "link-requests") + "?pending=true&limit=3"
    read = [page async for page in pages(case, path)]

    first, last = read
    assert first.links["next"]["url"].startswith(case.path(case.agency, "link-requests") + "?")
    assert f"after={first.json()['next'].replace('=', '%3D')}" in first.headers["link"]
    assert (len(first.json()["items"]), len(last.json()["items"])) == (3, 1)
    assert {item["id"] for page in read for item in page.json()["items"]} == set(ids[:4])


async def test_the_last_page_has_neither_a_cursor_nor_a_link(case: Case) -> None:
    await five_requests(case)

    answer = await case.app.call("GET", case.path(case.agency, "link-requests") + "?limit=5", by=case.admin)

    assert len(answer.json()["items"]) == 5
    assert answer.json()["next"] is None
    assert "link" not in answer.headers


async def test_clients_are_paged_by_name(case: Case) -> None:
    await five_requests(case)

    read = [page.json()["items"] async for page in pages(case, case.path(case.agency, "clients") + "?limit=2")]

    assert [[item["name"] for item in page] for page in read] == [
        ["Åkeri 0", "Åkeri 1"],
        ["Åkeri 2", "Åkeri 3"],
        ["Åkeri 4"],
    ]


async def test_a_cursor_that_is_none_of_ours_is_invalid(case: Case) -> None:
    for cursor in ("x", "W10=", "WzEsMl0=", "é", "bnVsbA=="):
        for what in ("link-requests", "clients"):
            answer = await case.app.call("GET", case.path(case.agency, what) + f"?after={cursor}", by=case.admin)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "after"), cursor
