from datetime import UTC, datetime
from uuid import uuid4

from fullmakt.events import JobFinished

from services.notify.tests.kit import Town


async def finish_jobs(town: Town, count: int) -> None:
    for n in range(count):
        await town.telling.tell(
            JobFinished(
                job_id=uuid4(),
                agency_id=town.agency,
                started_by=town.admin,
                operation="give",
                done=n,
                unchanged=0,
                refused=0,
                finished_at=datetime.now(UTC),
            )
        )


async def test_notices_come_newest_first_page_by_page(town: Town) -> None:
    await finish_jobs(town, 5)

    seen: list[int] = []
    path = town.path(town.agency, "notices?limit=2")
    page = (await town.app.call("GET", path, by=town.admin)).json()
    while True:
        seen += [item["params"]["done"] for item in page["items"]]
        if page["next"] is None:
            break
        page = (await town.app.call("GET", f"{path}&after={page['next']}", by=town.admin)).json()

    assert seen == [4, 3, 2, 1, 0]
    assert page["unread"] == 5


async def test_a_notice_once_read_stays_read(town: Town) -> None:
    await finish_jobs(town, 2)
    path = town.path(town.agency, "notices")
    first = (await town.app.call("GET", path, by=town.admin)).json()["items"][0]

    for _ in range(2):
        answer = await town.app.call("POST", f"{path}/{first['id']}/read", by=town.admin)
        assert answer.status_code == 200

    page = (await town.app.call("GET", path, by=town.admin)).json()
    assert page["unread"] == 1
    assert [item["read_at"] is not None for item in page["items"]] == [True, False]


async def test_an_answer_is_a_notice_in_the_readers_own_language(town: Town) -> None:
    dane = await town.person("Dan Dansk", (town.agency, "agency", ("system_administrator",)), language="da")
    request = town.request()
    await town.telling.tell(request, town.accepted(request, by=town.anna))

    swedish = (await town.app.call("GET", town.path(town.agency, "notices"), by=town.consultant)).json()
    danish = (await town.app.call("GET", town.path(town.agency, "notices"), by=dane)).json()

    assert swedish["items"][0]["text"] == "Kvarnen & Söner AB har godkänt kopplingen och väntar på att aktiveras."
    assert danish["items"][0]["text"] == "Kvarnen & Söner AB har godkendt tilknytningen og afventer aktivering."
    assert swedish["items"][0]["params"]["link_request_id"] == str(request.link_request_id)


async def test_a_colleagues_notice_is_not_found(town: Town) -> None:
    await finish_jobs(town, 1)
    path = town.path(town.agency, "notices")
    (notice,) = (await town.app.call("GET", path, by=town.admin)).json()["items"]

    answer = await town.app.call("POST", f"{path}/{notice['id']}/read", by=town.manager)

    assert answer.status_code == 404
    assert (await town.app.call("GET", path, by=town.admin)).json()["unread"] == 1


async def test_a_cursor_that_is_none_of_ours_is_named(town: Town) -> None:
    for cursor in ("x", "!", "bm90IGpzb24=", "å"):
        answer = await town.app.call("GET", town.path(town.agency, f"notices?after={cursor}"), by=town.admin)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "after"), cursor


async def test_only_administrators_see_deliveries_and_send_them_again(town: Town) -> None:
    await town.telling.tell(town.request())
    plain = await town.person("Pia Plain", (town.company, "company", ("program_administrator:client-manager",)))

    for organisation, person, status in (
        (town.company, town.anna, 200),
        (town.company, plain, 403),
        (town.agency, town.manager, 200),
        (town.agency, town.consultant, 403),
    ):
        path = town.path(organisation, "deliveries")
        assert (await town.app.call("GET", path, by=person)).status_code == status
    (first, _) = (await town.app.call("GET", town.path(town.company, "deliveries?state=due"), by=town.anna)).json()[
        "items"
    ]
    path = town.path(town.company, "deliveries", first["id"], "retry")
    assert (await town.app.call("POST", path, by=plain)).status_code == 403
    assert (await town.app.call("POST", path, by=town.anna)).json()["code"] == "not_given_up"
