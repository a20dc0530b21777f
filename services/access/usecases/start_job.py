"""Start a bulk job."""

from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from fullmakt.terms import ProgramId
from sqlalchemy import select

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from libs.shared.trace import current_trace
from services.access.models import Job, NotAnAgency, Organisation, Program

MOST_ITEMS = 1_000_000


class StartJob(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give each of these consultants access to each of these clients, and these programs there (A4)."""

    clients: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=10_000)]
    """Link ids."""
    consultants: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=500)]
    """Person ids."""
    programs: Annotated[list[ProgramId], msgspec.Meta(max_length=50)] = []
    """Programs of the agency package; none: access alone."""


async def start_job(tx: Tx, *, actor: Actor, given: StartJob) -> Job:
    """Have a bulk job done in the background; whether the starter may is judged item by item (A7, A8)."""
    organisation = await tx.session.get(Organisation, actor.tenant)
    if organisation is not None and organisation.kind != "agency":
        raise NotAnAgency
    clients, consultants = list(dict.fromkeys(given.clients)), list(dict.fromkeys(given.consultants))
    programs = list(dict.fromkeys(given.programs))
    await _check_programs(tx, programs)
    total = len(clients) * len(consultants) * (1 + len(programs))
    if total > MOST_ITEMS:
        raise Invalid(f"This makes {total} items; a job has {MOST_ITEMS} at most.", field="clients")
    job = Job(
        id=uuid4(),
        agency_id=actor.tenant,
        started_by=actor.person_id,
        operation="give",
        clients=clients,
        consultants=consultants,
        programs=programs,
        state="waiting",
        total=total,
        created_at=tx.now,
        traceparent=current_trace.get(),
    )
    tx.add(job)
    entry = Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action="start_job",
        thing=job.id,
        details={"operation": "give", "total": total},
    )
    await tx.session.flush()
    await tx.record(entry, name=actor.name)
    return job


async def _check_programs(tx: Tx, programs: list[str]) -> None:
    known = set(await tx.session.scalars(select(Program.id)))
    for program in programs:
        if program not in known:
            raise Invalid(f"There is no program {program}.", field="programs")
