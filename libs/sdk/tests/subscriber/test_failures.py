"""What fails keeps back its own thing alone, is tried again, and is never lost."""

import asyncio
from uuid import UUID, uuid4

from fullmakt.events import Context, DeadLetter, Event, LinkAccepted, LinkEnded, Retry

from tests.kit import eventually
from tests.wire import Seen, Wire, accepted, ended, message_of, running

QUICK = Retry(attempts=3, first_pause=0.01, longest_pause=0.02)


class Failing(Seen):
    """Fails at one thing, so many times."""

    def __init__(self, thing: UUID, times: int) -> None:
        super().__init__()
        self.thing, self.times = thing, times
        self.attempts: list[int] = []

    async def handle(self, event: Event, context: Context) -> None:
        """Fail or note the call."""
        if event.thing_id() == self.thing:
            self.attempts.append(context.attempt)
            if len(self.attempts) <= self.times:
                raise RuntimeError("not this time")
        await super().handle(event, context)


async def test_an_event_that_fails_is_tried_again_and_its_thing_waits_while_others_go_on(wire: Wire) -> None:
    bad, good = uuid4(), uuid4()
    seen = Failing(bad, times=2)
    subscriber = wire.subscriber(retry=Retry(attempts=5, first_pause=0.2))
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(bad), ended(bad), accepted(good), ended(good))

    async with running(subscriber):
        await eventually(seen.count(2))
        others = seen.things()
        await eventually(seen.count(4))

    assert others == [good, good]
    assert seen.versions(bad) == [1, 2]
    assert seen.attempts == [1, 2, 3, 1]
    assert subscriber.metrics()["clients"].failures == 2


async def test_after_the_last_try_it_is_a_dead_letter_that_can_be_seen_and_retried(wire: Wire) -> None:
    bad = uuid4()
    seen = Failing(bad, times=3)
    subscriber = wire.subscriber(retry=QUICK)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(bad), ended(bad))

    async with running(subscriber):
        letter = (await eventually(lambda: _dead(subscriber.dead_letters)))[0]
        waiting = subscriber.metrics()["clients"].waiting
        await wire.tell(accepted(other := uuid4()))
        await eventually(seen.count(1))
        revived = subscriber.retry_dead_letters()
        await eventually(seen.count(3))
        gone = subscriber.dead_letters()

    assert (letter.envelope.subject, letter.envelope.version, letter.attempts) == (bad, 1, 3)
    assert str(letter.error) == "not this time"
    assert (waiting, revived, gone) == (2, 1, [])
    assert seen.things() == [other, bad, bad]
    assert 'fullmakt_subscriber_dead{subscriber="billing",stream="clients"} 0' in subscriber.prometheus()


async def _dead(letters: "object") -> list[DeadLetter]:
    return list(letters())  # type: ignore[operator]


async def test_a_dead_letter_is_tried_again_by_the_next_process_with_all_that_waited_behind_it(wire: Wire) -> None:
    bad, failing, seen = uuid4(), Failing(uuid4(), times=0), Seen()
    failing.thing, failing.times = bad, 99
    first, second = wire.subscriber(retry=QUICK), wire.subscriber()
    first.on(LinkAccepted, LinkEnded)(failing.handle)
    second.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(bad), ended(bad), accepted(bad))
    async with running(first):
        await eventually(lambda: _dead(first.dead_letters))

    async with running(second):
        await eventually(seen.count(3))

    assert seen.versions(bad) == [1, 2, 3]


async def test_who_puts_a_dead_letter_away_has_its_thing_go_on(wire: Wire) -> None:
    bad, kept = uuid4(), list[DeadLetter]()
    seen = Failing(bad, times=3)

    async def keep(letter: DeadLetter) -> bool:
        kept.append(letter)
        return True

    subscriber = wire.subscriber(retry=QUICK, on_dead_letter=keep)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(bad), ended(bad))

    async with running(subscriber):
        await eventually(seen.count(1))

        async def acknowledged() -> bool:
            return await wire.unacknowledged() == 0

        await eventually(acknowledged)

    assert seen.versions(bad) == [2]
    assert [letter.envelope.version for letter in kept] == [1]


async def test_a_hook_that_fails_loses_nothing(wire: Wire) -> None:
    bad = uuid4()
    seen = Failing(bad, times=3)

    async def fail(_: DeadLetter) -> bool:
        raise RuntimeError("no disk")

    subscriber = wire.subscriber(retry=QUICK, on_dead_letter=fail)
    subscriber.on(LinkAccepted)(seen.handle)
    await wire.tell(accepted(bad), accepted(uuid4()))

    async with running(subscriber):
        letters = await eventually(lambda: _dead(subscriber.dead_letters))
        subscriber.retry_dead_letters()
        await eventually(seen.count(2))

    assert letters[0].envelope.subject == bad


async def test_a_body_that_cannot_be_read_is_a_dead_letter_not_a_crash(wire: Wire) -> None:
    bad, good, seen = uuid4(), uuid4(), Seen()
    subscriber = wire.subscriber(retry=QUICK)
    subscriber.on(LinkAccepted)(seen.handle)
    subject, _, headers = message_of(accepted(bad), 1)
    await wire.jetstream.publish(subject, b'{"link_id": 7}', headers=headers)
    await wire.tell(accepted(good))

    async with running(subscriber):
        await eventually(seen.count(1))
        letters = await eventually(lambda: _dead(subscriber.dead_letters))

    assert seen.things() == [good]
    assert letters[0].body == b'{"link_id": 7}'


async def test_what_waits_is_not_given_again_while_we_live(wire: Wire) -> None:
    bad = uuid4()
    seen = Failing(bad, times=99)
    subscriber = wire.subscriber(retry=Retry(attempts=2, first_pause=0.01), ack_wait=0.4)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)
    await wire.tell(accepted(bad), ended(bad))

    async with running(subscriber):
        await eventually(lambda: _dead(subscriber.dead_letters))
        begun = asyncio.get_running_loop().time()

        async def three_ack_waits_later() -> bool:
            return asyncio.get_running_loop().time() > begun + 1.2

        await eventually(three_ack_waits_later)
        received = subscriber.metrics()["clients"].received

    assert received == 2


async def test_with_as_much_in_hand_as_may_be_it_says_how_much_more_there_is_and_goes_on_once_retried(
    wire: Wire,
) -> None:
    bad = uuid4()
    seen = Failing(bad, times=3)
    subscriber = wire.subscriber(retry=QUICK, most_in_hand=10, ack_wait=0.4)
    subscriber.on(LinkAccepted, LinkEnded)(seen.handle)

    async with running(subscriber):
        await wire.tell(accepted(bad))
        await eventually(lambda: _dead(subscriber.dead_letters))
        await wire.tell(*[ended(bad)] * 30)

        async def told() -> bool:
            metrics = subscriber.metrics()["clients"]
            return (metrics.waiting, metrics.behind) == (10, 21)

        await eventually(told)
        subscriber.retry_dead_letters()
        await eventually(seen.count(31))

    assert seen.versions(bad) == list(range(1, 32))
