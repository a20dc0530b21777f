"""Handling: each event once, in the order of its thing; one that fails keeps back its own thing alone."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from fullmakt.cloudevents import decode_body
from fullmakt.events.subscriber.deliveries import Context, DeadLetter, Delivery, Handler, Lane, Retry
from fullmakt.events.subscriber.inbox import Inbox, MemoryInbox
from fullmakt.events.subscriber.metrics import Metrics

log = logging.getLogger("fullmakt.events")

AT_ONCE = 256
"""Events in one transaction of an inbox."""
INBOX_PAUSE = 1.0

OnDeadLetter = Callable[[DeadLetter], Awaitable[bool | None]]
Acknowledge = Callable[[Sequence[Delivery]], Awaitable[None]]


class HandlerFailed(Exception):
    """A handler raised, or its event can't be read, or (`position` None) the transaction of all can't be ended."""

    def __init__(self, position: int | None = None) -> None:
        super().__init__(position)
        self.position = position


class Work(msgspec.Struct):
    """What became of a transaction's events: done (some of them before), and those that came too early."""

    done: list[Delivery] = []
    versions: dict[UUID, int] = {}
    early: list[Delivery] = []
    duplicates: int = 0


async def _nobody(_: Sequence[Delivery]) -> None:
    """Events out of a snapshot have nobody to acknowledge them to."""


def _nothing() -> None:
    """They can't be taken from us either."""


