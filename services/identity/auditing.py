"""Reads of the audit trail (X2): of an organisation, and of a person wherever it was."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, select, tuple_, union

from libs.shared.audit import SealedEntry
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from libs.shared.paging import read_cursor, write_cursor
from libs.shared.tables import audit_entry, audit_name
from services.identity.views.audit import AuditEntryView, AuditPage

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a trail: from a moment on, to before another, after an entry, so many."""

    since: datetime | None = None
    until: datetime | None = None
    after: str | None = None
    limit: int


def part_of(*, since: str | None, until: str | None, after: str | None, limit: int) -> Part:
    """The part that a caller asks for; Invalid names what is no moment with an offset (RFC 3339)."""
    part = Part(since=_moment(since, "from"), until=_moment(until, "to"), after=after, limit=limit)
    if part.since is not None and part.until is not None and part.since > part.until:
        raise Invalid("`to` is not before `from`.", field="to")
    return part


async def trail_of_organisation(tx: Tx, *, organisation_id: UUID, person_id: UUID | None, part: Part) -> AuditPage:
    """What happened at an organisation; with a person, what they did there and what was done to them."""
    there = audit_entry.c.tenant_id == organisation_id
    if person_id is None:
        return await _page(tx, [there], part)
    return await _page(
        tx, [there & (audit_entry.c.actor_id == person_id), there & (audit_entry.c.person_id == person_id)], part
    )


async def trail_of_person(tx: Tx, *, person_id: UUID, part: Part) -> AuditPage:
    """What a person did and what was done to them, wherever it was; runs with them as tenant."""
    columns = (audit_entry.c.tenant_id, audit_entry.c.actor_id, audit_entry.c.person_id)
    return await _page(tx, [column == person_id for column in columns], part)


async def _page(tx: Tx, ways: list[ColumnElement[bool]], part: Part) -> AuditPage:
    """Each way is an index of its own, read from its newest entry on; what several find is one."""
    newest = union(*(select(_newest(way, part).subquery()) for way in ways)).subquery()
    query = (
        select(newest.c.body, audit_name.c.name)
        .outerjoin(audit_name, audit_name.c.entry_id == newest.c.id)
        .order_by(newest.c.at.desc(), newest.c.id.desc())
        .limit(part.limit + 1)
    )
    found = list(await tx.session.execute(query))
    items = [_view(row.body, row.name) for row in found[: part.limit]]
    more = len(found) > part.limit
    return AuditPage(items=items, next=write_cursor(items[-1].at, items[-1].id) if more else None)


def _newest(way: ColumnElement[bool], part: Part) -> Select[tuple[UUID, datetime, bytes]]:
    place = tuple_(audit_entry.c.at, audit_entry.c.id)
    query = select(audit_entry.c.id, audit_entry.c.at, audit_entry.c.body).where(way)
    if part.since is not None:
        query = query.where(audit_entry.c.at >= part.since)
    if part.until is not None:
        query = query.where(audit_entry.c.at < part.until)
    if part.after is not None:
        at, id_ = read_cursor(part.after, tuple[Moment, UUID])
        query = query.where(place < (_universal(at, "after"), id_))
    return query.order_by(audit_entry.c.at.desc(), audit_entry.c.id.desc()).limit(part.limit + 1)


def _view(body: bytes, name: str | None) -> AuditEntryView:
    entry = msgspec.json.decode(body, type=SealedEntry)
    given = {field: getattr(entry, field) for field in AuditEntryView.__struct_fields__ if field != "actor_name"}
    return AuditEntryView(**given, actor_name=name)


def _moment(typed: str | None, field: str) -> datetime | None:
    if typed is None:
        return None
    try:
        return _universal(msgspec.convert(typed, Moment), field)
    except msgspec.ValidationError as error:
        message = "A moment is written 2026-03-01T12:30:00+01:00, its + as %2B, or 2026-03-01T11:30:00Z."
        raise Invalid(message, field=field) from error


def _universal(moment: datetime, field: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Invalid("This moment is out of all range.", field=field) from error
