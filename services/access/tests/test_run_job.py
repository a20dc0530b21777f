import asyncio
from uuid import UUID, uuid4

import pytest
from fullmakt.events import GrantsChanged, JobFinished, LinkEnded
from fullmakt.questions import RolesAnswer
from fullmakt.terms import Terms
from sqlalchemy import text

from libs.shared.errors import Unavailable
from services.access.jobs import take_turns
from services.access.tests.kit import Office, World
from services.access.usecases import run_job
from services.access.usecases.follow_links import end_client
from services.access.usecases.run_job import ClaimLost, claim_jobs, run_chunk
from tests.kit import told

DONE = ("done", None)


async def test_an_admin_who_administers_the_client_gives_access_and_programs(office: Office) -> None:
    items = await office.give("bookkeeping", "payroll")

    assert items == [(None, *DONE), ("bookkeeping", *DONE), ("payroll", *DONE)]
    assert await office.world.decide(office.consultant, office.company, "payroll") is None
    (finished,) = await told(office.world.database, JobFinished)
    assert (finished.done, finished.unchanged, finished.refused) == (3, 0, 0)
    (changed,) = await told(office.world.database, GrantsChanged)
    assert [(item.program, item.held, item.revision) for item in changed.grants] == [
        (None, True, 1),
        ("bookkeeping", True, 1),
        ("payroll", True, 1),
    ]


async def test_what_is_held_already_is_unchanged_and_tells_nothing(office: Office) -> None:
    await office.give("bookkeeping")

    again = await office.give("bookkeeping")

    assert [outcome for _, outcome, _ in again] == ["unchanged", "unchanged"]
    assert len(await told(office.world.database, GrantsChanged)) == 1


async def test_only_admins_give_access(office: Office) -> None:
    items = await office.give(by=office.consultant)

    assert items == [(None, "refused", "no_right_to_give_access")]


async def test_an_admin_without_a_role_at_the_client_gives_access_but_no_programs(office: Office) -> None:
    other = await office.world.member(office.agency, "program_administrator:client-manager")

    items = await office.give("bookkeeping", by=other)

    assert items == [(None, *DONE), ("bookkeeping", "refused", "no_right_at_client")]


async def test_who_administers_one_program_gives_that_one_alone(world: World) -> None:
    office = await Office(world).open(Terms(programs=("payroll",), administer_users=False))

    items = await office.give("bookkeeping", "payroll")

    assert items == [(None, *DONE), ("bookkeeping", "refused", "no_right_at_client"), ("payroll", *DONE)]


async def test_programs_outside_the_terms_are_not_given_even_by_a_system_administrator(world: World) -> None:
    office = await Office(world).open(Terms(programs=("payroll",)))

    items = await office.give("bookkeeping", "payroll")

    assert items == [(None, *DONE), ("bookkeeping", "refused", "not_in_terms"), ("payroll", *DONE)]


async def test_a_plain_consultant_who_administers_the_client_gives_programs_only_where_there_is_access(
    world: World,
) -> None:
    office = await Office(world).open()
    link, deputy = await world.link(office.agency, company := await world.organisation("company")), office.consultant
    path = f"/access/v1/organisations/{office.agency}/clients/{link}/activate"
    await office.app.call("POST", path, by=office.admin, body={"administrators": [str(deputy)]})
    reached, other = await world.member(office.agency), await world.member(office.agency)
    await world.give(office.agency, office.admin, clients=[link], consultants=[reached], programs=[])

    items = await world.give(office.agency, deputy, clients=[link], consultants=[reached, other], programs=["payroll"])

    assert items == [
        (None, "unchanged", None),
        ("payroll", *DONE),
        (None, "refused", "no_right_to_give_access"),
        ("payroll", "refused", "no_access"),
    ]
    assert await world.decide(reached, company, "payroll") is None


async def test_each_client_and_consultant_is_judged_for_itself(office: Office) -> None:
    world = office.world
    company = await world.organisation("company")
    waiting = await world.link(office.agency, company)
    ended = await world.link(office.agency, other := await world.organisation("company"))
    await world.end_link(ended, office.agency, other)
    elsewhere = await Office(world).open()
    stranger = elsewhere.consultant

    clients = [office.link, waiting, ended, elsewhere.link, uuid4()]
    items = await world.give(office.agency, office.admin, clients=clients, consultants=[office.consultant], programs=[])
    people = await world.give(office.agency, office.admin, clients=[office.link], consultants=[stranger], programs=[])

    refused = [reason for _, _, reason in items]
    assert refused == [None, "not_active", "link_ended", "client_not_found", "client_not_found"]
    assert people == [(None, "refused", "not_a_member")]


async def test_all_that_remains_is_refused_when_the_starter_has_left(office: Office) -> None:
    world = office.world
    await world.start(office.agency, office.admin, clients=[office.link], consultants=[office.consultant])
    await world.membership(office.agency, office.admin, ended=True)

    await world.run()

    rows = await world.rows(office.agency, "SELECT DISTINCT outcome, reason FROM job_item")
    assert rows == [("refused", "starter_left")]


async def test_the_role_that_counts_is_the_one_held_when_the_chunk_is_done(office: Office) -> None:
    world = office.world
    await world.start(office.agency, office.admin, clients=[office.link], consultants=[office.consultant])

    async def demoted(_: UUID, __: UUID) -> RolesAnswer:
        return RolesAnswer(member=True, roles=())

    await world.run(demoted)

    rows = await world.rows(office.agency, "SELECT reason FROM job_item")
    assert rows == [("no_right_to_give_access",)]


async def many(office: Office) -> UUID:
    """A job of 12 items that takes six chunks of two."""
    consultants = [office.consultant, *[await office.world.member(office.agency) for _ in range(5)]]
    return await office.world.start(
        office.agency, office.admin, clients=[office.link], consultants=consultants, programs=["payroll"]
    )


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_job, "CHUNK", 2)


