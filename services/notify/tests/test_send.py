import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest
from fullmakt.events import DeliverySettled, InvitationSent
from sqlalchemy import text

from libs.shared.mail_tokens import is_genuine, read_token
from services.notify.channels import MailServer
from services.notify.letters import Letter
from services.notify.models import TRIES, Delivery
from services.notify.rendering import Mail
from services.notify.sender import Sender, carrier
from services.notify.tests.kit import SECRET, Post, Town, all_rows
from tests.kit import eventually, told


class Killed(BaseException):
    """Stands for the end of the process."""


async def make_due(town: Town) -> None:
    async with town.database.begin(town.company) as tx:
        await tx.session.execute(text("UPDATE delivery SET due_at = now() WHERE state = 'due'"))


def invitation(town: Town, person: UUID, by: UUID) -> InvitationSent:
    return InvitationSent(
        invitation_id=uuid4(),
        organisation_id=town.company,
        organisation_kind="company",
        person_id=person,
        invited_by=by,
        generation=1,
    )


async def test_a_mail_sent_again_after_a_kill_has_the_same_message_id(town: Town, post: Post) -> None:
    await town.telling.tell(town.request(town.anna))
    (row,) = await all_rows(town.database, "delivery")
    sender = Sender(post.settings)

    async with carrier(post.settings) as carry:

        async def carry_and_be_killed(letter: Letter) -> None:
            await carry(letter)
            raise Killed

        with pytest.raises(Killed):
            await sender.send(town.database, town.company, row["id"], carry_and_be_killed)
    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}

    first, second = post.to(town.emails[town.anna])
    assert first.headers["Message-ID"] == second.headers["Message-ID"] == f"<{row['id']}@fullmakt.example>"
    assert first.links == second.links


async def test_what_the_server_defers_is_tried_later_and_sent(town: Town, post: Post) -> None:
    post.faults.smtp = "defer"
    await town.telling.tell(town.request(town.anna))

    async with post.sending():

        async def was_deferred() -> bool:
            (row,) = await all_rows(town.database, "delivery")
            return bool(row["reason"] == "smtp_451")

        await eventually(was_deferred)
        post.faults.smtp = None
        assert await eventually(post.settled) == {"sent": 1}

    (row,) = await all_rows(town.database, "delivery")
    assert row["attempts"] == 2
    assert row["reason"] is None


async def test_a_mail_server_that_is_down_is_waited_for(town: Town, post: Post) -> None:
    settings = post.settings
    post.settings = msgspec.structs.replace(settings, smtp_port=1)
    await town.telling.tell(town.request(town.anna))

    async with post.sending():

        async def failed() -> bool:
            (row,) = await all_rows(town.database, "delivery")
            return bool(row["reason"])

        await eventually(failed)
    (row,) = await all_rows(town.database, "delivery")
    assert row["reason"] == "smtp_connect_error"
    post.settings = settings
    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}


def test_backoff_grows_from_a_second_to_fifteen_minutes_and_ends() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    delivery = Delivery(state="due", attempts=0, waits=0)

    delays = []
    while delivery.state == "due":
        delivery.put_off("smtp_451", real_now=start, at=start)
        if delivery.state == "due":
            delays.append((delivery.due_at - start).total_seconds())

    assert delays == [1, 3, 9, 27, 81, 243, 729, 900, 900]
    assert (delivery.state, delivery.attempts, delivery.reason) == ("given_up", TRIES, "smtp_451")


async def test_what_the_server_refuses_is_given_up_listed_and_sent_when_somebody_says_so(
    town: Town, post: Post
) -> None:
    post.faults.smtp = "refuse"
    await town.telling.tell(town.request(town.anna))

    async with post.sending():
        assert await eventually(post.settled) == {"given_up": 1}
        listed = await town.app.call("GET", town.path(town.company, "deliveries"), by=town.bo)
        (item,) = listed.json()["items"]
        assert (item["name"], item["channel"], item["template"]) == ("Anna Åkesson", "mail", "link_request")
        assert (item["state"], item["attempts"], item["reason"]) == ("given_up", 1, "smtp_550")
        post.faults.smtp = None
        path = town.path(town.company, "deliveries", item["id"], "retry")
        answer = await town.app.call("POST", path, by=town.bo)
        assert answer.status_code == 200, answer.text
        assert await eventually(post.settled) == {"sent": 1}

    assert len(post.to(town.emails[town.anna])) == 1
    assert [event.outcome for event in await told(town.database, DeliverySettled)] == ["given_up", "sent"]
    again = await town.app.call("POST", path, by=town.bo)
    assert (again.status_code, again.json()["code"]) == (409, "not_given_up")


async def test_only_the_code_of_a_servers_refusal_is_kept(town: Town, post: Post) -> None:
    post.faults.smtp = "refuse"
    await town.telling.tell(town.request(town.anna))
    async with post.sending():
        await eventually(post.settled)

    rows = str(await all_rows(town.database, "delivery"))

    assert "demand" not in rows
    assert town.emails[town.anna] not in rows
    assert "Anna" not in rows


