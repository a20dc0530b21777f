"""One stream of a subscriber: pulled, watched over, kept in hand until handled, handed over at the end.

What fails, and all later events of its thing, stays unacknowledged: the server keeps it, and gives it again
to whoever comes after us. Everything else goes on.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress

import nats.errors
from nats.aio.msg import Msg

from fullmakt.cloudevents import Envelope, NotAnEvent, read_message
from fullmakt.events.base import CONTRACTS
from fullmakt.events.subscriber.deliveries import Delivery, sequences_of
from fullmakt.events.subscriber.durable import GROUP, Durable, DurableError, Missing
from fullmakt.events.subscriber.handling import Handling
from fullmakt.events.subscriber.pulling import Puller, Refused

log = logging.getLogger("fullmakt.events")

BATCH = 256
TEND_EACH = 0.05
PAUSE = 0.2
ACK, NOT_NOW, STILL_ON_IT = b"", b"-NAK", b"+WPI"
REPUBLISHED_FROM = "Nats-Stream"
"""A header that the server puts on what another stream's configuration republishes."""


class NotOurs(Exception):
    """What is in hand may be another's by now; the argument says why."""


class Subscription:
    """A durable whose events are given to handlers."""

    def __init__(self, durable: Durable, handling: Handling) -> None:
        self.durable = durable
        self.client = durable.client
        self.handling = handling
        self.metrics = handling.metrics
        self.turn = asyncio.Lock()
        self._hand: dict[int, Delivery] = {}
        self._next: list[Msg] = []
        """What waits for its turn: ours to keep and to give back, but of no help to those that wait for it."""
        self._refused = False
        self._pin: str | None = None
        self._reconnects = self._kept_at = 0.0
        self._puller = Puller(self.client, durable.stream, durable.name, batch=BATCH, group=GROUP)
        handling.attend(self._acknowledge, self._still_ours, settled=False)
        self._begin()

    async def follow(self, stopping: asyncio.Event) -> None:
        """Handle what comes until told to stop; then finish the event under way and give back what is in hand.

        Missing: the durable is gone.
        """
        told = asyncio.create_task(_wait(stopping))
        working = [asyncio.create_task(work) for work in (self._pull(), self._tend(), self._stay_on_it())]
        try:
            await asyncio.wait([told, *working], return_when=asyncio.FIRST_COMPLETED)
            async with self.turn:
                for task in working:
                    task.cancel()
        finally:
            for task in (told, *working):
                task.cancel()
            ended = await asyncio.gather(*working, return_exceptions=True)
            await self._give_back()
            await self._let_others()
        for outcome in ended:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome

    async def _pull(self) -> None:
        while True:
            try:
                async with aclosing(self._puller.batches()) as batches:
                    async for received in batches:
                        self._next = received
                        async with self.turn:
                            messages, self._next = self._next, []
                            await self._take(messages)
            except Refused as refused:
                log.info("%s: not given to us for now: %s", self.handling.reader, refused)
                self._refused = True
                async with self.turn:
                    await self._give_back()
            except TimeoutError:
                log.warning("%s: the server is silent, subscribing again", self.handling.reader)
            except (nats.errors.Error, OSError) as error:
                log.warning("%s: %s, subscribing again", self.handling.reader, type(error).__name__)
            self.metrics.resubscribed += 1
            self.handling.settled = False  # what was on its way is lost, and comes again later
            await self._until_there()

    async def _until_there(self) -> None:
        """Wait until the server shows the durable; Missing if it does not have it."""
        while True:
            await asyncio.sleep(PAUSE)
            if self.client.is_closed:
                raise nats.errors.ConnectionClosedError
            if self.client.is_connected and await self._is_there():
                return

    async def _is_there(self) -> bool:
        try:
            await self.durable.state()
        except Missing:
            self._hand.clear()
            self._next = []
            self.handling.forget()
            raise
        except DurableError:
            return False
        return True

    async def _take(self, messages: Sequence[Msg]) -> None:
        self.metrics.received += len(messages)
        if self._puller.pin != self._pin:
            self._pin, self.handling.settled = self._puller.pin, False
        deliveries = [delivery for message in messages if (delivery := await self._read(message)) is not None]
        deliveries.sort(key=lambda delivery: delivery.sequence)  # what is given again comes in any order
        if not self.handling.settled:
            await self._settle()
        async with self._unless_lost():
            await self.handling.handle(deliveries)

    async def _read(self, message: Msg) -> Delivery | None:
        """The event in a message, put in hand; None if it is there already, or is no event of this stream."""
        sequence, order, self.metrics.behind = sequences_of(message.reply)
        genuine = _genuine(message, self.durable.stream)
        if genuine is None:
            log.error("%s: dropped a message that is no event of this stream: %s", self.handling.reader, sequence)
            self.metrics.refused += 1
            await self._answer([message.reply], ACK)
            return None
        envelope, body = genuine
        known = self._hand.get(sequence)
        if known is not None and known.envelope.id == envelope.id:  # else the store went back, and tells anew
            known.reply, known.order = message.reply, order
            return None
        delivery = Delivery(sequence=sequence, order=order, reply=message.reply, envelope=envelope, body=body)
        self._hand[sequence] = delivery
        return delivery

    async def _acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        ours = [delivery for delivery in deliveries if self._hand.get(delivery.sequence) is delivery]
        for delivery in ours:
            del self._hand[delivery.sequence]
        await self._answer([delivery.reply for delivery in ours], ACK)

    async def _answer(self, replies: Sequence[str], answer: bytes) -> bool:
        """Answer; where that is lost, the server gives the event again. Whether it went out."""
        try:
            for reply in replies:
                await self.client.publish(reply, answer)
        except (nats.errors.Error, OSError):
            return False
        return self.client.is_connected

    def _still_ours(self) -> None:
        """Raises NotOurs: the server may have given to another process what is in hand."""
        if self._refused:
            raise NotOurs("another process has taken over")
        if self.client.stats["reconnects"] != self._reconnects:
            raise NotOurs("the connection was lost")
        if time.monotonic() > self._kept_at + self.durable.ack_wait:
            raise NotOurs(f"stood still, or was cut off, for longer than {self.durable.ack_wait} s")

    async def _tend(self) -> None:
        """Try again what is due."""
        while True:
            await asyncio.sleep(TEND_EACH)
            if self.handling.is_due(time.monotonic()) or (self.handling.lanes and not self.handling.settled):
                async with self.turn:
                    if not self.handling.settled:
                        await self._settle()
                    async with self._unless_lost():
                        await self.handling.handle_due(time.monotonic())

    async def _settle(self) -> None:
        """See whether anything given to a process before us is still unacknowledged; until then, gaps are waited out.

        Settled, every event that is unacknowledged is in our hands; those that came to us after the answer was
        written do not count. Nothing is acknowledged meanwhile: it is our turn.
        """
        if not self.client.is_connected:
            return
        try:
            state = await self.durable.state()
        except DurableError:
            return
        if state.unacknowledged <= sum(delivery.order <= state.delivered for delivery in self._hand.values()):
            self.handling.settle()

    async def _stay_on_it(self) -> None:
        """Tell the server that what is in hand, or about to be, is not lost, before it gives it to somebody else."""
        while True:
            await asyncio.sleep(self.durable.ack_wait / 4)
            now = time.monotonic()
            replies = [*self._replies(), *self._puller.replies()]
            if self.client.is_connected and await self._answer(replies, STILL_ON_IT):
                self._kept_at = now
            if len(self._hand) >= self.durable.most_in_hand:  # nothing comes that would tell it
                with suppress(DurableError):
                    self.metrics.behind = (await self.durable.state()).pending

    async def _give_back(self) -> None:
        """Have the server give what is in hand to somebody else, or to us again, at once; and begin anew."""
        replies = [*self._replies(), *self._puller.let_go()]
        self._hand.clear()
        self._next = []
        self.handling.forget()
        if self.client.is_connected:
            await self._answer(replies, NOT_NOW)
        self._begin()

    def _replies(self) -> list[str]:
        return [*(delivery.reply for delivery in self._hand.values()), *(message.reply for message in self._next)]

    def _begin(self) -> None:
        """From here on what comes is ours, for as long as the connection holds and we are in time."""
        self.handling.settled = self._refused = False
        self._reconnects, self._kept_at = self.client.stats["reconnects"], time.monotonic()

    @asynccontextmanager
    async def _unless_lost(self) -> AsyncIterator[None]:
        """Give all back where it turns out within the block that it is not ours any more."""
        try:
            yield
        except NotOurs as reason:
            log.warning("%s: %s; what was in hand is given back", self.handling.reader, reason)
            await self._give_back()

    async def _let_others(self) -> None:
        """Have the server turn to another process now, in place of waiting for us."""
        if self.client.is_connected and not self.client.is_draining:
            with suppress(DurableError):
                await self.durable.take_over()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


def _genuine(message: Msg, stream: str) -> tuple[Envelope, bytes] | None:
    """Envelope and data, if the event's type is that of its subject and its stream, and no other republished it."""
    try:
        envelope, data = read_message(message.headers, message.data)
    except NotAnEvent:
        return None
    contract = CONTRACTS.get(envelope.type)
    own = contract is not None and contract.stream == stream and REPUBLISHED_FROM not in (message.headers or {})
    return (envelope, data) if own and message.subject.startswith(f"fullmakt.{envelope.type}.") else None
