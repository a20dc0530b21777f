from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
from fullmakt.events import LinkRequestCancelled

from services.notify.tests.kit import Post, Town, all_rows
from services.notify.usecases.remind_recipients import remind_recipients
from tests.kit import eventually, move_clock

FIVE_DAYS = timedelta(hours=120, minutes=1)


async def reminders(town: Town) -> list[object]:
    rows = await all_rows(town.database, "delivery")
    return sorted(row["person_id"] for row in rows if row["template"] == "link_request_reminder")


async def test_those_who_were_asked_are_reminded_once_in_the_last_48_hours(town: Town, post: Post) -> None:
    await town.telling.tell(town.request())

    await move_clock(town.database, timedelta(hours=119, minutes=59))
    await remind_recipients(town.database)
    assert await reminders(town) == []
    await move_clock(town.database, FIVE_DAYS)
    await remind_recipients(town.database)
    await remind_recipients(town.database)

    assert await reminders(town) == sorted([town.anna, town.bo])
    async with post.sending():
        assert await eventually(post.settled) == {"sent": 4}
    mails = post.to(town.emails[town.anna])
    assert [mail.subject for mail in mails if mail.subject.startswith("Påminnelse")] == [
        "Påminnelse: Önskebyrån AB väntar på svar från Kvarnen & Söner AB"
    ]


async def test_a_tick_that_was_missed_reminds_later_but_not_after_the_end(town: Town) -> None:
    await town.telling.tell(town.request())

    await move_clock(town.database, timedelta(hours=167, minutes=59))
    await remind_recipients(town.database)
    assert len(await reminders(town)) == 2

    await town.telling.tell(town.request())
    await move_clock(town.database, timedelta(hours=168, minutes=1))
    await remind_recipients(town.database)
    assert len(await reminders(town)) == 2


async def test_nobody_is_reminded_of_a_request_that_was_decided(town: Town) -> None:
    accepted, cancelled = town.request(), town.request()
    await town.telling.tell(accepted, town.accepted(accepted, by=town.anna), cancelled)
    await town.telling.tell(
        LinkRequestCancelled(
            link_request_id=cancelled.link_request_id,
            agency_id=town.agency,
            company_id=town.company,
            cancelled_by=town.consultant,
            cancelled_at=datetime.now(UTC),
        )
    )

    await move_clock(town.database, FIVE_DAYS)
    await remind_recipients(town.database)

    assert await reminders(town) == []


async def test_a_reminder_lapses_if_the_request_is_decided_before_it_leaves(town: Town, post: Post) -> None:
    request = town.request(town.anna)
    await town.telling.tell(request)
    async with post.sending():
        await eventually(post.settled)
    await move_clock(town.database, FIVE_DAYS)
    await remind_recipients(town.database)
    await town.telling.tell(town.accepted(request, by=town.anna))

    async with post.sending():
        await eventually(post.settled)

    assert len([mail for mail in post.to(town.emails[town.anna]) if "Påminnelse" in mail.subject]) == 0


async def test_a_request_sent_anew_is_reminded_of_anew(town: Town) -> None:
    request = town.request(town.anna)
    await town.telling.tell(request)
    await move_clock(town.database, FIVE_DAYS)
    await remind_recipients(town.database)

    later = datetime.now(UTC) + FIVE_DAYS
    await town.telling.tell(
        msgspec.structs.replace(request, generation=2, sent_at=later, expires_at=later + timedelta(hours=168))
    )
    await remind_recipients(town.database)
    assert len(await reminders(town)) == 1
    await move_clock(town.database, FIVE_DAYS * 2)
    await remind_recipients(town.database)

    assert await reminders(town) == [town.anna, town.anna]


async def test_a_request_sent_within_its_last_48_hours_has_no_reminder(town: Town) -> None:
    now = datetime.now(UTC)
    await town.telling.tell(town.request(expires_at=now + timedelta(hours=47)))

    await remind_recipients(town.database)

    assert await reminders(town) == []


async def test_who_is_no_administrator_any_more_is_not_reminded(town: Town) -> None:
    former = uuid4()
    event = await town.membership(town.company, "company", former, ("system_administrator",))
    await town.telling.tell(town.request(town.anna, former))
    await town.telling.tell(msgspec.structs.replace(event, state="ended", roles=()))

    await move_clock(town.database, FIVE_DAYS)
    await remind_recipients(town.database)

    assert await reminders(town) == [town.anna]
