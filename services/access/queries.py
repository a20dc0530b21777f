"""Reads of access, each within one tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from fullmakt.roles import CLIENT_MANAGER, SYSTEM_ADMINISTRATOR, is_agency_admin, program_administrator
from sqlalchemy import Select, and_, func, literal, or_, select, text, tuple_

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from libs.shared.errors import Forbidden, NotFound
from libs.shared.paging import read_cursor, write_cursor
from services.access.models import (
    AccessGrant,
    Administration,
    Client,
    Job,
    JobItem,
    Member,
    NotAnAgencyAdmin,
    Organisation,
    Person,
    Program,
    ProgramGrant,
)
from services.access.views import (
    ClientPage,
    ClientView,
    JobItemPage,
    JobItemView,
    JobView,
    Missing,
    MissingView,
    MyProgramsView,
    Outcome,
    ProgramList,
    ProgramView,
    ReachPage,
    ReachView,
    WhoView,
)

ADMIN_ROLES = [SYSTEM_ADMINISTRATOR, program_administrator(CLIENT_MANAGER)]
MESSAGES = {
    "link_ended": "The agency is not linked to this client any more.",
    "not_active": "This client has not been activated yet; an admin of the agency can do that.",
    "no_access": "You have no access to this client; an admin of the agency can give it.",
    "no_programs": "You have access but no programs here; whoever administers the client can assign them.",
}
MOST_NAMED = 20
REACH = text("""
SELECT who.person_id, n.name, coalesce(a.held, false) AS access, coalesce(r.roles, '{}') AS roles,
    ARRAY(
        SELECT g.program FROM program_grant g
        WHERE g.link_id = :link AND g.person_id = who.person_id AND g.held ORDER BY g.program
    ) AS programs
FROM (
    SELECT person_id FROM access_grant WHERE link_id = :link AND held AND :tenant IN (agency_id, company_id)
    UNION SELECT person_id FROM administration WHERE link_id = :link AND :tenant IN (agency_id, company_id)
) who
LEFT JOIN person n ON n.id = who.person_id
LEFT JOIN access_grant a ON a.link_id = :link AND a.person_id = who.person_id
LEFT JOIN administration r ON r.link_id = :link AND r.person_id = who.person_id
WHERE who.person_id > :after ORDER BY who.person_id LIMIT :limit
""")


class NotYoursToSee(Forbidden):
    """Only admins of the agency and system administrators of the company see who reaches the client."""


async def find_actor(tx: Tx, caller: Caller, organisation_id: UUID) -> Actor:
    """The caller as an active member of the organisation; NotFound for anybody else."""
    if caller.kind != "person":
        raise NotFound
    query = (
        select(Member.roles, Person.name)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.organisation_id == organisation_id, Member.person_id == caller.id)
    )
    found = (await tx.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound
    return Actor(caller=caller, tenant=organisation_id, roles=frozenset(found.roles), name=found.name)


async def programs(tx: Tx) -> ProgramList:
    """The agency package: the whole catalogue for every agency."""
    found = await tx.session.execute(select(Program.id, Program.name).order_by(Program.id))
    return ProgramList(items=[ProgramView(**row) for row in found.mappings()])


async def clients(tx: Tx, *, actor: Actor, after: str | None, limit: int) -> ClientPage:
    """The agency's clients, oldest first: all for admins, those that they reach or administer for others."""
    query = _clients(actor)
    if not is_agency_admin(actor.roles):
        query = query.where(or_(AccessGrant.held, Administration.link_id.is_not(None)))
    return await _client_page(tx, query, after, limit)


async def activation_list(tx: Tx, *, actor: Actor, after: str | None, limit: int) -> ClientPage:
    """Clients that wait to be activated, oldest first (A2). Admins only."""
    if not is_agency_admin(actor.roles):
        raise NotAnAgencyAdmin
    return await _client_page(tx, _clients(actor).where(Client.state == "eligible"), after, limit)


def _clients(actor: Actor) -> Select[*tuple[Any, ...]]:
    mine = {"link_id": Client.link_id, "person_id": literal(actor.person_id)}
    return (
        select(
            Client.link_id,
            Client.company_id,
            Organisation.name.label("company_name"),
            Client.state,
            Client.eligible_at,
            Client.activated_at,
            Client.activated_by,
            Person.name.label("activated_by_name"),
            func.coalesce(AccessGrant.held, False).label("my_access"),
        )
        .outerjoin(Organisation, Organisation.id == Client.company_id)
        .outerjoin(Person, Person.id == Client.activated_by)
        .outerjoin(AccessGrant, _same(AccessGrant, mine))
        .outerjoin(Administration, _same(Administration, mine))
        .where(Client.agency_id == actor.tenant)
    )


def _same(model: Any, columns: dict[str, Any]) -> Any:
    return and_(*(getattr(model, name) == value for name, value in columns.items()))


async def _client_page(tx: Tx, query: Select[*tuple[Any, ...]], after: str | None, limit: int) -> ClientPage:
    place = (Client.eligible_at, Client.link_id)
    if after is not None:
        since = read_cursor(after, tuple[datetime, UUID])
        query = query.where(tuple_(*place) > tuple_(*map(literal, since)))
    found = list(await tx.session.execute(query.order_by(*place).limit(limit + 1)))
    items = [ClientView(**row._mapping) for row in found[:limit]]  # noqa: SLF001 - named so by SQLAlchemy
    return ClientPage(items=items, next=_next(items, len(found), "eligible_at", "link_id"))


