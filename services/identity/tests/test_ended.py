"""What identity tells of ended sessions, and in which order it becomes known."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from fullmakt.questions import EndedSessionsAnswer, EndedSessionsQuestion
from nats.aio.msg import Msg
from sqlalchemy import text

from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.ended_sessions import FEED, KEPT, Beat
from libs.shared.tests.kit import Connect, DatabaseOf, running
from services.identity import ended as ended_module
from services.identity.ended import Teller, tell_ended_sessions
from services.identity.models import Session
from services.identity.sessions import Device, begin_session, end_sessions
from services.identity.usecases.add_operator import add_operator
from tests.kit import eventually, heard


@pytest.fixture
def db(database: DatabaseOf) -> Database:
    """A fresh database of identity."""
    return database("identity")


async def somebody(db: Database) -> UUID:
    """A person with a sign-in."""
    async with db.begin(None) as tx:
        person = await add_operator(tx, name="Olle", email=f"{uuid4().hex}@x.test", password="a long enough password")
        assert person is not None
        return person.id


async def begun(db: Database, person: UUID) -> UUID:
    """A session of theirs."""
    async with db.begin(person) as tx:
        session, _ = await begin_session(tx, person_id=person, methods=["pwd"], device=Device())
        return session.id


@asynccontextmanager
async def ending(db: Database, person: UUID, session: UUID) -> AsyncIterator[None]:
    """A transaction that ends a session, and commits at the end of the block."""
    async with db.begin(person) as tx:
        await end_sessions(tx, person, Session.id == session, reason="signed_out")
        await tx.session.flush()
        yield


async def end(db: Database, person: UUID, session: UUID) -> None:
    """End a session."""
    async with ending(db, person, session):
        pass


async def the_list(db: Database, after: UUID | None = None) -> EndedSessionsAnswer:
    """A page of it."""
    return await Teller(db, Bus("", "", "")).answer("clients", EndedSessionsQuestion(after=after))


class Ear:
    """Hears the feed as clients does."""

    def __init__(self) -> None:
        self.beats: list[Beat] = []

    async def listen(self, bus: Bus) -> None:
        async def hear(message: Msg) -> None:
            self.beats.append(msgspec.json.decode(message.data, type=Beat))

        await bus.client.subscribe(FEED, cb=hear)
        await heard(bus.client)

    def told(self) -> list[UUID]:
        return [id_ for beat in self.beats for id_ in beat.ended]

    async def until(self, *ids: UUID) -> None:
        async def all_told() -> bool:
            return set(ids) <= set(self.told())

        await eventually(all_told)

    async def beats_more(self, count: int = 2) -> None:
        wanted = len(self.beats) + count

        async def come() -> bool:
            return len(self.beats) >= wanted

        await eventually(come)


@pytest.fixture
async def ear(connect: Connect) -> Ear:
    """What clients hears."""
    ear = Ear()
    await ear.listen(await connect("clients"))
    return ear


async def test_each_session_is_told_once_in_the_beats_of_an_epoch_and_they_are_numbered(
    db: Database, connect: Connect, ear: Ear
) -> None:
    person = await somebody(db)
    sessions = [await begun(db, person) for _ in range(3)]
    going_on = await begun(db, person)

    async with running(tell_ended_sessions(db, await connect("identity"))):
        await ear.beats_more()
        for session in sessions:
            await end(db, person, session)
        await ear.until(*sessions)
        await ear.beats_more(3)

    assert sorted(ear.told()) == sorted(sessions)
    assert going_on not in ear.told()
    assert [beat.number for beat in ear.beats] == list(range(1, len(ear.beats) + 1))
    assert len({beat.epoch for beat in ear.beats}) == 1
    assert [beat.moment for beat in ear.beats] == sorted(beat.moment for beat in ear.beats)


async def test_a_session_whose_end_commits_late_is_told_as_well(db: Database, connect: Connect, ear: Ear) -> None:
    person, other = await somebody(db), await somebody(db)
    early, late = await begun(db, person), await begun(db, other)

    async with running(tell_ended_sessions(db, await connect("identity"))):
        async with ending(db, other, late):
            await end(db, person, early)
            await ear.until(early)
            await ear.beats_more()
            before = ear.told()
        await ear.until(late)

    assert before == [early]


async def test_an_end_is_told_at_once(
    db: Database, connect: Connect, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended_module, "BEAT", 60.0)
    person = await somebody(db)
    session = await begun(db, person)

    async with running(tell_ended_sessions(db, await connect("identity"))):
        await ear.beats_more(1)
        await end(db, person, session)
        await ear.until(session)


async def test_too_many_for_one_message_begin_an_epoch_so_that_the_list_is_read(
    db: Database, connect: Connect, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended_module, "AT_ONCE", 2)
    person = await somebody(db)
    sessions = [await begun(db, person) for _ in range(5)]

    async with running(tell_ended_sessions(db, await connect("identity"))):
        await ear.beats_more()
        async with db.begin(person) as tx:
            await end_sessions(tx, person, reason="password_changed")
        await ear.beats_more(4)

    assert ear.told() == []
    assert len({beat.epoch for beat in ear.beats}) == 2
    pages = [await the_list(db)]
    while pages[-1].more:
        pages.append(await the_list(db, after=pages[-1].ended[-1]))
    assert sorted(id_ for page in pages for id_ in page.ended) == sorted(sessions)
    assert [len(page.ended) for page in pages] == [2, 2, 1]


async def test_a_revoked_service_account_stands_in_feed_and_list(db: Database, connect: Connect, ear: Ear) -> None:
    account = uuid4()
    async with db.begin(account) as tx:
        insert = "INSERT INTO service_account (id, name, secret_hash, scopes) VALUES (:id, 'ERP', '', '{}')"
        await tx.session.execute(text(insert), {"id": account})

    async with running(tell_ended_sessions(db, await connect("identity"))):
        await ear.beats_more()
        async with db.begin(account) as tx:
            revoke = "UPDATE service_account SET revoked_at = clock_timestamp() WHERE id = :id"
            await tx.session.execute(text(revoke), {"id": account})
        await ear.until(account)

    assert (await the_list(db)).ended == (account,)


async def test_what_ended_long_ago_is_not_told_any_more(db: Database, connect: Connect, ear: Ear) -> None:
    person = await somebody(db)
    session = await begun(db, person)
    await end(db, person, session)
    async with db.begin(person) as tx:
        earlier = timedelta(seconds=KEPT + 1)
        await tx.session.execute(
            text("UPDATE session SET ended_at = ended_at - CAST(:by AS interval)"), {"by": earlier}
        )

    async with running(tell_ended_sessions(db, await connect("identity"))):
        await ear.beats_more()

    assert ear.told() == []
    assert (await the_list(db)).ended == ()