class Handling:
    """Gives events to handlers. Not for two tasks at once: who calls it takes turns.

    `settled`: all that the server waits for is in our hands, so that no earlier event of a thing can still come.
    """

    def __init__(
        self,
        reader: str,
        handlers: Mapping[str, Handler],
        inbox: Inbox | None,
        retry: Retry,
        on_dead_letter: OnDeadLetter | None,
    ) -> None:
        self.reader = reader
        self.handlers = handlers
        self.inbox: Inbox = MemoryInbox() if inbox is None else inbox
        self.at_once = 1 if inbox is None else AT_ONCE
        self.retry = retry
        self.on_dead_letter = on_dead_letter
        self.metrics = Metrics()
        self.lanes: dict[UUID, Lane] = {}
        self.stopping = False
        self.attend(settled=True)

    def attend(
        self, acknowledge: Acknowledge = _nobody, still_ours: Callable[[], None] = _nothing, *, settled: bool
    ) -> None:
        """Begin with events from somewhere else; `still_ours` raises when those in hand are not ours any more."""
        self.acknowledge, self.still_ours, self.settled = acknowledge, still_ours, settled
        self.forget()

    def forget(self) -> None:
        """Let go of what waits: it is not ours any more."""
        self.lanes.clear()

    def settle(self) -> None:
        """No earlier event can still come: what waited for one goes on without."""
        self.settled = True
        for lane in self.lanes.values():
            if lane.early:
                lane.due = 0.0

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Handle these; what can't be handled now waits with its thing."""
        for start in range(0, len(deliveries), self.at_once):
            await self._handle(deliveries[start : start + self.at_once])

    def is_due(self, now: float) -> bool:
        """Whether anything that waits could be handled now."""
        return any(lane.due <= now for lane in self.lanes.values())

    async def handle_due(self, now: float) -> None:
        """Try again the things that are due."""
        due = [thing for thing, lane in self.lanes.items() if lane.due <= now]
        waiting = [delivery for thing in due for delivery in self.lanes.pop(thing).waiting]
        await self.handle(sorted(waiting, key=lambda delivery: delivery.sequence))

    def dead_letters(self) -> list[DeadLetter]:
        """What was given up on."""
        return [lane.dead for lane in self.lanes.values() if lane.dead is not None]

    def revive(self) -> int:
        """Have all dead letters tried again; answers how many those are."""
        dead = [lane for lane in self.lanes.values() if lane.dead is not None]
        for lane in dead:
            lane.waiting[0].attempts, lane.due, lane.dead = 0, 0.0, None
        return len(dead)

    def count(self) -> Metrics:
        """The metrics, with what waits now."""
        self.metrics.dead = len(self.dead_letters())
        self.metrics.waiting = sum(len(lane.waiting) for lane in self.lanes.values())
        return self.metrics

    async def _handle(self, deliveries: Sequence[Delivery]) -> None:
        """Handle these in one transaction; where one fails and takes it with it, in several around that one."""
        parts = [deliveries]
        while parts and not self.stopping:
            self.still_ours()
            free = [delivery for delivery in parts.pop() if not self._waits(delivery)]
            if not free:
                continue
            try:
                done = await self._within_transaction(free)
            except HandlerFailed as failed:
                if len(free) == 1:
                    await self._failed(free[0], failed.__cause__ or failed)
                else:
                    parts += reversed(_around(free, failed.position))
            else:
                await self.acknowledge(done)

    def _waits(self, delivery: Delivery) -> bool:
        lane = self.lanes.get(delivery.thing)
        if lane is None:
            return False
        lane.waiting.append(delivery)
        if lane.early:
            lane.due = 0.0  # it may be the one that they wait for
        return True

    async def _within_transaction(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Handle these and keep how far each thing has come, all or none; answers those that need no more handling."""
        things = sorted({delivery.thing for delivery in deliveries})
        while not self.stopping:
            begun = False
            try:
                async with self.inbox.begin() as tx:
                    last = dict(await self.inbox.last_versions(tx, self.reader, things))
                    begun = True
                    work = await self._in_turn(tx, deliveries, last)
                    if work.versions:
                        await self.inbox.save(tx, self.reader, work.versions)
            except HandlerFailed:
                raise
            except Exception as error:
                if begun:
                    raise HandlerFailed from error
                log.warning("%s: the inbox can't be reached: %s: %s", self.reader, type(error).__name__, error)
                await asyncio.sleep(INBOX_PAUSE)
            else:
                self._keep_back(work.early)
                self.metrics.handled += len(work.done) - work.duplicates
                self.metrics.duplicates += work.duplicates
                return work.done
        return []

    async def _in_turn(self, tx: Any, deliveries: Sequence[Delivery], last: dict[UUID, int]) -> Work:
        work = Work()
        for position, delivery in enumerate(deliveries):
            before, version = last.get(delivery.thing, 0), delivery.envelope.version
            if version > before + 1 and not self.settled:
                work.early.append(delivery)
                continue
            if version > before:
                await self._call(tx, position, delivery)
                last[delivery.thing] = work.versions[delivery.thing] = version
            else:
                work.duplicates += 1
            work.done.append(delivery)
        return work

    async def _call(self, tx: Any, position: int, delivery: Delivery) -> None:
        type_ = delivery.envelope.type
        handler = self.handlers.get(type_)
        if handler is None:
            return  # it had one when the server gave it to a process before us
        try:
            await handler(decode_body(type_, delivery.body), Context(delivery.envelope, tx, delivery.attempts + 1))
        except (Exception, asyncio.CancelledError) as error:
            if _are_cancelled(error):
                raise
            raise HandlerFailed(position) from error

    def _keep_back(self, early: Sequence[Delivery]) -> None:
        """Keep these until it is settled whether earlier ones of their things are still to come."""
        for delivery in early:
            lane = self.lanes.setdefault(delivery.thing, Lane(waiting=[], due=math.inf, early=True))
            lane.waiting.append(delivery)

    async def _failed(self, delivery: Delivery, error: BaseException) -> None:
        delivery.attempts += 1
        self.metrics.failures += 1
        what = f"{delivery.envelope.type} {delivery.envelope.subject} version {delivery.envelope.version}"
        log.error("%s: %s failed at try %d", self.reader, what, delivery.attempts, exc_info=error)
        lane = Lane(waiting=[delivery], due=time.monotonic() + self.retry.pause(delivery.attempts))
        self.lanes[delivery.thing] = lane
        if delivery.attempts >= self.retry.attempts:
            await self._give_up(lane, delivery, error)

    async def _give_up(self, lane: Lane, delivery: Delivery, error: BaseException) -> None:
        stream = self.reader.rpartition("/")[2]
        letter = DeadLetter(stream, delivery.sequence, delivery.envelope, delivery.body, delivery.attempts, error)
        lane.dead, lane.due = letter, math.inf
        log.error("%s: given up on %s; its thing waits", self.reader, delivery.envelope.id)
        if await self._put_away(letter):
            lane.waiting.remove(delivery)
            lane.dead, lane.due = None, 0.0
            await self.acknowledge([delivery])

    async def _put_away(self, letter: DeadLetter) -> bool:
        """Whether the caller's own store has it now, so that its thing can go on without it."""
        try:
            return bool(self.on_dead_letter and await self.on_dead_letter(letter))
        except (Exception, asyncio.CancelledError) as error:
            if _are_cancelled(error):
                raise
            log.exception("%s: on_dead_letter failed for %s", self.reader, letter.envelope.id)
            return False


def _around(deliveries: Sequence[Delivery], position: int | None) -> list[Sequence[Delivery]]:
    """Those before the one that failed, it alone, and those behind it; halves where it isn't known which one did."""
    if position is None:
        half = len(deliveries) // 2
        return [deliveries[:half], deliveries[half:]]
    return [deliveries[:position], deliveries[position : position + 1], deliveries[position + 1 :]]


def _are_cancelled(error: BaseException) -> bool:
    """Whether it is we who are told to end, and not something that a handler waited for."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
