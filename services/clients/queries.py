"""Reads of clients, each within one tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.organisation_numbers import KINDS, OrganisationNumberError, clean_organisation_number, is_sole_trader
from sqlalchemy import ColumnElement, func, literal, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from libs.shared.errors import Invalid, NotFound
from libs.shared.mail_tokens import is_genuine, read_token
from libs.shared.paging import read_cursor, write_cursor
from services.clients.models import PENDING, Link, LinkRequest, Member, OnlyAgencies, Organisation, Person
from services.clients.views import (
    ClientPage,
    ClientView,
    HitView,
    LinkRequestPage,
    LinkRequestView,
    LocatedView,
    SearchView,
)

PURPOSE = "link_request"
FIND = text("SELECT * FROM find_companies(:numbers, :countries, :subscription)")


class NotInAnAddress(Invalid):
    """This is a person's own number, which has no place in an address: send it in the body, by POST."""


class SearchCompany(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number of a company to search for, as people type it."""

    organisation_number: Annotated[str, msgspec.Meta(max_length=40)]
    country: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    """SE, DK, NO or FI; without it, wherever the number's check digit is right."""


async def find_actor(tx: Tx, caller: Caller, organisation_id: UUID) -> Actor:
    """The caller as a member of the organisation; NotFound for anybody else."""
    query = (
        select(Member.roles, Person.name)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.organisation_id == organisation_id, Member.person_id == caller.id)
    )
    found = (await tx.session.execute(query)).one_or_none()
    if found is None or caller.kind != "person":
        raise NotFound
    return Actor(caller=caller, tenant=organisation_id, roles=frozenset(found.roles), name=found.name)


async def search(
    tx: Tx,
    *,
    agency_id: UUID,
    number: str | None,
    country: str | None,
    subscription: str | None,
    in_address: bool,
) -> SearchView:
    """Companies with exactly this organisation or subscription number (L3).

    `in_address`: the number stands in the address of the request, where a sole trader's must not (L22).
    """
    kind = await tx.session.scalar(select(Organisation.kind).where(Organisation.id == agency_id))
    if kind != "agency":
        raise OnlyAgencies
    if (number is None) == (subscription is None):
        raise Invalid("Search by organisation_number or by subscription_number.", field="organisation_number")
    pairs = _readings(number, country) if number is not None else []
    if in_address and any(is_sole_trader(*pair) for pair in pairs):
        raise NotInAnAddress(field="organisation_number")
    given = {"countries": [c for c, _ in pairs], "numbers": [n for _, n in pairs], "subscription": subscription}
    found = list(await tx.session.execute(FIND, given))
    if len({(row.country, row.number) for row in found}) < len(found):
        return SearchView(hits=[], subscription_number_needed=True)
    hits = [
        HitView(
            company_id=row.id,
            name=row.name,
            country=row.country,
            organisation_number=row.number,
            subscription_number=row.subscription_number,
            can_be_asked=row.has_administrator,
            standing=await _standing(tx, agency_id, row.id),
        )
        for row in found
    ]
    return SearchView(hits=hits, subscription_number_needed=False)


def _readings(typed: str, country: str | None) -> list[tuple[str, str]]:
    """What the number may be: with its country, or in each country where its check digit is right."""
    readings, wrong = [], None
    for each in [country] if country else sorted(KINDS):
        try:
            readings.append((each, clean_organisation_number(each, typed)))
        except OrganisationNumberError as error:
            wrong = error
    if not readings and wrong is not None:
        reason = str(wrong) if country else "this is no organisation number of SE, DK, NO or FI"
        raise Invalid(reason, field=wrong.field)
    return readings


async def _standing(tx: Tx, agency_id: UUID, company_id: UUID) -> str:
    pair = {"agency_id": agency_id, "company_id": company_id}
    if await tx.session.scalar(select(literal(1)).select_from(Link).filter_by(**pair, state="live")):
        return "linked"
    pending = select(literal(1)).select_from(LinkRequest).filter_by(**pair, state=PENDING)
    return "pending" if await tx.session.scalar(pending.where(LinkRequest.expires_at > tx.now)) else "none"


async def link_request(tx: Tx, *, tenant: UUID, request_id: UUID) -> LinkRequestView:
    """One request, as either side sees it: also who decided it, and when (L8)."""
    found = await _views(tx, tenant, [LinkRequest.id == request_id], limit=1)
    if not found:
        raise NotFound
    return found[0]


