"""A link request's seven days on a whole running system, by the clock that can be moved."""

import pytest
from fullmakt.client.errors import RequestExpired
from fullmakt.events import Event, LinkRequestExpired, LinkRequestSent
from fullmakt.testing import Sandbox


async def test_a_request_is_reminded_of_dies_after_168_hours_and_both_are_told_once(own_fullmakt: Sandbox) -> None:
    agency, company = await own_fullmakt.agency(consultants=0), await own_fullmakt.company()
    anna, ada = company.administrator, agency.admin
    request = await agency.ask(company)
    await own_fullmakt.mails.expect(to=anna, containing="/approve/")

    await own_fullmakt.clock.forward(hours=121)
    await own_fullmakt.mails.expect(to=anna, containing="/approve/", count=2)
    await own_fullmakt.clock.forward(hours=47, seconds=1)

    with pytest.raises(RequestExpired):
        anna.api.clients.accept_link_request(company.id, request.id)
    await own_fullmakt.events.expect(LinkRequestExpired, subject=request)
    assert await traces(own_fullmakt, LinkRequestExpired) == await traces(own_fullmakt, LinkRequestSent)
    await own_fullmakt.settled()
    assert len(await own_fullmakt.mails.all(to=anna, containing="/approve/")) == 2
    outcome = [mail for mail in await own_fullmakt.mails.all(to=ada) if not mail.says("/invitations/")]
    assert len(outcome) == 1


async def traces(fullmakt: Sandbox, kind: type[Event]) -> set[str]:
    """The traces that events of a type belong to."""
    return {(told.envelope.traceparent or "none-none").split("-")[1] for told in await fullmakt.events.all(kind)}