async def assert_done_once(office: Office, job: UUID) -> None:
    world = office.world
    items = await world.rows(office.agency, f"SELECT position FROM job_item WHERE job_id = '{job}' ORDER BY 1")  # noqa: S608
    assert [row.position for row in items] == list(range(12))
    assert await world.rows(office.agency, "SELECT DISTINCT revision FROM access_grant") == [(1,)]
    assert await world.rows(office.agency, "SELECT DISTINCT revision FROM program_grant") == [(1,)]
    changed = await told(world.database, GrantsChanged)
    assert sum(len(event.grants) for event in changed) == 12
    assert [event.done for event in await told(world.database, JobFinished)] == [12]


@pytest.mark.usefixtures("small_chunks")
async def test_a_job_cut_within_a_chunk_goes_on_with_that_chunk(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, job = office.world, await many(office)
    claim = await world.claim()
    await run_chunk(world.database, world.ask_roles, claim)

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(run_job, "_record", killed)
        with pytest.raises(asyncio.CancelledError):
            await run_chunk(world.database, world.ask_roles, claim)
    while not await run_chunk(world.database, world.ask_roles, claim):
        pass

    await assert_done_once(office, job)


@pytest.mark.usefixtures("small_chunks")
async def test_a_worker_whose_lease_ran_out_is_fenced_out_by_the_next(office: Office) -> None:
    world, job = office.world, await many(office)
    slow = await world.claim()
    await run_chunk(world.database, world.ask_roles, slow)
    assert await claim_jobs(world.database, at_most=10) == []
    await world.rows(office.agency, "UPDATE job SET lease_until = now() - interval '1 s' RETURNING 1")

    await world.run()

    with pytest.raises(ClaimLost):
        await run_chunk(world.database, world.ask_roles, slow)
    await assert_done_once(office, job)


@pytest.mark.usefixtures("small_chunks")
async def test_two_workers_on_one_job_do_each_item_once(office: Office) -> None:
    world, job = office.world, await many(office)
    claims = await asyncio.gather(*(claim_jobs(world.database, at_most=10) for _ in range(4)))
    (claim,) = [claim for found in claims for claim in found]

    async def work() -> None:
        claims = [claim]
        while claims:
            claims = await take_turns(world.database, world.ask_roles, claims)

    await asyncio.gather(work(), work())

    await assert_done_once(office, job)


@pytest.mark.usefixtures("small_chunks")
async def test_nothing_is_lost_while_identity_does_not_answer(office: Office) -> None:
    world, job = office.world, await many(office)
    claim = await world.claim()

    async def silent(_: UUID, __: UUID) -> RolesAnswer:
        raise Unavailable

    assert await take_turns(world.database, silent, [claim]) == []
    assert await world.rows(office.agency, "SELECT 1 FROM job_item") == []
    await world.rows(office.agency, "UPDATE job SET lease_until = NULL RETURNING 1")
    await world.run()

    await assert_done_once(office, job)


async def test_a_chunk_waits_for_a_membership_that_is_ending_and_then_refuses(office: Office) -> None:
    world = office.world
    await world.start(office.agency, office.admin, clients=[office.link], consultants=[office.consultant])
    claim = await world.claim()

    async with world.database.begin(office.agency) as tx:
        gone = text("DELETE FROM member WHERE person_id = :person")
        await tx.session.execute(gone, {"person": office.consultant})
        chunk = asyncio.create_task(run_chunk(world.database, world.ask_roles, claim))
        await asyncio.wait([chunk], timeout=0.2)
        assert not chunk.done()
    await chunk

    assert await world.rows(office.agency, "SELECT reason FROM job_item") == [("not_a_member",)]


async def test_a_chunk_waits_for_a_link_that_is_ending_and_then_refuses(office: Office) -> None:
    world = office.world
    await world.start(office.agency, office.admin, clients=[office.link], consultants=[office.consultant])
    claim = await world.claim()

    async with world.database.begin(office.agency) as tx:
        event = LinkEnded(
            link_id=office.link, agency_id=office.agency, company_id=office.company, ended_by=uuid4(), ended_at=tx.now
        )
        await end_client(tx, event)
        chunk = asyncio.create_task(run_chunk(world.database, world.ask_roles, claim))
        await asyncio.wait([chunk], timeout=0.2)
        assert not chunk.done()
    await chunk

    assert await world.rows(office.agency, "SELECT reason FROM job_item") == [("link_ended",)]
    assert await world.decide(office.consultant, office.company) == "link_ended"


async def test_events_of_a_big_chunk_are_split_to_stay_below_256_kb(office: Office) -> None:
    world = office.world
    consultants = [await world.member(office.agency, name="X") for _ in range(170)]
    programs = ["bookkeeping", "invoicing", "payroll", "receipts", "annual-accounts"]
    await world.start(office.agency, office.admin, clients=[office.link], consultants=consultants, programs=programs)

    await world.run()

    async with world.database.begin(None) as tx:
        sizes = list(await tx.session.scalars(text("SELECT length(body) FROM outbox WHERE subject LIKE '%grants%'")))
    assert len(sizes) == 3
    assert max(sizes) < 256_000


async def test_every_chunk_has_one_audit_entry(office: Office) -> None:
    await office.give("payroll")

    rows = await office.world.rows(office.agency, "SELECT convert_from(body, 'UTF8')::json AS e FROM audit_entry")
    (entry,) = [row.e for row in rows if row.e["action"] == "run_job"]
    assert entry["actor"] == f"person:{office.admin}"
    assert entry["details"] == {"first": 0, "last": 1, "done": 2}
