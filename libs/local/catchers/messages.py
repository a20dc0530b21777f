"""What was caught: in memory, and in a file so that a restart loses nothing."""

import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html import unescape
from pathlib import Path
from typing import Literal

import msgspec

Kind = Literal["mail", "sms"]
_LINK = re.compile(r"""https?://[^\s<>"'\\]+""")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A caught mail or text message; `n` counts up for ever, `to` are those of the envelope."""

    n: int
    kind: Kind
    to: list[str]
    sender: str = msgspec.field(name="from")
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: dict[str, str] = {}
    links: list[str] = []
    at: datetime


class Cleared(msgspec.Struct, frozen=True):
    """First line of a file that was cleared: numbers go on from here."""

    cleared_to: int


class Messages:
    """All that was caught since the last `clear`."""

    def __init__(self, file: Path) -> None:
        """Read what `file` holds; a line cut short by a kill was never confirmed and is dropped."""
        self._file = file
        self._caught: list[Message] = []
        self._last = 0
        whole = file.read_bytes().rpartition(b"\n")[0] if file.exists() else b""
        for line in whole.splitlines():
            self._take(msgspec.json.decode(line, type=dict[str, object]))
        self._rewrite()

    def _take(self, line: dict[str, object]) -> None:
        if "cleared_to" in line:
            self._last = msgspec.convert(line, Cleared).cleared_to
            return
        message = msgspec.convert(line, Message)
        self._caught.append(message)
        self._last = message.n

    def _rewrite(self) -> None:
        first: list[Message | Cleared] = [Cleared(self._caught[0].n - 1 if self._caught else self._last)]
        partial = self._file.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in first + self._caught))
        partial.rename(self._file)

    def _keep(self, message: Message) -> Message:
        """Store before the sender is told that we have it."""
        with self._file.open("ab") as handle:
            handle.write(msgspec.json.encode(message) + b"\n")
        self._caught.append(message)
        self._last = message.n
        return message

    def keep_sms(self, *, to: str, text: str, reference: str, at: datetime | None = None) -> Message:
        """Store a text message; the sender's own id is found under `headers`."""
        return self._keep(
            Message(
                n=self._last + 1,
                kind="sms",
                to=[to],
                sender="",
                text=text,
                headers={"id": reference},
                links=find_links(text),
                at=at or datetime.now(UTC),
            )
        )

    def keep_mail(self, *, to: list[str], sender: str, content: bytes, at: datetime | None = None) -> Message:
        """Store a mail, decoded."""
        mail = BytesParser(policy=policy.default).parsebytes(content)
        text, html = _body(mail, "plain"), _body(mail, "html")
        return self._keep(
            Message(
                n=self._last + 1,
                kind="mail",
                to=to,
                sender=str(mail["From"] or sender),
                subject=str(mail["Subject"] or ""),
                text=text,
                html=html,
                headers={name: str(value) for name, value in mail.items()},
                links=find_links(f"{text}\n{unescape(html)}"),
                at=at or datetime.now(UTC),
            )
        )

    def found(self, *, to: str | None = None, kind: Kind | None = None, after: int = 0) -> list[Message]:
        """Return what was caught later than number `after`, oldest first; an address counts whatever its case."""
        return [
            message
            for message in self._caught
            if message.n > after
            and (kind is None or message.kind == kind)
            and (to is None or to.casefold() in (address.casefold() for address in message.to))
        ]

    def one(self, n: int) -> Message | None:
        """Return the message of this number."""
        return next((message for message in self._caught if message.n == n), None)

    def clear(self) -> None:
        """Forget all messages; the numbers go on."""
        self._caught.clear()
        self._rewrite()


def find_links(text: str) -> list[str]:
    """Return every web address in the text once, in order, without the punctuation that ends a sentence."""
    return list(dict.fromkeys(link.rstrip(".,;:!?)]") for link in _LINK.findall(text)))


def _body(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
