from datetime import UTC, datetime

from fullmakt.events import ClientActivated, LinkAccepted, MembershipChanged, PersonChanged
from sqlalchemy import text

from services.clients.tests.kit import Case
from tests.kit import told


async def test_an_activated_client_shows_as_active(case: Case) -> None:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    (link,) = await told(case.app.database, LinkAccepted)
    event = ClientActivated(
        link_id=link.link_id,
        agency_id=case.agency,
        company_id=case.company,
        activated_by=case.admin,
        activated_at=datetime.now(UTC),
        administrators=(case.admin,),
        roles=(),
    )

    await case.town.telling.tell(event)

    page = (await case.app.call("GET", case.path(case.agency, "clients"), by=case.consultant)).json()
    assert [row["state"] for row in page["items"]] == ["active"]


async def test_a_removed_member_is_not_found_at_the_organisation_any_more(case: Case) -> None:
    await case.town.membership(case.agency, "agency", case.consultant, None)

    answer = await case.app.call("GET", case.path(case.agency, "clients"), by=case.consultant)

    assert answer.status_code == 404


async def test_an_older_membership_event_that_comes_again_changes_nothing(case: Case) -> None:
    membership = case.town.memberships[case.agency, case.consultant]
    event = MembershipChanged(
        membership_id=membership,
        organisation_id=case.agency,
        organisation_kind="agency",
        person_id=case.consultant,
        state="ended",
        roles=(),
    )
    inbox = case.town.telling.inboxes["identity"]

    await inbox.take([case.town.telling.message(event, version=1)])

    answer = await case.app.call("GET", case.path(case.agency, "clients"), by=case.consultant)
    assert answer.status_code == 200


async def test_an_erased_person_leaves_no_name_in_views_copies_or_the_trail(case: Case) -> None:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    erased = PersonChanged(
        person_id=case.anna, name=None, email=None, mobile=None, language=None, time_zone=None, erased=True
    )
    await case.town.telling.tell(erased)

    seen = await case.app.call("GET", case.path(case.company, "link-requests", request["id"]), by=case.bo)
    assert (seen.json()["decided_by"], seen.json()["decided_by_name"]) == (str(case.anna), None)
    async with case.app.database.begin(case.company) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM audit_name WHERE name LIKE 'Anna%'")) == 0
        assert await tx.session.scalar(text("SELECT count(*) FROM audit_entry")) == 1
