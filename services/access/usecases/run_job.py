"""Run a bulk job, a chunk at a time."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
from fullmakt.events import GrantsChanged
from fullmakt.questions import RolesAnswer
from fullmakt.roles import is_agency_admin
from sqlalchemy import select, text

from libs.shared.audit import Entry
from libs.shared.database import Database, Tx
from libs.shared.trace import tracing
from services.access.events import grant_items, job_finished
from services.access.models import Job, Person

CHUNK = 1000
"""Items in one transaction, about."""

CLAIM = text(
    "UPDATE job SET claim = :claim, lease_until = clock_timestamp() + interval '5 s', state = 'running'"
    " WHERE id = (SELECT id FROM job WHERE id = :job AND agency_id = :agency AND state <> 'finished'"
    " AND (lease_until IS NULL OR lease_until < clock_timestamp()) FOR UPDATE SKIP LOCKED)"
    " RETURNING started_by, traceparent"
)
POSTPONE = text(
    "UPDATE job SET lease_until = clock_timestamp() + interval '1 s'"
    " WHERE id = :job AND agency_id = :agency AND claim = :claim"
)
TO_CLAIM = text("SELECT agency_id, job_id FROM jobs_to_claim(:at_most)")
LOCK_LINKS = text(
    "SELECT id FROM link WHERE agency_id = :agency AND id = ANY(CAST(:links AS uuid[])) ORDER BY id FOR SHARE"
)
LOCK_MEMBERS = text(
    "SELECT person_id FROM member WHERE organisation_id = :agency AND person_id = ANY(CAST(:people AS uuid[]))"
    " ORDER BY person_id FOR SHARE"
)
JUDGE = text("""
WITH size AS (
    SELECT *, 1 + cardinality(programs) AS pair FROM job WHERE id = :job AND agency_id = :agency
), item AS (
    SELECT p AS position, s.agency_id, s.started_by,
        s.clients[1 + p / (s.pair * cardinality(s.consultants))] AS link_id,
        s.consultants[1 + p / s.pair % cardinality(s.consultants)] AS person_id,
        s.programs[nullif(p % s.pair, 0)] AS program
    FROM size s CROSS JOIN generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS p
), judged AS (
    SELECT i.*, CASE
        WHEN NOT :starter_is_member THEN 'starter_left'
        WHEN l.id IS NULL THEN 'client_not_found'
        WHEN l.state <> 'live' THEN 'link_ended'
        WHEN c.state IS DISTINCT FROM 'active' THEN 'not_active'
        WHEN m.person_id IS NULL OR m.leaving THEN 'not_a_member'
        WHEN i.program IS NULL AND a.held THEN 'unchanged'
        WHEN i.program IS NULL AND NOT :starter_is_admin THEN 'no_right_to_give_access'
        WHEN i.program IS NULL THEN 'done'
        WHEN NOT coalesce(
            r.roles && ARRAY['system_administrator', 'program_administrator:' || i.program], false
        ) THEN 'no_right_at_client'
        WHEN jsonb_array_length(l.terms -> 'programs') > 0
            AND NOT jsonb_exists(l.terms -> 'programs', i.program) THEN 'not_in_terms'
        WHEN g.held THEN 'unchanged'
        WHEN NOT (:starter_is_admin OR coalesce(a.held, false)) THEN 'no_access'
        ELSE 'done'
    END AS verdict
    FROM item i
    LEFT JOIN link l ON l.id = i.link_id AND l.agency_id = i.agency_id
    LEFT JOIN client c ON c.link_id = l.id
    LEFT JOIN member m ON m.organisation_id = i.agency_id AND m.person_id = i.person_id
    LEFT JOIN administration r ON r.link_id = l.id AND r.person_id = i.started_by
    LEFT JOIN access_grant a ON a.link_id = l.id AND a.person_id = i.person_id
    LEFT JOIN program_grant g ON g.link_id = l.id AND g.person_id = i.person_id AND g.program = i.program
), written AS (
    INSERT INTO job_item (job_id, position, agency_id, link_id, person_id, program, outcome, reason)
    SELECT :job, position, agency_id, link_id, person_id, program,
        CASE WHEN verdict IN ('done', 'unchanged') THEN verdict ELSE 'refused' END,
        CASE WHEN verdict NOT IN ('done', 'unchanged') THEN verdict END
    FROM judged
    RETURNING outcome
)
SELECT outcome, count(*) AS items FROM written GROUP BY outcome
""")
GIVE_ACCESS = text("""
INSERT INTO access_grant AS g (link_id, person_id, agency_id, company_id, held, revision)
SELECT i.link_id, i.person_id, i.agency_id, l.company_id, true, 1 FROM job_item i JOIN link l ON l.id = i.link_id
WHERE i.job_id = :job AND i.position BETWEEN :first AND :last AND i.outcome = 'done' AND i.program IS NULL
ORDER BY i.link_id, i.person_id
ON CONFLICT (link_id, person_id) DO UPDATE SET held = true, revision = g.revision + 1
RETURNING link_id, company_id, person_id, CAST(NULL AS text) AS program, held, revision
""")
GIVE_PROGRAMS = text("""
INSERT INTO program_grant AS g (link_id, person_id, program, agency_id, company_id, held, revision)
SELECT i.link_id, i.person_id, i.program, i.agency_id, l.company_id, true, 1
FROM job_item i JOIN link l ON l.id = i.link_id
WHERE i.job_id = :job AND i.position BETWEEN :first AND :last AND i.outcome = 'done' AND i.program IS NOT NULL
ORDER BY i.link_id, i.person_id, i.program
ON CONFLICT (link_id, person_id, program) DO UPDATE SET held = true, revision = g.revision + 1
RETURNING link_id, company_id, person_id, program, held, revision
""")

AskRoles = Callable[[UUID, UUID], Awaitable[RolesAnswer]]
"""Asks identity what a person is at an organisation at this moment; Unavailable when no answer comes."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The right to write a job's items, until somebody else claims the job."""

    agency_id: UUID
    job_id: UUID
    token: UUID
    started_by: UUID
    traceparent: str | None = None


