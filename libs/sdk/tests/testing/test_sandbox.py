"""What the fixtures give: a corner of a whole running system that is a test's own."""

import asyncio

import pytest
from fullmakt.client import Fullmakt
from fullmakt.client.errors import NotFoundError, UnauthenticatedError
from fullmakt.client.models.access import StartJob
from fullmakt.client.models.clients import SendLinkRequest
from fullmakt.events import (
    GrantsChanged,
    JobFinished,
    LinkAccepted,
    LinkRequestSent,
    MembershipChanged,
    OrganisationChanged,
    PersonChanged,
)
from fullmakt.testing import NotYourOwn, Sandbox
from fullmakt.testing.numbers import organisation_number
from fullmakt.testing.system import RunningSystem
from stdnum.se import orgnr


def test_a_test_that_is_not_async_asks_for_results(fullmakt: Sandbox) -> None:
    link = fullmakt.link(active=True).result()

    accepted = fullmakt.events.expect(LinkAccepted, subject=link.id).result()

    assert accepted.company_id == link.company.id


async def test_organisations_and_people_are_as_asked_for(fullmakt: Sandbox) -> None:
    agency, company = await asyncio.gather(
        fullmakt.agency("Siffror AB", consultants=2), fullmakt.company("Kund AB", administrators=3)
    )

    kim = await agency.hire("Kim Konsult", "program_administrator:payroll", mobile="+46701740605", language="sv")

    assert (agency.name, company.name, kim.name) == ("Siffror AB", "Kund AB", "Kim Konsult")
    assert [len(agency.administrators), len(agency.consultants), len(company.administrators)] == [1, 3, 3]
    people = await fullmakt.events.all(PersonChanged, subject=kim)
    await fullmakt.texts.expect(to=kim, containing="Siffror AB")
    assert {(each.event.mobile, each.event.language) for each in people} == {("+46701740605", "sv")}
    roles = await fullmakt.events.expect(MembershipChanged, where=lambda e: e.person_id == kim.id)
    assert roles.roles == ("program_administrator:payroll",)


async def test_everybody_can_call_the_api_as_themselves(fullmakt: Sandbox) -> None:
    agency, company = await fullmakt.agency(), await fullmakt.company()

    me = company.administrator.api.identity.get_me()

    assert me.person_id == company.administrator.id
    with pytest.raises(NotFoundError):
        company.administrator.api.identity.get_organisation(agency.id)
    with pytest.raises(UnauthenticatedError):
        fullmakt.api().identity.get_me()


async def test_tests_do_not_see_each_others_events_and_mails(fullmakt_system: RunningSystem) -> None:
    one, other = Sandbox(fullmakt_system, own=False), Sandbox(fullmakt_system, own=False)
    link = await one.link()

    company = await other.company()

    await one.events.expect(LinkAccepted, subject=link)
    assert await other.events.all(LinkAccepted) == []
    seen = {each.event.organisation_id for each in await other.events.all(OrganisationChanged)}
    assert seen == {company.id}
    assert {mail.to[0] for mail in await other.mails.all()} == {company.administrator.email}


async def test_two_harnesses_share_a_running_system_and_each_sees_all_that_is_its_own(
    fullmakt_system: RunningSystem,
) -> None:
    second = await asyncio.to_thread(RunningSystem.connect, fullmakt_system.control.address)
    try:
        links = await asyncio.gather(Sandbox(fullmakt_system, own=False).link(), Sandbox(second, own=False).link())

        for link in links:
            await link.agency.sandbox.events.expect(LinkAccepted, subject=link)
    finally:
        await asyncio.to_thread(second.close)


async def test_an_event_that_does_not_come_is_told_with_those_that_did(fullmakt: Sandbox) -> None:
    company = await fullmakt.company()

    with pytest.raises(AssertionError) as raised:
        await fullmakt.events.expect(GrantsChanged, subject=company, within=0.1)

    assert f"no GrantsChanged about {company.id} within 0.1 s" in str(raised.value)
    assert f"OrganisationChanged about {company.id}, " in str(raised.value)


