"""What several use cases need of sessions at programs: how one begins, whether it is still good, what is refused."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
from fullmakt.questions import WayInAnswer
from sqlalchemy import select

from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.models import Session
from services.identity.sessions import LONGEST, real_now

SCOPES = ("openid", "profile", "email")
"""Which personal data a program gets at userinfo; what else is asked for is not granted."""
AskWayIn = Callable[[UUID, UUID, str], Awaitable[WayInAnswer]]
"""Asks access by which way a person comes to a company with a program; Unavailable means *not now*."""


class GrantOver(Invalid):
    """This code or token is not good, or no longer, or another client's; have the person sign in again."""

    oauth = "invalid_grant"


class AccessGone(Invalid):
    """The person doesn't reach this client with the program, or no longer; `more.reason` says why."""

    oauth = "invalid_grant"


class UnknownTarget(Invalid):
    """The program is not there, or not yours to get a token for, or the person doesn't reach the client with it."""

    oauth = "invalid_target"


class UnknownScope(Invalid):
    """A scope was asked for that goes beyond what was given."""

    oauth = "invalid_scope"


def choose_scopes(held: Sequence[str], asked: str | None, *, by_default: Sequence[str]) -> list[str]:
    """The scopes asked for, of those that can be had; where none is, those by default. Raises UnknownScope."""
    chosen = asked.split() if asked else by_default
    if not set(chosen) <= set(held):
        raise UnknownScope(field="scope")
    return [scope for scope in SCOPES if scope in chosen]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """The client acted for, and how the person comes there; an own user of the company comes by no agency."""

    company_id: UUID
    agency_id: UUID | None = None
    link_id: UUID | None = None


class Place(NamedTuple):
    """What access is asked about a session: whose it is, at which program, and the way that it goes by."""

    person_id: UUID
    program: str
    way: Way | None


class NoWay(Exception):
    """There is no way in; the reason is access's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def find_way(ask: AskWayIn, *, person_id: UUID, program: str, company_id: UUID | None) -> Way | None:
    """The way in to a client, None if no client is asked for. Raises NoWay. Asked before a transaction."""
    if company_id is None:
        return None
    answer = await ask(person_id, company_id, program)
    if answer.reason is not None:  # whose client a company is, strangers don't learn (X1)
        raise NoWay("no_such_client" if answer.reason == "not_a_member" else answer.reason)
    return Way(company_id=company_id, agency_id=answer.agency_id, link_id=answer.link_id)


async def why_closed(ask: AskWayIn, place: Place) -> str | None:
    """Why a session's way in is closed by now; None while it is open. Asked before a transaction."""
    try:
        company_id = None if place.way is None else place.way.company_id
        way = await find_way(ask, person_id=place.person_id, program=place.program, company_id=company_id)
    except NoWay as closed:
        return closed.reason
    return None if way == place.way else "another_way"


async def begin_program_session(
    tx: Tx, *, parent: Session, program: str, scopes: Sequence[str], way: Way | None, until: datetime | None = None
) -> Session:
    """A session at a program, which lasts as long as its sign-in, or `until` then (real time); runs as the person."""
    now = await real_now(tx)
    session = Session(
        id=uuid4(),
        person_id=parent.person_id,
        kind="program",
        parent_id=parent.id,
        authenticated_at=parent.authenticated_at,
        methods=parent.methods,
        created_at=now,
        used_at=now,
        expires_at=until or parent.created_at + LONGEST,
        user_agent=parent.user_agent,
        address=parent.address,
        program=program,
        scopes=list(scopes),
        company_id=way and way.company_id,
        agency_id=way and way.agency_id,
        link_id=way and way.link_id,
    )
    tx.add(session)
    return session


async def lock_sign_in(tx: Tx, person_id: UUID, session_id: UUID) -> Session | None:
    """The sign-in that a session is, or is below, if it is open; whoever ends it waits. Runs as the person."""
    session = await find_open(tx, person_id, session_id)
    if session is None:
        return None
    query = select(Session).where(Session.person_id == person_id, Session.id == (session.parent_id or session.id))
    parent = (await tx.session.scalars(query.with_for_update().execution_options(populate_existing=True))).one()
    return parent if parent.is_open(at=await real_now(tx)) else None


async def find_open(tx: Tx, person_id: UUID, session_id: UUID, *, lock: bool = False) -> Session | None:
    """A session that is open, and whose sign-in is; runs as the person."""
    query = select(Session).where(Session.person_id == person_id, Session.id == session_id)
    session = (await tx.session.scalars(query.with_for_update() if lock else query)).one_or_none()
    now = await real_now(tx)
    if session is None or not session.is_open(at=now):
        return None
    if session.parent_id is None:
        return session
    parent = await tx.session.get_one(Session, session.parent_id)
    return session if parent.is_open(at=now) else None


def place_of(session: Session) -> Place:
    """What access is asked about it."""
    way = None
    if session.company_id is not None:
        way = Way(company_id=session.company_id, agency_id=session.agency_id, link_id=session.link_id)
    return Place(session.person_id, str(session.program), way)
