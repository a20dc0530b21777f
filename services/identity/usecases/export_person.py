"""Export a person."""

from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.identity.acting import require_self_or_operator
from services.identity.auditing import Part, trail_of_person
from services.identity.models import (
    EmailChange,
    Invitation,
    Membership,
    PasswordReset,
    Person,
    RecoveryCode,
    SecondFactor,
    Session,
)
from services.identity.models.base import Base
from services.identity.views.audit import AuditEntryView
from services.identity.views.export import (
    ExportedEmailChange,
    ExportedInvitation,
    ExportedMembership,
    ExportedPerson,
    ExportedReset,
    ExportedSecondFactor,
    ExportedSession,
    ExportView,
)

MOST = 10_000
"""Entries of the trail in one export over HTTP."""
PAGE = 1_000

V = TypeVar("V", bound=msgspec.Struct)


async def export_person(tx: Tx, *, caller: Caller | None, person_id: UUID, most: int | None = MOST) -> ExportView:
    """Give out everything that there is of a person (GDPR, articles 15 and 20), and note that it was given out.

    `caller`: the person or an operator; None is the command line. `most`: entries of the trail; None is all.
    """
    await require_self_or_operator(tx, caller, person_id)
    await tx.become(person_id)
    person = await tx.get(Person, person_id, visible_to=person_id)
    if person.erased_at is not None:
        raise NotFound
    audit, following = await _trail(tx, person_id, most)
    view = ExportView(
        generated_at=tx.now,
        person=_as(ExportedPerson, person, has_password=person.password_hash is not None),
        memberships=await _rows(tx, ExportedMembership, Membership, Membership.person_id, person_id),
        invitations=await _rows(tx, ExportedInvitation, Invitation, Invitation.person_id, person_id),
        sessions=await _rows(tx, ExportedSession, Session, Session.person_id, person_id),
        second_factor=await _second_factor(tx, person_id),
        password_resets=await _rows(tx, ExportedReset, PasswordReset, PasswordReset.person_id, person_id),
        email_changes=await _rows(tx, ExportedEmailChange, EmailChange, EmailChange.person_id, person_id),
        audit=audit,
        audit_next=following,
    )
    details = {"person": str(person_id)}
    await tx.record(
        Entry(tenant=person_id, at=tx.now, actor=tx.actor, action="export_person", thing=person_id, details=details)
    )
    return view


async def _rows(tx: Tx, view: type[V], model: type[Base], of: InstrumentedAttribute[UUID], person_id: UUID) -> list[V]:
    """All rows of a person, as they are exported."""
    found = await tx.session.scalars(select(model).where(of == person_id).order_by(model.id))  # type: ignore[attr-defined]  # all exported rows have an id
    return [_as(view, row) for row in found]


def _as(view: type[V], row: Base, **further: object) -> V:
    """A row as it is exported: what the view has the same name for."""
    fields = [name for name in view.__struct_fields__ if name not in further]
    return view(**{name: getattr(row, name) for name in fields}, **further)


async def _second_factor(tx: Tx, person_id: UUID) -> ExportedSecondFactor:
    since = select(SecondFactor.confirmed_at).where(SecondFactor.person_id == person_id)
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return ExportedSecondFactor(
        in_use_since=await tx.session.scalar(since), recovery_codes_left=await tx.session.scalar(left) or 0
    )


async def _trail(tx: Tx, person_id: UUID, most: int | None) -> tuple[list[AuditEntryView], str | None]:
    """The newest entries, and the cursor to what is left of them."""
    page = await trail_of_person(tx, person_id=person_id, part=Part(limit=PAGE))
    entries = page.items
    while page.next is not None and (most is None or len(entries) < most):
        page = await trail_of_person(tx, person_id=person_id, part=Part(after=page.next, limit=PAGE))
        entries += page.items
    return entries, page.next
