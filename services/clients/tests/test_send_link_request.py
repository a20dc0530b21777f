from datetime import timedelta

from fullmakt.events import LinkRequestExpired, LinkRequestSent

from services.clients.tests.kit import Case
from services.clients.usecases.expire_link_requests import expire_link_requests
from tests.kit import move_clock, told


async def test_any_agency_user_finds_a_company_by_its_exact_number_however_typed(case: Case) -> None:
    path = case.path(case.agency, "directory")

    for typed in ("556012-5790", "5560125790", "SE 556012 5790", "16556012-5790"):
        answer = await case.app.call("GET", f"{path}?organisation_number={typed}", by=case.consultant)
        assert [hit["name"] for hit in answer.json()["hits"]] == ["Åkeriet AB"], answer.text
        assert answer.json()["hits"][0]["can_be_asked"] is True


async def test_a_search_for_part_of_a_number_or_with_a_wrong_check_digit_is_told_so(case: Case) -> None:
    for typed in ("556012", "556012-5791", "x"):
        path = case.path(case.agency, f"directory?organisation_number={typed}")
        answer = await case.app.call("GET", path, by=case.consultant)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "organisation_number"


async def test_a_search_that_finds_nothing_is_an_empty_answer(case: Case) -> None:
    path = case.path(case.agency, "directory?organisation_number=556042-7220")
    answer = await case.app.call("GET", path, by=case.consultant)
    assert (answer.status_code, answer.json()["hits"]) == (200, [])


async def test_a_number_with_several_subscriptions_asks_for_the_subscription_number(case: Case) -> None:
    await case.town.organisation("company", "Åkeriet två", subscription="S2")

    path = case.path(case.agency, "directory")
    by_number = await case.app.call("GET", f"{path}?organisation_number=5560125790", by=case.consultant)
    by_subscription = await case.app.call("GET", f"{path}?subscription_number=S2", by=case.consultant)

    assert by_number.json() == {"hits": [], "subscription_number_needed": True}
    assert [hit["name"] for hit in by_subscription.json()["hits"]] == ["Åkeriet två"]


async def test_nothing_in_verification_is_found_or_asked(case: Case) -> None:
    new = await case.town.organisation("company", "Ny AB", number="5560427220", state="in_verification")

    path = case.path(case.agency, "directory?organisation_number=5560427220")
    found = await case.app.call("GET", path, by=case.consultant)
    body = {"company_id": str(new)}
    asked = await case.app.call("POST", case.path(case.agency, "link-requests"), by=case.consultant, body=body)

    assert found.json()["hits"] == []
    assert asked.status_code == 404


async def test_a_request_goes_to_every_own_administrator_and_lives_168_hours(case: Case) -> None:
    request = await case.send()

    (event,) = await told(case.app.database, LinkRequestSent)
    assert set(event.recipients) == {case.anna, case.bo}
    assert event.expires_at - event.sent_at == timedelta(hours=168)
    assert request["state"] == "pending"


async def test_a_company_without_own_administrators_gets_no_request(case: Case) -> None:
    lonely = await case.town.organisation("company", "Ensam AB", number="5560427220")

    path = case.path(case.agency, "directory?organisation_number=5560427220")
    hit = (await case.app.call("GET", path, by=case.consultant)).json()["hits"][0]
    body = {"company_id": str(lonely)}
    asked = await case.app.call("POST", case.path(case.agency, "link-requests"), by=case.consultant, body=body)

    assert hit["can_be_asked"] is False
    assert (asked.status_code, asked.json()["code"]) == (409, "no_own_administrator")


async def test_a_pending_request_with_the_same_terms_is_returned_and_nobody_is_mailed_again(case: Case) -> None:
    first = await case.send()
    again = await case.send(by=case.admin)

    assert again["id"] == first["id"]
    assert len(await told(case.app.database, LinkRequestSent)) == 1


async def test_a_pending_request_with_other_terms_is_a_conflict_that_names_it(case: Case) -> None:
    first = await case.send()
    body = case.asking(terms={"programs": ["payroll"]})
    answer = await case.app.call("POST", case.path(case.agency, "link-requests"), by=case.admin, body=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "pending_with_other_terms")
    assert answer.json()["more"]["link_request_id"] == first["id"]


async def test_only_an_agency_can_ask(case: Case) -> None:
    path = case.path(case.company, "link-requests")
    answer = await case.app.call("POST", path, by=case.anna, body=case.asking())
    assert (answer.status_code, answer.json()["code"]) == (403, "only_agencies")


async def test_a_request_is_dead_after_168_hours_with_no_sweeper_running(case: Case) -> None:
    request = await case.send()
    await move_clock(case.app.database, timedelta(hours=168))

    answer = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    seen = await case.app.call("GET", case.path(case.agency, "link-requests", request["id"]), by=case.consultant)

    assert (answer.status_code, answer.json()["code"]) == (409, "request_expired")
    assert seen.json()["state"] == "expired"


async def test_a_request_is_alive_just_before_its_168_hours_are_over(case: Case) -> None:
    request = await case.send()
    await move_clock(case.app.database, timedelta(hours=168) - timedelta(minutes=1))

    answer = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")


async def test_the_sweeper_ends_what_is_due_once(case: Case) -> None:
    await case.send()
    await move_clock(case.app.database, timedelta(hours=169))

    await expire_link_requests(case.app.database)
    await expire_link_requests(case.app.database)

    assert len(await told(case.app.database, LinkRequestExpired)) == 1


async def test_after_an_expiry_a_new_request_is_welcome_with_no_sweeper_running(case: Case) -> None:
    first = await case.send()
    await move_clock(case.app.database, timedelta(hours=169))

    second = await case.send()

    assert second["id"] != first["id"]
    assert len(await told(case.app.database, LinkRequestExpired)) == 1


async def test_resending_gives_168_hours_anew_and_new_links(case: Case) -> None:
    request = await case.send()
    await move_clock(case.app.database, timedelta(hours=100))

    path = case.path(case.agency, "link-requests", request["id"], "resend")
    answer = await case.app.call("POST", path, by=case.consultant)

    assert answer.status_code == 200, answer.text
    first, second = await told(case.app.database, LinkRequestSent)
    assert (first.generation, second.generation) == (1, 2)
    assert second.expires_at - first.expires_at >= timedelta(hours=100)


async def test_only_the_sender_or_an_agency_admin_cancels(case: Case) -> None:
    request = await case.send(by=case.admin)
    path = case.path(case.agency, "link-requests", request["id"], "cancel")

    by_other = await case.app.call("POST", path, by=case.consultant)
    by_admin = await case.app.call("POST", path, by=case.admin)

    assert (by_other.status_code, by_other.json()["code"]) == (403, "not_the_sender")
    assert by_admin.json()["state"] == "cancelled"
    assert (await case.send())["state"] == "pending"