@pytest.mark.parametrize("name", ["Anna\r\nBcc: everybody@town.test", "Anna\n\n<b>fet</b>", "A\u2028B\u202eC\x01"])
async def test_a_name_can_inject_no_header_and_no_markup(town: Town, post: Post, name: str) -> None:
    guest = await town.person(name, (town.company, "company", ()))
    host = await town.person(name, (town.company, "company", ()))
    await town.telling.tell(invitation(town, guest, by=host))

    async with post.sending():
        await eventually(post.settled)

    (mail,) = post.to(town.emails[guest])
    assert mail.to == [town.emails[guest]]
    assert set(mail.headers) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "traceparent",
        "Content-Language",
        "Content-Type",
        "MIME-Version",
    }
    assert "<b>" not in mail.html
    assert "\u202e" not in mail.subject + mail.text + mail.html


async def test_an_invitation_goes_by_mail_and_by_sms_to_who_has_a_mobile_number(town: Town, post: Post) -> None:
    guest = await town.person("Gun Gäst", mobile="+46701234567", language="da")
    event = invitation(town, guest, by=town.anna)
    await town.telling.tell(event)

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 2}

    (mail,) = post.to(town.emails[guest])
    (sms,) = post.messages.found(kind="sms")
    assert mail.subject == "Anna Åkesson har inviteret dig til Kvarnen & Söner AB i Fullmakt"
    assert sms.to == ["+46701234567"]
    assert (len(mail.links), sms.links) == (1, [])  # a link in an SMS would let in whoever has that telephone
    assert mail.links[0].startswith("http://portal.test/invitations/")
    read = read_token(mail.links[0].rpartition("/")[2])
    assert read is not None
    assert (read.thing, read.recipient) == (event.invitation_id, guest)
    assert is_genuine(read, SECRET, "invitation", 1)
    rows = {row["channel"]: row["id"] for row in await all_rows(town.database, "delivery")}
    assert sms.headers["id"] == str(rows["sms"])


async def test_who_has_no_mobile_number_gets_the_mail_alone(town: Town, post: Post) -> None:
    guest = await town.person("Gun Gäst")
    await town.telling.tell(invitation(town, guest, by=town.anna))

    async with post.sending():
        assert await eventually(post.settled) == {"lapsed": 1, "sent": 1}

    assert post.messages.found(kind="sms") == []


async def test_an_sms_gateway_that_is_out_of_order_is_tried_again(town: Town, post: Post) -> None:
    post.faults.sms = "defer"
    guest = await town.person("Gun Gäst", mobile="+46701234567")
    await town.telling.tell(invitation(town, guest, by=town.anna))

    async with post.sending():

        async def was_deferred() -> bool:
            return any(row["reason"] == "sms_503" for row in await all_rows(town.database, "delivery"))

        await eventually(was_deferred)
        post.faults.sms = None
        assert await eventually(post.settled) == {"sent": 2}

    assert len(post.messages.found(kind="sms")) == 1


async def test_an_address_with_letters_beyond_ascii_is_reached(town: Town, post: Post) -> None:
    person = await town.person("Åsa Öberg", email="åsa@företag.test")
    await town.telling.tell(town.request(person))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}

    assert len(post.to("åsa@xn--fretag-wxa.test")) == 1


async def test_who_has_no_address_is_given_up_on_and_listed(town: Town, post: Post) -> None:
    person = uuid4()
    changed = msgspec.structs.replace(town.changed(person, "Ingen Adress"), email=None)
    await town.telling.tell(changed, town.request(person))

    async with post.sending():
        assert await eventually(post.settled) == {"given_up": 1}

    (row,) = await all_rows(town.database, "delivery")
    assert row["reason"] == "no_address"


async def test_many_are_sent_over_a_few_connections(town: Town, post: Post) -> None:
    people = [await town.person(f"Person {n}") for n in range(30)]
    await town.telling.tell(town.request(*people))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 30}

    assert [len(post.to(town.emails[person])) for person in people] == [1] * 30


async def forgetful(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An SMTP server that takes one mail a connection and hangs up."""
    writer.write(b"220 ready\r\n")
    while line := await reader.readline():
        if line.upper().startswith(b"DATA"):
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 taken\r\n")
            break
        writer.write(b"250 fine\r\n")
    await writer.drain()
    writer.close()


async def test_a_connection_that_the_server_dropped_is_made_anew() -> None:
    mail = Mail(subject="Hej", text="Hej!", html="<p>Hej!</p>")
    async with await asyncio.start_server(forgetful, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        server = MailServer(host="127.0.0.1", port=port, mail_from="no-reply@fullmakt.example")

        for _ in range(3):
            await server.send(uuid4(), name="Anna", address="anna@town.test", language="sv", mail=mail)

        server.close()
