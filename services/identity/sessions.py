"""What several use cases need of sessions: how one begins, and how they end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ColumnElement, func, select

from libs.shared.audit import Entry
from libs.shared.database import Database, Tx
from services.identity.events import session_ended
from services.identity.models import Session
from services.identity.opaque import hash_opaque, write_opaque

IDLE = timedelta(hours=12)
"""A sign-in that nobody used for so long is over."""
LONGEST = timedelta(days=7)
"""Nobody stays signed in for longer."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Where a session is begun from, for its owner to know it again."""

    user_agent: str | None = None
    address: str | None = None


async def real_now(tx: Tx) -> datetime:
    """Real time, which sessions and tokens go by."""
    return cast("datetime", await tx.session.scalar(select(func.clock_timestamp())))


def others_than(keep: UUID | None) -> tuple[ColumnElement[bool], ...]:
    """All sessions but one and what was begun from it, for `end_sessions`; None: all."""
    return () if keep is None else (Session.id != keep, Session.parent_id.is_distinct_from(keep))


def new_session(
    *, person_id: UUID, methods: Sequence[str], device: Device, now: datetime
) -> tuple[dict[str, Any], str]:
    """The row of a session of somebody who has just shown who they are, and the token it is used by."""
    id_ = uuid4()
    token = write_opaque("fullmakt_session", person_id, id_)
    row = {
        "id": id_,
        "version": 0,
        "person_id": person_id,
        "kind": "sign_in",
        "token_hash": hash_opaque(token),
        "authenticated_at": now,
        "methods": list(methods),
        "created_at": now,
        "used_at": now,
        "expires_at": now + IDLE,
        "user_agent": device.user_agent and device.user_agent[:300],
        "address": device.address,
        "scopes": [],
    }
    return row, token


async def begin_session(
    tx: Tx, *, person_id: UUID, methods: Sequence[str], device: Device, now: datetime | None = None
) -> tuple[Session, str]:
    """A session of somebody who has just shown who they are, and the token it is used by; runs with them as tenant.

    `now`: real time, where it has been asked for already.
    """
    row, token = new_session(person_id=person_id, methods=methods, device=device, now=now or await real_now(tx))
    session = Session(**row)
    tx.add(session)
    return session, token


async def end_sessions(tx: Tx, person_id: UUID, *where: ColumnElement[bool], reason: str) -> list[Session]:
    """End these of a person's sessions, and what hangs on them, and tell it; runs with the person as tenant."""
    open_ = select(Session).where(Session.person_id == person_id, Session.ended_at.is_(None))
    open_ = open_.order_by(Session.id).with_for_update().execution_options(populate_existing=True)
    chosen = {session.id: session for session in await tx.session.scalars(open_.where(*where))}
    # Only now: while the chosen are held nothing can come to hang on them, and what just has is seen.
    hanging = await tx.session.scalars(open_.where(Session.parent_id.in_(chosen)))
    found = list((chosen | {session.id: session for session in hanging}).values())
    now = await real_now(tx)
    for session in found:
        session.end(reason=reason, at=now)
        tx.emit(session_ended(session), of=session)
    return found


async def end_noted(tx: Tx, person_id: UUID, *where: ColumnElement[bool], reason: str) -> list[Session]:
    """As `end_sessions`, each noted in the person's trail: for what a program does, or a token that came twice."""
    ended = await end_sessions(tx, person_id, *where, reason=reason)
    for session in ended:
        entry = Entry(
            tenant=person_id,
            at=tx.now,
            actor=tx.actor,
            action="end_session",
            thing=session.id,
            reason=reason,
            details={"person": str(person_id), "program": session.program},
        )
        await tx.record(entry)
    return ended


FORGET = "SELECT forget_sessions(now() - interval '30 days', $1)"
FORGOTTEN_AT_ONCE = 1000


async def forget_old_sessions(database: Database) -> None:
    """Delete sessions, codes and links a month after they were over: nobody needs to know where they came from."""
    await database.fetch(FORGET, FORGOTTEN_AT_ONCE)
