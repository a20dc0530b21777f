"""Fifty administrators of one company approve the same request at the same moment, on a whole running system."""

import asyncio
from collections import Counter

from fullmakt.events import LinkAccepted, LinkRequestAccepted
from fullmakt.testing import Sandbox

MANY = 50


async def test_fifty_approve_at_once_one_wins_and_everybody_gets_one_mail(fullmakt: Sandbox) -> None:
    agency, company = await fullmakt.agency(consultants=0), await fullmakt.company(administrators=MANY)
    request = await agency.ask(company)

    answers = await asyncio.gather(
        *(
            asyncio.to_thread(administrator.api.clients.accept_link_request, company.id, request.id)
            for administrator in company.administrators
        )
    )

    assert len({(answer.state, answer.decided_by, answer.decided_at) for answer in answers}) == 1
    await (await request.link()).activate()
    await fullmakt.settled()
    winner = next(each for each in company.administrators if each.id == answers[0].decided_by)
    told = {each.email for each in [*company.administrators, agency.admin]} - {winner.email}
    mails = [mail for mail in await fullmakt.mails.all() if not (mail.says("/approve/") or mail.says("/invitations/"))]
    assert Counter(mail.to[0] for mail in mails) == dict.fromkeys(told, 1)
    assert len(await fullmakt.events.all(LinkAccepted)) == 1
    assert len(await fullmakt.events.all(LinkRequestAccepted)) == 1