async def link_requests(tx: Tx, *, tenant: UUID, pending_only: bool, after: str | None, limit: int) -> LinkRequestPage:
    """The requests of an organisation, sent or received, the newest first."""
    conditions = []
    if pending_only:
        conditions = [LinkRequest.state == PENDING, LinkRequest.expires_at > tx.now]
    if after is not None:
        sent_at, id_ = read_cursor(after, tuple[datetime, UUID])
        conditions.append(tuple_(LinkRequest.sent_at, LinkRequest.id) < (sent_at, id_))
    found = await _views(tx, tenant, conditions, limit=limit + 1)
    items = found[:limit]
    more = len(found) > limit
    return LinkRequestPage(items=items, next=write_cursor(items[-1].sent_at, items[-1].id) if more else None)


async def _views(tx: Tx, tenant: UUID, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[LinkRequestView]:
    agency, company = aliased(Organisation), aliased(Organisation)
    sender, decider = aliased(Person), aliased(Person)
    query = (
        select(LinkRequest, agency.name, company.name, company.number, sender.name, decider.name)
        .outerjoin(agency, agency.id == LinkRequest.agency_id)
        .outerjoin(company, company.id == LinkRequest.company_id)
        .outerjoin(sender, sender.id == LinkRequest.requested_by)
        .outerjoin(decider, decider.id == LinkRequest.decided_by)
        .where(or_(LinkRequest.agency_id == tenant, LinkRequest.company_id == tenant), *conditions)
        .order_by(LinkRequest.sent_at.desc(), LinkRequest.id.desc())
        .limit(limit)
    )
    found = await tx.session.execute(query)
    return [
        LinkRequestView.of(
            row[0],
            now=tx.now,
            agency_name=row[1],
            company_name=row[2],
            company_number=row[3],
            sender_name=row[4],
            decider_name=row[5],
        )
        for row in found
    ]


async def locate(tx: Tx, *, token: str, secret: str) -> LocatedView:
    """The request that a mailed link names. It tells what the mail told; to see more, and to answer, sign in."""
    read = read_token(token)
    company_id: UUID | None = None
    if read is not None:
        company_id = await tx.session.scalar(select(func.company_of_link_request(read.thing)))
    if read is None or company_id is None:
        raise NotFound
    await tx.become(company_id)
    request = await tx.get(LinkRequest, read.thing, visible_to=company_id)
    if not is_genuine(read, secret, PURPOSE, request.generation):
        raise NotFound
    view = await link_request(tx, tenant=company_id, request_id=request.id)
    return LocatedView(
        link_request_id=view.id,
        company_id=company_id,
        company_name=view.company_name,
        agency_name=view.agency_name,
        state=view.state,
        expires_at=view.expires_at,
    )


async def clients(tx: Tx, *, agency_id: UUID, after: str | None, limit: int) -> ClientPage:
    """The agency's clients by name: for each company the newest request, and the link that came of it."""
    newest = (
        select(LinkRequest.id)
        .where(LinkRequest.agency_id == agency_id)
        .ext(distinct_on(LinkRequest.company_id))
        .order_by(LinkRequest.company_id, LinkRequest.sent_at.desc())
        .subquery()
    )
    name = func.coalesce(Organisation.name, "")
    query = (
        select(LinkRequest, Link, name.label("name"), Organisation.number, Person.name.label("decider"))
        .join(newest, newest.c.id == LinkRequest.id)
        .outerjoin(Link, Link.link_request_id == LinkRequest.id)
        .outerjoin(Organisation, Organisation.id == LinkRequest.company_id)
        .outerjoin(Person, Person.id == LinkRequest.decided_by)
        .where(LinkRequest.agency_id == agency_id)
        .order_by(name, LinkRequest.company_id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(name, LinkRequest.company_id) > read_cursor(after, tuple[str, UUID]))
    rows = list(await tx.session.execute(query))
    items = [_client_view(row[0], row[1], row.name, row.number, row.decider, tx.now) for row in rows[:limit]]
    more = len(rows) > limit
    return ClientPage(items=items, next=write_cursor(items[-1].name, items[-1].company_id) if more else None)


def _client_view(
    request: LinkRequest, link: Link | None, name: str, number: str, decider: str | None, now: datetime
) -> ClientView:
    if link is None:
        state = request.state_at(now)
        if state == PENDING:
            state = "request_pending"
    elif link.state == "ended":
        state = "ended"
    else:
        state = "active" if link.activated_at else "awaiting_activation"
    return ClientView(
        company_id=request.company_id,
        name=name,
        organisation_number=number,
        state=state,
        link_request_id=request.id,
        link_id=link.id if link else None,
        approved_by=decider if link else None,
        approved_at=link.accepted_at if link else None,
        activated_at=link.activated_at if link else None,
    )
