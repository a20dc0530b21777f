"""Reads of identity, each within one tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fullmakt.questions import AdministratorsAnswer, RolesAnswer
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from libs.shared.paging import read_cursor, write_cursor
from services.identity.models import Membership, Organisation, Person, Program, SecondFactor, Session
from services.identity.program_sessions import Place
from services.identity.views.oidc import UserInfoView
from services.identity.views.organisations import MemberPage, MemberView
from services.identity.views.people import MeView, PlaceView
from services.identity.views.programs import ProgramListView, ProgramView
from services.identity.views.sessions import SessionPage, SessionView

OPERATOR = "operator"


async def find_actor(tx: Tx, caller: Caller, organisation_id: UUID) -> Actor:
    """The caller as a member of the organisation, as platform operator or as both; NotFound for anybody else."""
    if caller.kind != "person":
        raise NotFound
    found = (
        await tx.session.execute(
            select(Membership.roles, Person.name, func.is_operator(caller.id).label("operator"))
            .join(Person, Person.id == Membership.person_id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.person_id == caller.id,
                Membership.state == "active",
            )
        )
    ).one_or_none()
    if found is not None:
        roles = {*found.roles, OPERATOR} if found.operator else found.roles
        return Actor(caller=caller, tenant=organisation_id, roles=frozenset(roles), name=found.name)
    if await is_operator(tx, caller.id):
        return Actor(caller=caller, tenant=organisation_id, roles=frozenset({OPERATOR}))
    raise NotFound


async def is_operator(tx: Tx, person_id: UUID) -> bool:
    """Whether this person is a platform operator."""
    return bool(await tx.session.scalar(select(func.is_operator(person_id))))


async def roles_of(tx: Tx, *, organisation_id: UUID, person_id: UUID) -> RolesAnswer:
    """What a person is at an organisation now; nothing at one that isn't verified, which can do nothing (I1)."""
    roles = await tx.session.scalar(
        select(Membership.roles)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.person_id == person_id,
            Membership.state == "active",
            Organisation.state == "verified",
        )
    )
    return RolesAnswer(member=roles is not None, roles=tuple(roles or ()))


async def administrators_of(tx: Tx, *, organisation_id: UUID) -> AdministratorsAnswer:
    """The own system administrators of an organisation now; none of one that isn't verified."""
    found = await tx.session.scalars(
        select(Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Organisation.state == "verified",
            Membership.organisation_id == organisation_id,
            Membership.state == "active",
            Membership.roles.contains([SYSTEM_ADMINISTRATOR]),
        )
        .order_by(Membership.person_id)
    )
    return AdministratorsAnswer(person_ids=tuple(found))


async def members(tx: Tx, *, organisation_id: UUID, after: str | None, limit: int) -> MemberPage:
    """The organisation's members and the roles they hold, by name."""
    name = func.coalesce(Person.name, "")
    query = (
        select(Person.id, Person.name, Person.email, Membership.roles, Membership.leaving_since)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.state == "active")
        .order_by(name, Person.id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(name, Person.id) > read_cursor(after, tuple[str, UUID]))
    found = list(await tx.session.execute(query))
    items = [
        MemberView(
            person_id=row.id,
            name=row.name,
            email=row.email,
            roles=row.roles,
            leaving=row.leaving_since is not None,
        )
        for row in found[:limit]
    ]
    more = len(found) > limit
    return MemberPage(items=items, next=write_cursor(items[-1].name or "", items[-1].person_id) if more else None)


async def me(tx: Tx, *, person_id: UUID) -> MeView:
    """The signed-in person and where they belong; runs with the person as tenant."""
    person = await tx.get(Person, person_id, visible_to=person_id)
    if person.erased_at is not None:
        raise NotFound
    places = await tx.session.execute(
        select(Membership.organisation_id, Membership.roles, Membership.leaving_since, Membership.username)
        .where(Membership.person_id == person_id, Membership.state == "active")
        .order_by(Membership.organisation_id)
    )
    return MeView(
        person_id=person_id,
        version=person.version,
        name=person.name,
        email=person.email,
        pending_email=person.pending_email,
        mobile=person.mobile,
        language=person.language,
        time_zone=person.time_zone,
        operator=person.operator,
        second_factor=await has_second_factor(tx, person_id),
        memberships=[
            PlaceView(
                organisation_id=row.organisation_id,
                roles=row.roles,
                username=row.username,
                leaving=row.leaving_since is not None,
            )
            for row in places
        ],
    )


async def has_second_factor(tx: Tx, person_id: UUID) -> bool:
    """Whether a code is asked for when they sign in; runs with the person as tenant."""
    in_use = select(SecondFactor.person_id).where(SecondFactor.person_id == person_id)
    return await tx.session.scalar(in_use.where(SecondFactor.confirmed_at.is_not(None))) is not None


async def sessions(tx: Tx, *, person_id: UUID, current: UUID | None, after: str | None, limit: int) -> SessionPage:
    """The person's sessions that go on, newest first; at a program, while the sign-in does. Runs as the person."""
    parent, now = aliased(Session), func.clock_timestamp()
    query = (
        select(Session)
        .outerjoin(parent, parent.id == Session.parent_id)
        .where(Session.person_id == person_id, Session.ended_at.is_(None), Session.expires_at > now)
        .where(or_(Session.parent_id.is_(None), and_(parent.ended_at.is_(None), parent.expires_at > now)))
        .order_by(Session.created_at.desc(), Session.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(Session.created_at, Session.id) < read_cursor(after, tuple[datetime, UUID]))
    found = list(await tx.session.scalars(query))
    following = write_cursor(found[limit - 1].created_at, found[limit - 1].id) if len(found) > limit else None
    return SessionPage(items=[SessionView.of(row, current=current) for row in found[:limit]], next=following)


async def user_info(tx: Tx, *, place: Place, scopes: Sequence[str]) -> UserInfoView:
    """Who is at a program, as the scopes allow, and the client that they act for."""
    await tx.become(place.person_id)
    person = await tx.get(Person, place.person_id, visible_to=place.person_id)
    told: dict[str, Any] = {"sub": f"person:{person.id}"}
    if "profile" in scopes:
        told |= {"name": person.name, "locale": person.language, "zoneinfo": person.time_zone}
    if "email" in scopes:
        told |= {"email": person.email, "email_verified": True}
    if place.way is not None:
        await tx.become(place.way.company_id)
        name = select(Organisation.name).where(Organisation.id == place.way.company_id)
        told |= {"client": place.way.company_id, "client_name": await tx.session.scalar(name)}
        told |= {"agency": place.way.agency_id, "link_id": place.way.link_id}
    return UserInfoView(**told)


async def programs(tx: Tx) -> ProgramListView:
    """All programs that sign people in by us."""
    found = await tx.session.scalars(select(Program).order_by(Program.id))
    return ProgramListView(programs=[ProgramView(id=row.id, name=row.name, launch_url=row.launch_url) for row in found])
