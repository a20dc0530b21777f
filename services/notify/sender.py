"""The sender: finds what is due and sends it, a few at a time, with no transaction open meanwhile.

It runs in the worker that leads, so nothing is claimed: what this process is sending it remembers, and what
it was sending when it was killed is sent again, with the same Message-ID (N7).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, NoReturn
from uuid import UUID

import httpx
from sqlalchemy import ARRAY, Uuid, bindparam
from sqlalchemy import text as sql

from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.database import Database, connection_lost
from libs.shared.inbox import NotYetKnown
from libs.shared.trace import tracing
from services.notify.channels import Failed, MailServer, Refused, SmsGateway
from services.notify.letters import Letter, Links, Pointless, draft
from services.notify.rendering import render_mail, render_sms
from services.notify.settings import Settings
from services.notify.usecases.settle_delivery import Outcome, Result, settle_delivery

log = logging.getLogger(__name__)

SLOTS = 4
"""Deliveries under way at a time, each slot with an SMTP connection of its own."""
BATCH = 100
POLL = 0.2
"""Seconds between looks; a notification from the database is the hint that comes before."""
DUE = sql("SELECT organisation_id, delivery_id, traceparent FROM due_deliveries(:under_way, :at_most)").bindparams(
    bindparam("under_way", type_=ARRAY(Uuid))
)
RESULTS: dict[type[Exception], Result] = {Pointless: "pointless", Refused: "refused", Failed: "failed"}


Carry = Callable[[Letter], Awaitable[None]]
"""Sends one letter; Failed or Refused if it could not. Once it returns, somebody else has the letter."""


@asynccontextmanager
async def carrier(settings: Settings) -> AsyncIterator[Carry]:
    """A way out on every channel, with connections of its own that are kept and used again."""
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password,
        starttls=settings.smtp_starttls,
        mail_from=settings.mail_from,
    )
    async with httpx.AsyncClient() as client:
        gateway = SmsGateway(settings.sms_gateway_url, client)

        async def carry(letter: Letter) -> None:
            if letter.channel == "sms":
                text = render_sms(letter.template, letter.reader, letter.values)
                await gateway.send(letter.id, number=letter.address, text=text)
                return
            mail = render_mail(letter.template, letter.reader, letter.values)
            await server.send(
                letter.id,
                name=letter.values["name"],
                address=letter.address,
                language=letter.reader.language,
                mail=mail,
            )

        try:
            yield carry
        finally:
            server.close()


class Due(NamedTuple):
    """A delivery that is to be sent now, and the trace that it belongs to."""

    organisation_id: UUID
    delivery_id: UUID
    traceparent: str | None


class Sender:
    """Sends what is due, for ever."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.links = Links(
            portal_url=settings.portal_url.rstrip("/"), app_url=settings.app_url, secret=settings.mail_token_secret
        )
        self.under_way: set[UUID] = set()
        self.hint = asyncio.Event()

    async def run(self, database: Database, _: Bus) -> None:
        """Look for what is due, at every hint and every 200 ms, and give it to the slots."""
        queue: asyncio.Queue[Due] = asyncio.Queue(maxsize=SLOTS)
        listening = await database.connect()
        await listening.add_listener("delivery", lambda *_: self.hint.set())
        try:
            async with asyncio.TaskGroup() as tasks:
                for _slot in range(SLOTS):
                    tasks.create_task(self._work(database, queue))
                await self._feed(database, queue)
        finally:
            listening.terminate()

    async def _feed(self, database: Database, queue: asyncio.Queue[Due]) -> NoReturn:
        while True:
            stop_if_cancelled()
            self.hint.clear()
            found = await self._due(database)
            for due in found:
                self.under_way.add(due.delivery_id)
                await queue.put(due)
            if len(found) < BATCH:
                await self._wait_for_hint()

    async def _wait_for_hint(self) -> None:
        try:
            await asyncio.wait_for(self.hint.wait(), POLL)
        except TimeoutError:
            return

    async def _due(self, database: Database) -> list[Due]:
        async with database.begin(None) as tx:
            found = await tx.session.execute(DUE, {"under_way": list(self.under_way), "at_most": BATCH})
            return [Due(*row) for row in found]

    async def _work(self, database: Database, queue: asyncio.Queue[Due]) -> NoReturn:
        async with carrier(self.settings) as carry:
            while True:
                due = await queue.get()
                try:
                    with tracing(due.traceparent):
                        await self.send(database, due.organisation_id, due.delivery_id, carry)
                finally:
                    self.under_way.discard(due.delivery_id)

    async def send(self, database: Database, organisation_id: UUID, delivery_id: UUID, carry: Carry) -> None:
        """Send one delivery and record what became of it."""
        outcome = await self._try(database, organisation_id, delivery_id, carry)
        if outcome is None:
            return
        async with database.begin(organisation_id) as tx:
            row = await settle_delivery(tx, organisation_id=organisation_id, delivery_id=delivery_id, outcome=outcome)
        what = {"delivery": str(delivery_id), "state": row.state, "attempts": row.attempts, "reason": row.reason}
        log.log(logging.WARNING if row.state == "given_up" else logging.DEBUG, "tried a delivery", extra=what)

    async def _try(self, database: Database, organisation_id: UUID, delivery_id: UUID, carry: Carry) -> Outcome | None:
        """How a try ends; None if the delivery was settled meanwhile. A fault of ours counts as a try as well."""
        try:
            async with database.begin(organisation_id) as tx:
                letter = await draft(tx, organisation_id=organisation_id, delivery_id=delivery_id, links=self.links)
            if letter is None:
                return None
            await carry(letter)
        except NotYetKnown:
            return Outcome("unknown", "not_yet_known")
        except (Pointless, Refused, Failed) as error:
            return Outcome(RESULTS[type(error)], str(error))
        except Exception as error:
            if connection_lost(error):
                raise
            log.exception("a delivery could not be made", extra={"delivery": str(delivery_id)})
            return Outcome("failed", "fault")
        return Outcome("sent")
