"""The mail server that keeps everything."""

# ruff: noqa: N802, ARG002 - what aiosmtpd calls, it calls by name and with all it has

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session

from libs.local.catchers.faults import Faults
from libs.local.catchers.messages import Messages

ANSWERS = {"refuse": "550 5.1.1 Refused on demand", "defer": "451 4.3.0 Deferred on demand"}
LARGEST = 10 * 1024 * 1024  # bytes


class Keeping:
    """What aiosmtpd calls during a session; it finds the methods by their names."""

    def __init__(self, messages: Messages, faults: Faults) -> None:
        """Keep mails in `messages`, unless `faults` says otherwise."""
        self._messages = messages
        self._faults = faults

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient."""
        if self._faults.smtp:
            return ANSWERS[self._faults.smtp]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail."""
        if self._faults.smtp:
            return ANSWERS[self._faults.smtp]
        content = envelope.content or b""
        kept = self._messages.keep_mail(
            to=list(envelope.rcpt_tos),
            sender=envelope.mail_from or "",
            content=content if isinstance(content, bytes) else content.encode(),
        )
        return f"250 OK: kept as {kept.n}"


async def listen(messages: Messages, faults: Faults, *, host: str, port: int) -> asyncio.Server:
    """Listen for mail; any number of sessions at a time.

    Raises OSError: the port is taken.
    """
    loop = asyncio.get_running_loop()
    keeping = Keeping(messages, faults)
    return await loop.create_server(
        lambda: SMTP(keeping, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="catcher", loop=loop),
        host,
        port,
    )
