from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from fullmakt.events import (
    DeliverySettled,
    EmailChangeRequested,
    PasswordResetRequested,
    PersonChanged,
    SignInChanged,
)

from libs.shared.mail_tokens import is_genuine, read_token
from services.notify.tests.kit import SECRET, Post, Town, all_rows
from services.notify.tests.test_trace import TRACE, trace_of, traced
from tests.kit import eventually, move_clock, told

OLD, NEW, EARLIER = "anna@old.test", "anna@new.test", "anna@earlier.test"


def reset(person: UUID) -> PasswordResetRequested:
    """A link for a new password, good for an hour."""
    ends = datetime.now(UTC) + timedelta(hours=1)
    return PasswordResetRequested(password_reset_id=uuid4(), person_id=person, generation=1, expires_at=ends)


def change(person: UUID) -> EmailChangeRequested:
    """A change of address, good for a day."""
    ends = datetime.now(UTC) + timedelta(hours=24)
    return EmailChangeRequested(email_change_id=uuid4(), person_id=person, generation=1, expires_at=ends)


def wants(town: Town, person: UUID, address: str, change_id: UUID) -> PersonChanged:
    """What identity tells of somebody who wants another address."""
    known = town.changed(person, "Anna Ansvarig", email=OLD)
    return msgspec.structs.replace(known, pending_email=address, email_change_id=change_id)


async def test_who_forgot_their_password_is_mailed_a_link_that_no_organisation_sees(town: Town, post: Post) -> None:
    event = reset(town.anna)
    await town.telling.inboxes[event.stream].take([traced(town, event)])

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}

    (mail,) = post.to(town.emails[town.anna])
    (link,) = mail.links
    assert link.startswith("http://portal.test/reset/")
    token = read_token(link.rpartition("/")[2])
    assert token is not None
    assert (token.thing, token.recipient) == (event.password_reset_id, town.anna)
    assert is_genuine(token, SECRET, "password_reset", 1)
    assert "Kvarnen" not in mail.text
    assert trace_of(mail.headers["traceparent"]) == TRACE
    listed = await town.app.call("GET", town.path(town.company, "deliveries") + "?state=sent", by=town.bo)
    assert listed.json()["items"] == []
    assert await told(town.database, DeliverySettled) == []


async def test_a_link_that_is_good_no_more_is_not_mailed(town: Town, post: Post) -> None:
    await town.telling.tell(reset(town.anna))
    await move_clock(town.database, timedelta(hours=2))

    async with post.sending():
        assert await eventually(post.settled) == {"lapsed": 1}

    assert post.to(town.emails[town.anna]) == []


async def test_each_address_of_a_change_gets_a_link_of_its_own(town: Town, post: Post) -> None:
    event = change(town.anna)
    await town.telling.tell(wants(town, town.anna, NEW, event.email_change_id), event)

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 2}

    for address, side in ((OLD, "old"), (NEW, "new")):
        (mail,) = post.to(address)
        (link,) = mail.links
        assert link.startswith("http://portal.test/email/")
        token = read_token(link.rpartition("/")[2])
        assert token is not None
        assert (token.thing, token.recipient) == (event.email_change_id, town.anna)
        assert is_genuine(token, SECRET, f"email_change_{side}", 1)
        assert (NEW in mail.text) is (side == "old")


async def test_a_link_waits_for_the_address_of_its_own_change(town: Town, post: Post) -> None:
    event = change(town.anna)
    await town.telling.tell(wants(town, town.anna, EARLIER, uuid4()), event)

    async with post.sending():

        async def both_wait() -> bool:
            return [row["reason"] for row in await all_rows(town.database, "delivery")] == ["not_yet_known"] * 2

        await eventually(both_wait)
        await town.telling.tell(wants(town, town.anna, NEW, event.email_change_id))
        assert await eventually(post.settled) == {"sent": 2}

    assert (len(post.to(EARLIER)), len(post.to(NEW))) == (0, 1)


async def test_links_of_a_change_that_was_given_up_lapse(town: Town, post: Post) -> None:
    await town.telling.tell(change(town.anna))
    await move_clock(town.database, timedelta(hours=25))

    async with post.sending():
        assert await eventually(post.settled) == {"lapsed": 2}


async def test_a_person_is_told_when_their_sign_in_changes_once_for_each_change(town: Town, post: Post) -> None:
    changed = [
        SignInChanged(sign_in_change_id=uuid4(), person_id=town.anna, change=each, changed_at=datetime.now(UTC))
        for each in ("password_changed", "second_factor_added")
    ]
    await town.telling.tell(*changed)
    again = town.telling.message(changed[0], version=1)
    await town.telling.inboxes[changed[0].stream].take([again])

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 2}

    mails = post.to(town.emails[town.anna])
    assert {mail.subject for mail in mails} == {"Din inloggning har ändrats"}
    assert sorted("lösenord till Fullmakt byttes" in mail.text for mail in mails) == [False, True]
    assert [mail.links for mail in mails] == [["http://portal.test/reset"]] * 2


async def test_an_erased_person_is_sent_nothing_more_of_their_sign_in(town: Town, post: Post) -> None:
    event = change(town.anna)
    gone = msgspec.structs.replace(
        town.changed(town.anna, "Anna"), name=None, email=None, mobile=None, language=None, time_zone=None, erased=True
    )
    await town.telling.tell(wants(town, town.anna, NEW, event.email_change_id), event, gone)

    assert await post.settled() == {"given_up": 2}
    assert await told(town.database, DeliverySettled) == []
    assert NEW not in str(await all_rows(town.database, "person"))