class ClaimLost(Exception):
    """Another worker has claimed the job, or it is finished; nothing was written."""


async def claim_jobs(database: Database, *, at_most: int) -> list[Claim]:
    """Claim jobs that nobody works at: new ones, and those of a worker that was killed."""
    async with database.begin(None) as tx:
        due = (await tx.session.execute(TO_CLAIM, {"at_most": at_most})).all()
    return [claim for row in due if (claim := await _claim(database, row.agency_id, row.job_id)) is not None]


async def _claim(database: Database, agency_id: UUID, job_id: UUID) -> Claim | None:
    token = uuid4()
    async with database.begin(agency_id) as tx:
        given = {"claim": token, "job": job_id, "agency": agency_id}
        row = (await tx.session.execute(CLAIM, given)).one_or_none()
    if row is None:
        return None
    starter, traceparent = row
    return Claim(agency_id=agency_id, job_id=job_id, token=token, started_by=starter, traceparent=traceparent)


async def postpone_job(database: Database, claim: Claim) -> None:
    """Let the job be claimed anew in a second."""
    async with database.begin(claim.agency_id) as tx:
        await tx.session.execute(POSTPONE, {"job": claim.job_id, "agency": claim.agency_id, "claim": claim.token})


async def run_chunk(database: Database, ask_roles: AskRoles, claim: Claim) -> bool:
    """Do the job's next items, all in one transaction; answers whether the job is finished.

    Rights are those of this moment (A7): the starter's at home as identity says just before, those at the
    clients as they stand under lock. ClaimLost: another worker goes on with it; Unavailable: try again later.
    """
    with tracing(claim.traceparent):
        starter = await ask_roles(claim.agency_id, claim.started_by)
        async with database.begin(claim.agency_id, actor=f"person:{claim.started_by}") as tx:
            return await _run_chunk(tx, claim, starter)


async def _run_chunk(tx: Tx, claim: Claim, starter: RolesAnswer) -> bool:
    job = await _lock_job(tx, claim)
    chunk = job.chunk(CHUNK)
    await _lock_what_is_judged(tx, job, chunk)
    outcomes = await _judge(tx, job, chunk, starter)
    await _give(tx, job, chunk)
    await _record(tx, job, chunk, outcomes)
    job.count(outcomes, at=tx.now)
    if job.state == "finished":
        tx.emit(job_finished(job), of=job)
    return job.state == "finished"


async def _lock_job(tx: Tx, claim: Claim) -> Job:
    query = select(Job).where(
        Job.id == claim.job_id, Job.agency_id == claim.agency_id, Job.claim == claim.token, Job.state == "running"
    )
    job = (await tx.session.scalars(query.with_for_update())).one_or_none()
    if job is None:
        raise ClaimLost
    job.lease_until = await tx.session.scalar(text("SELECT clock_timestamp() + interval '5 s'"))
    return job


async def _lock_what_is_judged(tx: Tx, job: Job, chunk: range) -> None:
    """Links can't end, and people can't leave, before this transaction does."""
    client = (1 + len(job.programs)) * len(job.consultants)
    links = job.clients[chunk.start // client : (chunk.stop - 1) // client + 1]
    await tx.session.execute(LOCK_LINKS, {"agency": job.agency_id, "links": links})
    people = {"agency": job.agency_id, "people": [job.started_by, *job.consultants]}
    await tx.session.execute(LOCK_MEMBERS, people)


async def _judge(tx: Tx, job: Job, chunk: range, starter: RolesAnswer) -> dict[str, int]:
    """Write each item with its outcome; answers how many there are of each."""
    given = _positions(job, chunk) | {
        "agency": job.agency_id,
        "starter_is_member": starter.member,
        "starter_is_admin": starter.member and is_agency_admin(starter.roles),
    }
    found = await tx.session.execute(JUDGE, given)
    return {row.outcome: row.items for row in found}


async def _give(tx: Tx, job: Job, chunk: range) -> None:
    positions = _positions(job, chunk)
    access = await tx.session.execute(GIVE_ACCESS, positions)
    programs = await tx.session.execute(GIVE_PROGRAMS, positions)
    for items in grant_items([*access, *programs]):
        tx.emit(GrantsChanged(job_id=job.id, agency_id=job.agency_id, grants=items), of=job)


async def _record(tx: Tx, job: Job, chunk: range, outcomes: dict[str, int]) -> None:
    name = await tx.session.scalar(select(Person.name).where(Person.id == job.started_by))
    entry = Entry(
        tenant=job.agency_id,
        at=tx.now,
        actor=tx.actor,
        on_behalf_of=job.agency_id,
        action="run_job",
        thing=job.id,
        details={"first": chunk.start, "last": chunk.stop - 1, **outcomes},
    )
    await tx.record(entry, name=name)


def _positions(job: Job, chunk: range) -> dict[str, Any]:
    return {"job": job.id, "first": chunk.start, "last": chunk.stop - 1}
