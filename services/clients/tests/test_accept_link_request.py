import asyncio
from datetime import timedelta
from uuid import UUID

from fullmakt.events import LinkAccepted, LinkEnded, LinkRequestAccepted, LinkRequestSent
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import text

from libs.shared.bus import Bus
from libs.shared.mail_tokens import write_token
from services.clients.tests.kit import Case
from tests.kit import move_clock, told

SECRET = "a secret of these tests"


async def recorded(case: Case, action: str) -> list[UUID]:
    """In whose trails an action stands, once for each entry."""
    query = "SELECT tenant_id FROM audit_entry WHERE convert_from(body, 'UTF8')::jsonb->>'action' = :action"
    found: list[UUID] = []
    for tenant in (case.agency, case.company):
        async with case.app.database.begin(tenant) as tx:
            found += (await tx.session.scalars(text(query), {"action": action})).all()
    return found


async def test_opening_the_mailed_link_changes_nothing_however_often(case: Case) -> None:
    request = await case.send()
    token = write_token(SECRET, "link_request", UUID(str(request["id"])), case.anna, 1)

    for _ in range(20):
        for method in ("GET", "HEAD"):
            opened = await case.app.call(method, f"/clients/v1/approvals/{token}")
            assert opened.status_code in {200, 405}

    seen = (await case.app.call("GET", f"/clients/v1/approvals/{token}")).json()
    assert (seen["state"], seen["agency_name"], seen["company_name"]) == ("pending", "Byrån AB", "Åkeriet AB")
    assert await told(case.app.database, LinkAccepted) == []


async def test_a_token_of_an_earlier_sending_or_a_made_up_one_leads_nowhere(case: Case) -> None:
    request = await case.send()
    id_ = UUID(str(request["id"]))
    await case.app.call("POST", case.path(case.agency, "link-requests", id_, "resend"), by=case.admin)

    old = write_token(SECRET, "link_request", id_, case.anna, 1)
    forged = write_token("another secret", "link_request", id_, case.anna, 2)
    new = write_token(SECRET, "link_request", id_, case.anna, 2)

    answers = [(await case.app.call("GET", f"/clients/v1/approvals/{t}")).status_code for t in (old, forged, "x", new)]
    assert answers == [404, 404, 404, 200]


async def test_approving_makes_a_link_and_tells_it_once(case: Case) -> None:
    request = await case.send()

    answer = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    assert (answer.status_code, answer.json()["decided_by_name"]) == (200, "Anna Ansvarig")
    (accepted,) = await told(case.app.database, LinkAccepted)
    assert (accepted.agency_id, accepted.company_id) == (case.agency, case.company)
    assert accepted.accepted_by == case.anna


async def test_an_administrator_who_comes_later_sees_who_approved_and_when(case: Case) -> None:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    later = await case.app.call("POST", case.answer_path(request, "accept"), by=case.bo)
    seen = await case.app.call("GET", case.path(case.company, "link-requests", request["id"]), by=case.bo)

    assert later.status_code == 200
    assert later.json()["decided_by"] == seen.json()["decided_by"] == str(case.anna)
    assert seen.json()["decided_at"] is not None


async def test_fifty_who_approve_at_the_same_moment_see_one_outcome_and_one_event_is_told(case: Case) -> None:
    colleagues = [await case.town.administrator(case.company, "company", f"Kollega {n}") for n in range(48)]
    request = await case.send()

    everyone = [case.anna, case.bo, *colleagues]
    answers = await asyncio.gather(
        *(case.app.call("POST", case.answer_path(request, "accept"), by=person) for person in everyone)
    )

    assert {answer.status_code for answer in answers} == {200}
    outcomes = {(a.json()["state"], a.json()["decided_by"], a.json()["decided_at"]) for a in answers}
    assert len(outcomes) == 1
    assert len(await told(case.app.database, LinkAccepted)) == 1
    assert len(await told(case.app.database, LinkRequestAccepted)) == 1
    assert await recorded(case, "accept_link_request") == [case.company]


async def test_accepting_and_declining_at_the_same_moment_has_one_outcome(case: Case) -> None:
    request = await case.send()

    accept = case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    decline = case.app.call("POST", case.answer_path(request, "decline"), by=case.bo, body={})
    answers = await asyncio.gather(accept, decline)

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (lost,) = [answer for answer in answers if answer.status_code == 409]
    assert lost.json()["code"] == "already_decided"
    assert lost.json()["more"]["decided_by"] in {str(case.anna), str(case.bo)}


