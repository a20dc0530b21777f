from datetime import UTC, datetime, timedelta
from uuid import uuid4

from fullmakt.events import DeliverySettled, LinkRequestCancelled

from libs.shared.mail_tokens import is_genuine, read_token
from services.notify.tests.kit import SECRET, Post, Town
from tests.kit import eventually, told


async def test_every_administrator_gets_one_mail_whatever_is_redelivered(town: Town, post: Post) -> None:
    request = town.request()
    message = town.telling.message(request)
    inbox = town.telling.inboxes["clients"]

    await inbox.take([message, message])
    await inbox.take([message])
    async with post.sending():
        assert await eventually(post.settled) == {"sent": 2}
        await inbox.take([message])

    assert await post.states() == {"sent": 2}
    assert [len(post.to(town.emails[each])) for each in (town.anna, town.bo)] == [1, 1]
    outcomes = [(event.person_id, event.outcome) for event in await told(town.database, DeliverySettled)]
    assert sorted(outcomes) == sorted([(town.anna, "sent"), (town.bo, "sent")])


async def test_the_mail_names_the_agency_and_leads_to_the_recipients_own_page(town: Town, post: Post) -> None:
    request = town.request(expires_at=datetime(2126, 12, 4, 9, 15, tzinfo=UTC))
    await town.telling.tell(request)

    async with post.sending():
        await eventually(post.settled)

    (mail,) = post.to(town.emails[town.anna])
    assert mail.subject == "Önskebyrån AB vill kopplas till Kvarnen & Söner AB"
    assert "onsdag 4 december 2126 kl. 10:15 CET" in mail.text
    assert "Du godkänner ingenting genom att öppna länken" in mail.text
    (link,) = mail.links
    address, _, token = link.rpartition("/")
    assert address == "http://portal.test/approve"
    read = read_token(token)
    assert read is not None
    assert (read.thing, read.recipient) == (request.link_request_id, town.anna)
    assert is_genuine(read, SECRET, "link_request", 1)
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert mail.headers["Content-Language"] == "sv"
    assert mail.headers["To"] == f"Anna Åkesson <{town.emails[town.anna]}>"
    assert mail.headers["From"] == "Fullmakt <no-reply@fullmakt.example>"
    assert mail.headers["Message-ID"].endswith("@fullmakt.example>")
    assert "Date" in mail.headers


async def test_a_request_sent_anew_mails_anew_and_what_was_open_of_the_old_one_lapses(town: Town, post: Post) -> None:
    request = town.request()
    await town.telling.tell(request, town.request(link_request_id=request.link_request_id, generation=2))

    async with post.sending():
        assert await eventually(post.settled) == {"lapsed": 2, "sent": 2}

    (mail,) = post.to(town.emails[town.bo])
    read = read_token(mail.links[0].rpartition("/")[2])
    assert read is not None
    assert is_genuine(read, SECRET, "link_request", 2)


async def test_a_request_taken_back_before_its_mails_left_mails_nobody(town: Town, post: Post) -> None:
    request = town.request()
    cancelled = LinkRequestCancelled(
        link_request_id=request.link_request_id,
        agency_id=town.agency,
        company_id=town.company,
        cancelled_by=town.consultant,
        cancelled_at=datetime.now(UTC),
    )
    await town.telling.tell(request, cancelled)

    async with post.sending():
        assert await eventually(post.settled) == {"lapsed": 2}

    assert post.messages.found() == []
    assert await told(town.database, DeliverySettled) == []


async def test_a_request_that_expired_while_its_mails_were_held_up_mails_nobody(town: Town, post: Post) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    await town.telling.tell(town.request(expires_at=past))

    async with post.sending():
        assert await eventually(post.settled) == {"lapsed": 2}


async def test_a_mail_to_somebody_not_heard_of_yet_waits_for_them(town: Town, post: Post) -> None:
    newcomer = uuid4()
    await town.telling.tell(town.request(newcomer))

    async with post.sending():

        async def waited() -> bool:
            found = await town.app.call("GET", town.path(town.company, "deliveries?state=due"), by=town.anna)
            return bool(found.json()["items"][0]["reason"] == "not_yet_known")

        await eventually(waited)
        await town.telling.tell(town.changed(newcomer, "Nils Ny"))
        assert await eventually(post.settled) == {"sent": 1}

    (mail,) = post.to(town.emails[newcomer])
    assert mail.text.startswith("Hej Nils Ny!")
