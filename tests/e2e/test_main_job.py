"""The main job as another team's test sees it: link, activate, give, decide; told by event and by mail."""

from fullmakt.events import ClientActivated, ClientEnded, GrantsChanged, JobFinished, LinkAccepted, MembershipChanged
from fullmakt.testing import Sandbox


async def test_a_consultant_gets_in_and_everybody_is_told(fullmakt: Sandbox) -> None:
    agency, company = await fullmakt.agency(), await fullmakt.company()
    before = await fullmakt.decide(agency.consultant, company, "bookkeeping")
    link = await fullmakt.link(agency, company, active=True)

    job = await link.grant(agency.consultant, "bookkeeping")

    accepted = await fullmakt.events.expect(LinkAccepted, subject=link)
    assert (accepted.agency_id, accepted.company_id) == (agency.id, company.id)
    await fullmakt.events.expect(ClientActivated, subject=link)
    await fullmakt.events.expect(JobFinished, subject=job)
    changed = await fullmakt.events.expect(GrantsChanged, subject=job)
    assert {(item.person_id, item.program) for item in changed.grants} == {
        (agency.consultant.id, None),
        (agency.consultant.id, "bookkeeping"),
    }
    await fullmakt.mails.expect(to=company.administrator, containing="/approve/")
    await fullmakt.mails.expect(to=agency.admin, containing=company.name)
    assert not before
    assert await fullmakt.decide(agency.consultant, company, "bookkeeping")
    assert not await fullmakt.decide(agency.consultant, company, "payroll")


async def test_who_leaves_the_agency_has_nothing_left(fullmakt: Sandbox) -> None:
    link = await fullmakt.link(active=True)
    karl = link.agency.consultant
    await link.grant(karl, "bookkeeping")
    before = await fullmakt.decide(karl, link.company, "bookkeeping")

    await karl.leave()

    gone = await fullmakt.events.expect(
        MembershipChanged, where=lambda e: e.person_id == karl.id and e.state == "ended"
    )
    assert gone.roles == ()
    await fullmakt.settled()
    assert before
    assert not await fullmakt.decide(karl, link.company, "bookkeeping")


async def test_an_ended_link_lets_nobody_in(fullmakt: Sandbox) -> None:
    link = await fullmakt.link(active=True)
    await link.grant(link.agency.consultant, "bookkeeping")
    before = await fullmakt.decide(link.agency.consultant, link.company, "bookkeeping")

    await link.end()

    await fullmakt.events.expect(ClientEnded, subject=link)
    assert before
    assert not await fullmakt.decide(link.agency.consultant, link.company, "bookkeeping")


async def test_a_declined_or_cancelled_request_leads_to_no_link(fullmakt: Sandbox) -> None:
    agency, company, other = await fullmakt.agency(), await fullmakt.company(), await fullmakt.company()
    declined, cancelled = await agency.ask(company), await agency.ask(other)

    await declined.decline("not now")
    await cancelled.cancel()

    await fullmakt.settled()
    assert await fullmakt.events.all(LinkAccepted) == []
    states = [client.state for client in agency.admin.api.clients.list_clients(agency.id)]
    assert sorted(states) == ["cancelled", "declined"]