async def test_nobody_but_a_current_own_administrator_approves(case: Case) -> None:
    request = await case.send()
    plain = await case.town.person("Petra Plan", (case.company, "company", ()))
    path = case.answer_path(request, "accept")

    anonymous = await case.app.call("POST", path)
    member = await case.app.call("POST", path, by=plain)
    agency_admin = await case.app.call("POST", path, by=case.admin)
    as_agency = await case.app.call(
        "POST", case.path(case.agency, "link-requests", request["id"], "accept"), by=case.admin
    )

    assert anonymous.status_code == 401
    assert (member.status_code, member.json()["code"]) == (403, "not_own_administrator")
    assert agency_admin.status_code == 404
    assert as_agency.status_code == 404
    assert await told(case.app.database, LinkAccepted) == []


async def test_an_administrator_removed_since_the_mail_gets_nowhere_though_our_copy_lags(case: Case) -> None:
    request = await case.send()
    case.town.roles[case.company, case.anna] = ()

    answer = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_own_administrator")


async def test_one_who_became_administrator_after_the_mail_can_approve(case: Case) -> None:
    request = await case.send()
    new = await case.town.administrator(case.company, "company", "Nya Nils")

    answer = await case.app.call("POST", case.answer_path(request, "accept"), by=new)

    assert (answer.status_code, answer.json()["decided_by_name"]) == (200, "Nya Nils")


async def test_no_answer_from_identity_means_not_now(case: Case) -> None:
    request = await case.send()
    bus: Bus = case.app.app.state.bus
    await bus.client.drain()

    answer = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert await told(case.app.database, LinkAccepted) == []


async def test_a_pair_already_linked_is_a_clear_error(case: Case) -> None:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    path = case.path(case.agency, "link-requests")
    answer = await case.app.call("POST", path, by=case.consultant, body=case.asking())

    assert (answer.status_code, answer.json()["code"]) == (409, "already_linked")


async def test_a_decline_keeps_its_reason_and_a_new_request_is_welcome(case: Case) -> None:
    request = await case.send()
    path = case.answer_path(request, "decline")

    answer = await case.app.call("POST", path, by=case.anna, body={"reason": "Vi har en byrå"})
    again = await case.send()

    assert (answer.json()["state"], answer.json()["decline_reason"]) == ("declined", "Vi har en byrå")
    assert again["id"] != request["id"]


async def test_a_link_ended_from_either_side_can_be_asked_for_anew(case: Case) -> None:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    (link,) = await told(case.app.database, LinkAccepted)

    by_consultant = await case.app.call(
        "POST", case.path(case.agency, "links", link.link_id, "end"), by=case.consultant
    )
    by_company = await case.app.call("POST", case.path(case.company, "links", link.link_id, "end"), by=case.bo)

    assert by_consultant.status_code == 403
    assert by_company.json()["state"] == "ended"
    assert (await case.send())["state"] == "pending"


async def test_ending_a_link_goes_by_the_roles_held_now_though_our_copy_lags(case: Case) -> None:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    (link,) = await told(case.app.database, LinkAccepted)
    case.town.roles[case.company, case.anna] = ()
    case.town.roles[case.agency, case.admin] = ()
    del case.town.roles[case.company, case.bo]

    async def end(home: UUID, by: UUID) -> int:
        return (await case.app.call("POST", case.path(home, "links", link.link_id, "end"), by=by)).status_code

    refused = [await end(case.company, case.anna), await end(case.agency, case.admin), await end(case.company, case.bo)]
    ended_by_refused = await told(case.app.database, LinkEnded)
    case.town.roles[case.agency, case.consultant] = (SYSTEM_ADMINISTRATOR,)

    assert (refused, ended_by_refused) == ([403, 403, 404], [])
    assert await end(case.agency, case.consultant) == 200


async def test_the_client_list_shows_each_client_once_with_its_state_and_approver(case: Case) -> None:
    declined = await case.send()
    await case.app.call("POST", case.answer_path(declined, "decline"), by=case.anna, body={})
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.bo)
    other = await case.town.organisation("company", "Berg AB", number="5560427220")
    await case.town.person("Cia", (other, "company", (SYSTEM_ADMINISTRATOR,)))
    await case.send(company_id=str(other))

    first = (await case.app.call("GET", case.path(case.agency, "clients?limit=1"), by=case.consultant)).json()
    path = case.path(case.agency, f"clients?limit=1&after={first['next']}")
    second = (await case.app.call("GET", path, by=case.consultant)).json()

    rows = [(row["name"], row["state"], row["approved_by"]) for row in first["items"] + second["items"]]
    assert rows == [("Berg AB", "request_pending", None), ("Åkeriet AB", "awaiting_activation", "Bo Bestämd")]
    assert second["next"] is None


async def test_a_resent_request_is_not_swept_by_the_old_deadline(case: Case) -> None:
    request = await case.send()
    await move_clock(case.app.database, timedelta(hours=167))
    await case.app.call("POST", case.path(case.agency, "link-requests", request["id"], "resend"), by=case.admin)
    await move_clock(case.app.database, timedelta(hours=300))

    answer = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    assert answer.json()["state"] == "accepted"
    assert len(await told(case.app.database, LinkRequestSent)) == 2
