"""The catcher keeps what it is sent, decoded, and fails on demand."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from libs.local.catchers.faults import Faults
from libs.local.catchers.messages import Messages
from libs.local.catchers.smtp import listen
from libs.local.catchers.web import create_app
from libs.local.ports import HOST, choose_ports


class Catcher:
    """A catcher in the test's own event loop."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.messages = Messages(file)
        self.faults = Faults()
        self.web = AsyncTestClient(create_app(self.messages, self.faults))
        self.smtp_port = choose_ports(["smtp"], "free")["smtp"]

    async def mail(self, to: str = "åsa@example.se", subject: str = "Välkommen till Önskebyrån") -> None:
        """Send a mail as a client would."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "Fullmakt <no-reply@fullmakt.example>", to, subject
        mail.set_content("Hej Åsa!\nÖppna http://127.0.0.1:8000/in?a=1&b=2.\n")
        mail.add_alternative('<p>Hej Åsa! <a href="http://127.0.0.1:8000/in?a=1&amp;b=2">Öppna</a></p>', subtype="html")
        await asyncio.to_thread(self._send, mail)

    def _send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP(HOST, self.smtp_port, timeout=5) as connection:
            connection.send_message(mail)


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    catcher = Catcher(tmp_path / "messages.jsonl")
    async with await listen(catcher.messages, catcher.faults, host=HOST, port=catcher.smtp_port), catcher.web:
        yield catcher


async def test_a_mail_with_swedish_letters_comes_out_decoded(catcher: Catcher) -> None:
    await catcher.mail()

    [mail] = (await catcher.web.get("/messages", params={"to": "ÅSA@example.se", "kind": "mail"})).json()
    assert mail["subject"] == "Välkommen till Önskebyrån"
    assert mail["text"].startswith("Hej Åsa!\nÖppna")
    assert "Hej Åsa!" in mail["html"]
    assert mail["links"] == ["http://127.0.0.1:8000/in?a=1&b=2"]
    assert mail["from"] == "Fullmakt <no-reply@fullmakt.example>"


async def test_a_text_message_is_kept(catcher: Catcher) -> None:
    answer = await catcher.web.post("/sms", json={"to": "+46701234567", "text": "Koden är 123456", "id": "a1"})

    assert (answer.status_code, answer.json()) == (202, {"id": "a1"})
    [sms] = (await catcher.web.get("/messages", params={"to": "+46701234567", "kind": "sms"})).json()
    assert (sms["text"], sms["headers"]) == ("Koden är 123456", {"id": "a1"})


async def test_twenty_mails_at_the_same_time_are_all_kept(catcher: Catcher) -> None:
    await asyncio.gather(*(catcher.mail(to=f"p{i}@example.se") for i in range(20)))

    kept = (await catcher.web.get("/messages")).json()
    assert [mail["n"] for mail in kept] == list(range(1, 21))


async def test_a_restart_loses_nothing_and_a_cut_line_does_no_harm(catcher: Catcher) -> None:
    await catcher.mail()
    with catcher.file.open("ab") as handle:
        handle.write(b'{"n":2,"kind":"ma')

    again = Messages(catcher.file)

    assert again.found() == catcher.messages.found()
    assert again.keep_sms(to="+46701234567", text="x", reference="1").n == 2
    assert [message.n for message in Messages(catcher.file).found()] == [1, 2]


async def test_numbers_go_on_after_clearing(catcher: Catcher) -> None:
    await catcher.mail()
    await catcher.web.delete("/messages")

    restarted = Messages(catcher.file)

    assert restarted.found() == []
    assert restarted.keep_sms(to="+46701234567", text="x", reference="1").n == 2


@pytest.mark.parametrize(("fault", "code"), [("refuse", 550), ("defer", 451)])
async def test_mail_fails_on_demand(catcher: Catcher, fault: str, code: int) -> None:
    await catcher.web.put("/faults", json={"smtp": fault, "sms": None})

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await catcher.mail(to="a@example.se")

    assert refused.value.recipients["a@example.se"][0] == code
    assert catcher.messages.found() == []


@pytest.mark.parametrize(("fault", "status"), [("refuse", 500), ("defer", 503)])
async def test_text_messages_fail_on_demand(catcher: Catcher, fault: str, status: int) -> None:
    await catcher.web.put("/faults", json={"smtp": None, "sms": fault})

    answer = await catcher.web.post("/sms", json={"to": "+46701234567", "text": "x", "id": "a1"})

    assert answer.status_code == status
    assert catcher.messages.found() == []


async def test_what_a_message_holds_is_not_run_on_the_page(catcher: Catcher) -> None:
    await catcher.mail(subject='<script>alert("x")</script>')

    listed, shown = await catcher.web.get("/"), await catcher.web.get("/view/1")

    assert "<script" not in listed.text + shown.text
    assert 'sandbox=""' in shown.text
    framed = await catcher.web.get("/view/1/html")
    assert framed.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert (await catcher.web.get("/view/2")).status_code == 404