async def test_a_mail_that_does_not_come_is_told_with_those_that_did(fullmakt: Sandbox) -> None:
    company = await fullmakt.company("Kund AB")

    with pytest.raises(AssertionError) as raised:
        await fullmakt.mails.expect(to=company.administrator, containing="cheese", within=0.1)

    assert f"to {company.administrator.email} with 'cheese'" in str(raised.value)
    assert "has invited you to Kund AB" in str(raised.value)


async def test_access_that_is_refused_fails_the_test_with_its_reason(fullmakt: Sandbox) -> None:
    link = await fullmakt.link(active=True)
    stranger = (await fullmakt.agency()).consultant

    with pytest.raises(AssertionError, match="not_a_member"):
        await link.grant(stranger, "bookkeeping")


async def test_what_a_person_may_not_do_is_raised_as_the_apis_own_error(fullmakt: Sandbox) -> None:
    agency, company = await fullmakt.agency(), await fullmakt.company()
    request = await agency.ask(company)
    other = await fullmakt.company()

    with pytest.raises(NotFoundError):
        await request.approve(by=other.administrator)


async def test_in_a_system_that_others_use_time_and_processes_are_left_alone(fullmakt: Sandbox) -> None:
    with pytest.raises(NotYourOwn, match="own_fullmakt"):
        _ = fullmakt.clock
    with pytest.raises(NotYourOwn, match="own_fullmakt"):
        _ = fullmakt.faults


async def test_who_is_erased_leaves_a_tombstone(fullmakt: Sandbox) -> None:
    company = await fullmakt.company(administrators=2)

    await company.administrators[1].erase()

    tombstone = await fullmakt.events.expect(PersonChanged, where=lambda e: e.erased)
    assert (tombstone.person_id, tombstone.name, tombstone.email) == (company.administrators[1].id, None, None)


async def test_the_trace_of_a_call_reaches_the_mail(fullmakt: Sandbox) -> None:
    agency, company = await fullmakt.agency(), await fullmakt.company()
    await agency.ask(await fullmakt.company())  # clients knows the agency
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    with Fullmakt(
        fullmakt.urls, agency.admin.credentials, traceparent=lambda: f"00-{trace}-00f067aa0ba902b7-01"
    ) as traced:
        traced.clients.send_link_request(agency.id, SendLinkRequest(company_id=company.id))

    mail = await fullmakt.mails.expect(to=company.administrator, containing="/approve/")
    assert mail.headers["traceparent"].split("-")[1] == trace
    sent = (await fullmakt.events.all(LinkRequestSent, where=lambda e: e.company_id == company.id))[0]
    assert (sent.envelope.traceparent or "").split("-")[1] == trace


async def test_the_events_of_a_bulk_job_are_in_the_trace_of_the_request_that_started_it(fullmakt: Sandbox) -> None:
    link = await fullmakt.link(active=True)
    trace = "4bf92f3577b34da6a3ce929d0e0e4737"
    wanted = StartJob(clients=[link.id], consultants=[link.agency.consultant.id], programs=["payroll"])

    with Fullmakt(
        fullmakt.urls, link.agency.admin.credentials, traceparent=lambda: f"00-{trace}-00f067aa0ba902b7-01"
    ) as traced:
        job = traced.access.start_job(link.agency.id, wanted)

    await fullmakt.events.expect(JobFinished, subject=job)
    told = [each.envelope for each in await fullmakt.events.all(GrantsChanged, subject=job)]
    told += [each.envelope for each in await fullmakt.events.all(JobFinished, subject=job)]
    assert {(each.traceparent or "-").split("-")[1] for each in told} == {trace}


def test_organisation_numbers_are_valid_and_differ() -> None:
    numbers = [organisation_number() for _ in range(100)]

    assert all(orgnr.is_valid(number) for number in numbers)
    assert len(set(numbers)) == 100
