"""The ways out: an SMTP server and an SMS gateway. Each try ends well, or in Failed or Refused.

What goes out bears the trace of what caused it, in a header `traceparent`.
"""

import asyncio
import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.policy import SMTPUTF8 as WIRE_UTF8
from email.utils import format_datetime, parseaddr
from uuid import UUID

import aiosmtplib
import httpx

from libs.shared.trace import current_trace
from services.notify.rendering import Mail, one_line

TIMEOUT = 10.0
"""Seconds that a server may take for one answer."""
TOTAL_TIMEOUT = 30.0
"""Seconds that one try may take."""
TRY_LATER = (408, 425, 429)


class Failed(Exception):
    """It did not work this time; the argument is a code. The same may work later."""


class Refused(Exception):
    """It will not work, ever; the argument is a code."""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


class MailServer:
    """One connection to the SMTP server, kept and used again; one mail at a time."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        username: str | None = None,
        password: str | None = None,
        starttls: bool = False,
        mail_from: str,
    ) -> None:
        self._name, self._sender = parseaddr(mail_from)
        self._domain = self._sender.rpartition("@")[2]
        self._client = aiosmtplib.SMTP(
            hostname=host,
            port=port,
            username=username,
            password=password,
            use_tls=False,
            start_tls=starttls,
            timeout=TIMEOUT,
        )

    async def send(self, id_: UUID, *, name: str, address: str, language: str, mail: Mail) -> None:
        """Hand a mail over: once this returns, the server has it."""
        recipient, content = self._compose(id_, name, address, language, mail)
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT):
                await self._connect()
                await self._hand_over(recipient, content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(error.recipients[0], final=True) from error
        except aiosmtplib.SMTPDataError as error:
            raise _judged(error, final=True) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise Refused("smtp_not_supported") from error
        except aiosmtplib.SMTPResponseException as error:
            self.close()
            raise _judged(error, final=False) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            self.close()
            raise Failed(_snake(type(error).__name__.replace("SMTP", "smtp_"))) from error

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()

    async def _connect(self) -> None:
        """Reuse the connection if the server still answers on it."""
        if self._client.is_connected:
            try:
                await self._client.rset()
                return
            except (aiosmtplib.SMTPException, OSError):
                self.close()
        await self._client.connect()

    async def _hand_over(self, recipient: str, message: EmailMessage) -> None:
        utf8 = not recipient.isascii()
        options = []
        if utf8:
            if self._client.is_ehlo_or_helo_needed:
                await self._client.ehlo()
            if not self._client.supports_extension("smtputf8"):
                raise aiosmtplib.SMTPNotSupported("smtputf8")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        content = message.as_bytes(policy=WIRE_UTF8 if utf8 else WIRE)
        await self._client.sendmail(self._sender, [recipient], content, mail_options=options)

    def _compose(self, id_: UUID, name: str, address: str, language: str, mail: Mail) -> tuple[str, EmailMessage]:
        user, _, domain = address.rpartition("@")
        message = EmailMessage(policy=WIRE)
        try:
            domain = domain.encode("idna").decode()
            message["From"] = Address(self._name, addr_spec=self._sender)
            message["To"] = Address(one_line(name), user, domain)
            message["Subject"] = mail.subject
            message["Date"] = format_datetime(datetime.now(UTC))
            message["Message-ID"] = f"<{id_}@{self._domain}>"
            message["Auto-Submitted"] = "auto-generated"
            if traceparent := current_trace.get():
                message["traceparent"] = traceparent
            message.set_content(mail.text, cte="quoted-printable")
            message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
            message["Content-Language"] = language  # last: what begins with Content- moves into the first part
        except (ValueError, MessageError) as error:
            raise Refused("bad_address") from error
        return f"{user}@{domain}", message


def _judged(error: aiosmtplib.SMTPResponseException, *, final: bool) -> Failed | Refused:
    """Only what the server says of this recipient or this content can be final; a 5xx on sign-in is about us."""
    reason = f"smtp_{error.code}"
    return Refused(reason) if final and 500 <= error.code < 600 else Failed(reason)


class SmsGateway:
    """An SMS gateway over HTTP."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = url
        self._client = client

    async def send(self, id_: UUID, *, number: str, text: str) -> None:
        """Hand an SMS over: once this returns, the gateway has it. By its id it knows a repeat."""
        body = {"to": number, "text": text, "id": str(id_)}
        headers = {"traceparent": traceparent} if (traceparent := current_trace.get()) else {}
        try:
            async with asyncio.timeout(TOTAL_TIMEOUT):
                answer = await self._client.post(self._url, json=body, headers=headers, timeout=TIMEOUT)
        except (httpx.HTTPError, OSError) as error:
            raise Failed(f"sms_{_snake(type(error).__name__)}") from error
        if answer.is_success:
            return
        reason = f"sms_{answer.status_code}"
        if answer.is_client_error and answer.status_code not in TRY_LATER:
            raise Refused(reason)
        raise Failed(reason)
