"""Whenever the list is gone by, what ended a second ago or earlier stands in it."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fullmakt.questions import EndedSessionsAnswer, EndedSessionsQuestion

from libs.shared import ended_sessions
from libs.shared.bus import Bus
from libs.shared.ended_sessions import BEAT, FRESH, KEPT, Beat, EndedSessions
from libs.shared.errors import Unavailable

ONE, TWO = UUID(int=1), UUID(int=2)


class Clock:
    """Stands in for the module `time`; goes on by command alone."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that lists go by."""
    clock = Clock()
    monkeypatch.setattr(ended_sessions, "time", clock)
    return clock


class Identity(Bus):
    """Answers with the list as identity's worker would, whose clock is another than ours."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("nats://nowhere", "clients", "")
        self.clock = clock
        self.runs_ahead = 86_400.0
        self.epoch, self.number = uuid4(), 0
        self.ended: list[UUID] = []
        self.page = 1000
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    def moment(self) -> float:
        return self.clock.now + self.runs_ahead

    def begin_epoch(self, id_: UUID) -> None:
        """Another run, on another machine perhaps."""
        self.epoch, self.number = id_, 0
        self.runs_ahead = (id_.int % 1000) - 500

    def beat(self, *ended: UUID) -> Beat:
        """The next beat."""
        self.number += 1
        self.ended += ended
        return Beat(epoch=self.epoch, number=self.number, moment=self.moment(), ended=ended)

    async def ask(self, *question: Any) -> Any:
        """The answer, which is read before what happens meanwhile."""
        body: EndedSessionsQuestion = question[2]
        left = sorted(id_ for id_ in self.ended if body.after is None or id_ > body.after)
        told = EndedSessionsAnswer(
            epoch=self.epoch, moment=self.moment(), ended=tuple(left[: self.page]), more=len(left) > self.page
        )
        if self.meanwhile is not None:
            await self.meanwhile()
        return told


@pytest.fixture
def identity(clock: Clock) -> Identity:
    """Whom the list is asked of."""
    return Identity(clock)


async def following(identity: Identity) -> EndedSessions:
    """A list that has come to be fresh."""
    ended = EndedSessions(identity)
    ended.hear(identity.beat())
    await ended.read()
    assert ended.is_fresh()
    return ended


async def test_nothing_is_known_before_the_first_beat_and_the_list(identity: Identity) -> None:
    identity.ended = [ONE]
    ended = EndedSessions(identity)
    fresh = [ended.is_fresh()]
    ended.hear(identity.beat(TWO))
    fresh.append(ended.is_fresh())

    await ended.read()

    assert [*fresh, ended.is_fresh()] == [False, False, True]
    assert ONE in ended
    assert TWO in ended
    assert UUID(int=3) not in ended


async def test_a_second_of_silence_and_the_list_is_not_gone_by(identity: Identity, clock: Clock) -> None:
    ended = await following(identity)
    for _ in range(20):
        clock.now += BEAT
        ended.hear(identity.beat())
        assert ended.is_fresh()

    clock.now += FRESH - 0.001
    last = ended.is_fresh()
    clock.now += 0.002

    assert last
    assert not ended.is_fresh()


@pytest.mark.parametrize("what", ["a beat missed", "another epoch"])
async def test_after_a_gap_the_whole_list_is_read_before_it_is_gone_by(identity: Identity, what: str) -> None:
    ended = await following(identity)
    identity.beat(ONE)
    if what == "another epoch":
        identity.begin_epoch(uuid4())

    ended.hear(identity.beat())
    in_between = ended.is_fresh()
    await ended.read()

    assert not in_between
    assert ended.is_fresh()
    assert ONE in ended


async def test_a_beat_missed_while_the_list_is_read_has_it_read_again(identity: Identity) -> None:
    ended = EndedSessions(identity)
    ended.hear(identity.beat())

    async def missed() -> None:
        identity.beat(ONE)
        ended.hear(identity.beat())

    identity.meanwhile = missed
    await ended.read()
    too_early = ended.is_fresh()
    identity.meanwhile = None
    await ended.read()

    assert not too_early
    assert ended.is_fresh()
    assert ONE in ended


async def test_beats_that_were_long_on_their_way_do_not_count_as_new(identity: Identity, clock: Clock) -> None:
    ended, held_up = await following(identity), []
    for _ in range(10):
        clock.now += BEAT
        held_up.append(identity.beat())
    clock.now += 5

    for beat in held_up:
        ended.hear(beat)

    assert not ended.is_fresh()
    ended.hear(identity.beat())
    assert ended.is_fresh()


async def test_a_clock_that_runs_fast_makes_no_beat_newer_than_it_is(identity: Identity, clock: Clock) -> None:
    ended = await following(identity)
    for _ in range(1000):
        clock.now += BEAT
        identity.runs_ahead += 0.01
        ended.hear(identity.beat())

    clock.now += FRESH + 0.02

    assert not ended.is_fresh()


async def test_a_clock_that_runs_slow_has_the_list_read_again(identity: Identity, clock: Clock) -> None:
    ended = await following(identity)
    fresh = []
    for _ in range(1000):
        clock.now += BEAT
        identity.runs_ahead -= 0.01
        ended.hear(identity.beat())
        fresh.append(ended.is_fresh())
        if not ended.is_fresh():
            await ended.read()

    assert 5 < fresh.count(False) < 20


async def test_the_list_of_another_epoch_than_that_of_the_beats_does_not_count(identity: Identity) -> None:
    ended = EndedSessions(identity)
    ended.hear(identity.beat())
    identity.begin_epoch(uuid4())
    await ended.read()
    before = ended.is_fresh()

    ended.hear(identity.beat())
    await ended.read()

    assert (before, ended.is_fresh()) == (False, True)


async def test_a_long_list_comes_in_pages(identity: Identity) -> None:
    identity.ended = [UUID(int=n) for n in range(25)]
    identity.page = 10

    ended = await following(identity)

    assert all(id_ in ended for id_ in identity.ended)


async def test_a_session_is_forgotten_once_all_its_tokens_have_expired(identity: Identity, clock: Clock) -> None:
    ended = await following(identity)
    ended.hear(identity.beat(ONE))
    identity.ended = []
    clock.now += KEPT - 1
    await ended.read()
    kept = ONE in ended

    clock.now += 2
    await ended.read()

    assert kept
    assert ONE not in ended


class World:
    """Sessions end, beats are held up, lost and told by others, the list is read at any time: by chance."""

    def __init__(self, identity: Identity, clock: Clock, seed: int) -> None:
        self.identity, self.clock = identity, clock
        self.chance = random.Random(seed)  # noqa: S311
        self.list = EndedSessions(identity)
        self.ended_at: dict[UUID, float] = {}
        self.untold: list[UUID] = []
        self.on_the_way: list[tuple[float, Beat]] = []
        self.checked = 0
        identity.meanwhile = self.some_steps

    async def some_steps(self) -> None:
        """Time goes on while an answer is on its way."""
        if self.chance.random() < 0.1:
            raise Unavailable
        for _ in range(self.chance.randint(0, 6)):
            self.step()

    def step(self) -> None:
        """A moment of it all, and what has to hold in each."""
        self.clock.now += self.chance.uniform(0, 0.3)
        if self.chance.random() < 0.3:
            id_ = UUID(int=self.chance.getrandbits(128))
            self.ended_at[id_] = self.clock.now
            self.identity.ended.append(id_)
            self.untold.append(id_)
        if self.chance.random() < 0.05:
            self.identity.begin_epoch(UUID(int=self.chance.getrandbits(128)))
        self.identity.runs_ahead += self.chance.uniform(-1e-5, 1e-5)  # clocks drift
        if self.chance.random() < 0.7:
            self.tell()
        self.hear()
        self.holds()

    def tell(self) -> None:
        """A beat, which may be lost, or held up behind another."""
        self.identity.number += 1
        told, self.untold = tuple(self.untold), []
        beat = Beat(epoch=self.identity.epoch, number=self.identity.number, moment=self.identity.moment(), ended=told)
        if self.chance.random() < 0.95:
            delay = self.chance.choice([0, 0, 0, 0.01, 0.1, 2.0])
            earliest = self.on_the_way[-1][0] if self.on_the_way else 0.0
            self.on_the_way.append((max(earliest, self.clock.now + delay), beat))

    def hear(self) -> None:
        """What has come by now."""
        while self.on_the_way and self.on_the_way[0][0] <= self.clock.now:
            self.list.hear(self.on_the_way.pop(0)[1])

    def holds(self) -> None:
        """While the list is gone by, nothing is missing in it that ended a second ago or earlier."""
        if self.list.is_fresh():
            self.checked += 1
            old = [id_ for id_, at in self.ended_at.items() if at <= self.clock.now - FRESH]
            assert all(id_ in self.list for id_ in old)


@pytest.mark.parametrize("seed", range(30))
async def test_whatever_is_lost_or_late_the_list_lacks_nothing_that_ended_a_second_ago(
    identity: Identity, clock: Clock, seed: int
) -> None:
    world = World(identity, clock, seed)

    for _ in range(400):
        world.step()
        if world.chance.random() < 0.3:
            try:
                await world.list.read()
            except Unavailable:
                continue

    assert world.checked > 50


def test_ids_are_kept_for_longer_than_a_token_that_was_signed_while_they_ended() -> None:
    assert timedelta(seconds=KEPT) > timedelta(seconds=ended_sessions.LONGEST_LIFE + 2 * ended_sessions.LEEWAY)
