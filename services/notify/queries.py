"""Reads of notify, each within one tenant."""

from datetime import datetime
from uuid import UUID

import msgspec
from fullmakt.events import OrganisationKind
from sqlalchemy import Select, func, select, tuple_

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from libs.shared.inbox import NotYetKnown
from libs.shared.paging import read_cursor, write_cursor
from services.notify.models import (
    Delivery,
    DeliveryState,
    MayNotSeeDeliveries,
    Member,
    Notice,
    Organisation,
    Params,
    Person,
    administers,
)
from services.notify.rendering import Reader, render_notice
from services.notify.views import DeliveryPage, DeliveryView, NoticePage, NoticeView


async def find_actor(tx: Tx, caller: Caller, organisation_id: UUID) -> Actor:
    """The caller as an active member of the organisation; NotFound for anybody else."""
    query = (
        select(Member.roles, Person.name)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.organisation_id == organisation_id, Member.person_id == caller.id, Member.state == "active")
    )
    found = list(await tx.session.execute(query))
    if not found or caller.kind != "person":
        raise NotFound
    roles = frozenset(role for row in found for role in row.roles)
    return Actor(caller=caller, tenant=organisation_id, roles=roles, name=found[0].name)


async def require_administrator(tx: Tx, actor: Actor) -> None:
    """Refuse who is no administrator of the organisation: an agency's admin, or a company's system administrator."""
    kind = await tx.session.scalar(select(Organisation.kind).where(Organisation.id == actor.tenant))
    if not administers(kind or "company", actor.roles):
        raise MayNotSeeDeliveries


async def administrators(tx: Tx, organisation_id: UUID, kind: OrganisationKind) -> list[UUID]:
    """The organisation's administrators; runs as the organisation."""
    query = select(Member.person_id, Member.roles).where(
        Member.organisation_id == organisation_id, Member.state == "active", func.cardinality(Member.roles) > 0
    )
    return [row.person_id for row in await tx.session.execute(query) if administers(kind, row.roles)]


async def is_member(tx: Tx, organisation_id: UUID, person_id: UUID) -> bool:
    """Whether a person is a member of the organisation; NotYetKnown if nothing was ever heard of them there.

    Streams have no order among each other: who acted was a member, so this also waits for the members'.
    """
    states = list(
        await tx.session.scalars(
            select(Member.state).where(Member.organisation_id == organisation_id, Member.person_id == person_id)
        )
    )
    if not states:
        raise NotYetKnown
    return "active" in states


async def organisation(tx: Tx, organisation_id: UUID) -> Organisation:
    """The organisation as it sees itself; NotYetKnown before it was heard of, a sole trader also by name (L22)."""
    try:
        found = await tx.get(Organisation, organisation_id, visible_to=organisation_id)
    except NotFound as error:
        raise NotYetKnown from error
    if not found.name:
        raise NotYetKnown
    return found


async def real_now(tx: Tx) -> datetime:
    """Real time by the database's clock, which tries are due by; business time may be ahead of it."""
    now: datetime | None = await tx.session.scalar(select(func.now()))
    assert now is not None  # noqa: S101 - Postgres knows the time
    return now


def _after(row: Notice | Delivery) -> str:
    return write_cursor(row.created_at, row.id)


async def notices(tx: Tx, *, actor: Actor, after: str | None, limit: int) -> NoticePage:
    """The caller's own notices at one organisation, in the caller's language."""
    own = (Notice.organisation_id == actor.tenant, Notice.person_id == actor.person_id)
    query = select(Notice).where(*own).order_by(Notice.created_at.desc(), Notice.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(tuple_(Notice.created_at, Notice.id) < read_cursor(after, tuple[datetime, UUID]))
    rows = list(await tx.session.scalars(query))
    unread = await tx.session.scalar(select(func.count()).select_from(Notice).where(*own, Notice.read_at.is_(None)))
    texts = await _texts(tx, actor, rows[:limit])
    items = [NoticeView.of(row, text) for row, text in zip(rows, texts, strict=False)]
    following = _after(rows[limit - 1]) if len(rows) > limit else None
    return NoticePage(items=items, unread=unread or 0, next=following)


async def _texts(tx: Tx, actor: Actor, rows: list[Notice]) -> list[str]:
    """What these notices say to the caller; companies' names are read as they are now (I7)."""
    reader = await _reader(tx, actor)
    given = [msgspec.convert(row.params, Params) for row in rows]
    names = await _names(tx, {params.company_id for params in given if params.company_id})
    values = [msgspec.structs.asdict(each) | {"company": names.get(each.company_id, "")} for each in given]
    return [render_notice(row.kind, reader, each) for row, each in zip(rows, values, strict=True)]


async def _reader(tx: Tx, actor: Actor) -> Reader:
    person = await tx.session.scalar(select(Person).where(Person.id == actor.person_id))
    own = await tx.session.scalar(select(Organisation).where(Organisation.id == actor.tenant))
    return Reader.of(
        language=person.language if person else None,
        fallback=own.language if own else None,
        time_zone=person.time_zone if person else None,
    )


async def _names(tx: Tx, organisations: set[UUID]) -> dict[UUID | None, str]:
    """Names of organisations that this one has, or has had, a link request with: the policy sees to that."""
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisations))
    return {row.id: row.name for row in await tx.session.execute(query)} if organisations else {}


async def deliveries(tx: Tx, *, actor: Actor, state: DeliveryState, after: str | None, limit: int) -> DeliveryPage:
    """What the organisation's people, and those it invited, were sent or could not be sent (N7)."""
    await require_administrator(tx, actor)
    query: Select[Delivery, str | None] = (
        select(Delivery, Person.name)
        .outerjoin(Person, Person.id == Delivery.person_id)
        .where(Delivery.organisation_id == actor.tenant, Delivery.state == state)
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(Delivery.created_at, Delivery.id) < read_cursor(after, tuple[datetime, UUID]))
    rows = [(row[0], row[1]) for row in await tx.session.execute(query)]
    items = [DeliveryView.of(row, name) for row, name in rows[:limit]]
    return DeliveryPage(items=items, next=_after(rows[limit - 1][0]) if len(rows) > limit else None)