async def client_access(tx: Tx, *, actor: Actor, link_id: UUID, after: str | None, limit: int) -> ReachPage:
    """Which agency people reach or administer the client; for admins of the agency and of the company (A12)."""
    client = await _client(tx, actor, link_id)
    if not _may_see_reach(actor, client):
        raise NotYoursToSee
    since = UUID(int=0) if after is None else read_cursor(after, tuple[UUID])[0]
    given = {"link": link_id, "tenant": actor.tenant, "after": since, "limit": limit + 1}
    found = list(await tx.session.execute(REACH, given))
    items = [ReachView(**row._mapping) for row in found[:limit]]  # noqa: SLF001
    return ReachPage(items=items, next=_next(items, len(found), "person_id"))


def _may_see_reach(actor: Actor, client: Client) -> bool:
    if actor.tenant == client.agency_id:
        return is_agency_admin(actor.roles)
    return SYSTEM_ADMINISTRATOR in actor.roles


async def _client(tx: Tx, actor: Actor, link_id: UUID) -> Client:
    of_tenant = or_(Client.agency_id == actor.tenant, Client.company_id == actor.tenant)
    client = (await tx.session.scalars(select(Client).where(Client.link_id == link_id, of_tenant))).one_or_none()
    if client is None:
        raise NotFound
    return client


async def job(tx: Tx, *, actor: Actor, job_id: UUID) -> JobView:
    """A bulk job: for who started it and for admins."""
    return JobView.of(await _job(tx, actor, job_id))


async def _job(tx: Tx, actor: Actor, job_id: UUID) -> Job:
    found = await tx.get(Job, job_id, visible_to=actor.tenant)
    if found.started_by != actor.person_id and not is_agency_admin(actor.roles):
        raise NotFound
    return found


async def job_items(
    tx: Tx, *, actor: Actor, job_id: UUID, after: str | None, limit: int, outcome: Outcome | None
) -> JobItemPage:
    """What became of the items of a job that are done so far, in their order (A9)."""
    await _job(tx, actor, job_id)
    query = (
        select(
            JobItem.position,
            JobItem.link_id,
            Organisation.name.label("company_name"),
            JobItem.person_id,
            Person.name.label("person_name"),
            JobItem.program,
            JobItem.outcome,
            JobItem.reason,
        )
        .outerjoin(Client, and_(Client.link_id == JobItem.link_id, Client.agency_id == JobItem.agency_id))
        .outerjoin(Organisation, Organisation.id == Client.company_id)
        .outerjoin(Person, Person.id == JobItem.person_id)
        .where(JobItem.job_id == job_id, JobItem.agency_id == actor.tenant)
    )
    if after is not None:
        query = query.where(JobItem.position > read_cursor(after, tuple[int])[0])
    if outcome is not None:
        query = query.where(JobItem.outcome == outcome)
    found = list(await tx.session.execute(query.order_by(JobItem.position).limit(limit + 1)))
    items = [JobItemView(**row._mapping) for row in found[:limit]]  # noqa: SLF001
    return JobItemPage(items=items, next=_next(items, len(found), "position"))


async def my_programs(tx: Tx, *, actor: Actor, link_id: UUID) -> MyProgramsView:
    """The caller's programs at a client of their agency; if there are none, why, and who can put it right (A13)."""
    client = await _client(tx, actor, link_id)
    if client.agency_id != actor.tenant:
        raise NotFound
    if client.state == "ended":
        return await _missing(tx, "link_ended", None)
    admins = select(Member.person_id).where(Member.organisation_id == actor.tenant, Member.roles.op("&&")(ADMIN_ROLES))
    if client.state != "active":
        return await _missing(tx, "not_active", admins)
    mine = {"link_id": link_id, "agency_id": actor.tenant, "person_id": actor.person_id, "held": True}
    if await tx.session.scalar(select(AccessGrant.link_id).filter_by(**mine)) is None:
        return await _missing(tx, "no_access", admins)
    held = list(await tx.session.scalars(select(ProgramGrant.program).filter_by(**mine).order_by(ProgramGrant.program)))
    if not held:
        administrators = select(Administration.person_id).filter_by(link_id=link_id, agency_id=actor.tenant)
        return await _missing(tx, "no_programs", administrators)
    return MyProgramsView(programs=held, missing=[])


async def _missing(tx: Tx, code: Missing, who: Select[UUID] | None) -> MyProgramsView:
    people: list[WhoView] = []
    if who is not None:
        named = (
            select(Person.id, Person.name).where(Person.id.in_(who)).order_by(Person.name, Person.id).limit(MOST_NAMED)
        )
        people = [WhoView(person_id=row.id, name=row.name) for row in await tx.session.execute(named)]
    return MyProgramsView(programs=[], missing=[MissingView(code=code, message=MESSAGES[code], who=people)])


def _next(items: Sequence[msgspec.Struct], found: int, *place: str) -> str | None:
    """The cursor after the last item, if more was found than these."""
    if found <= len(items):
        return None
    return write_cursor(*(getattr(items[-1], name) for name in place))
