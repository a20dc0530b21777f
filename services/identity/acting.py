"""Who may do it: operators, people about themselves, administrators at the moment when they do it."""

from typing import Any
from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import func, select

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.identity.memberships import administrators
from services.identity.models import NotAnAdministrator, NotAnOperator, Organisation
from services.identity.queries import OPERATOR, is_operator


async def require_operator(tx: Tx, caller: Caller | None) -> None:
    """Refuse whoever is no platform operator; None is the command line, and who gives it has the database anyway."""
    if caller is not None and not (caller.kind == "person" and await is_operator(tx, caller.id)):
        raise NotAnOperator


async def require_self_or_operator(tx: Tx, caller: Caller | None, person_id: UUID) -> None:
    """To others than the person, operators and the command line, there is no such person."""
    if caller is None or (caller.kind == "person" and caller.id == person_id):
        return
    if not (caller.kind == "person" and await is_operator(tx, caller.id)):
        raise NotFound


AGENCY = "agency"
"""Held beside the roles by people of an agency, of whom access was asked live what they administer (I7)."""


def require_administrator(actor: Actor) -> None:
    """Refuse whoever is neither system administrator of the organisation nor an operator."""
    if not actor.roles & {SYSTEM_ADMINISTRATOR, OPERATOR}:
        raise NotAnAdministrator


def is_from_outside(actor: Actor) -> bool:
    """Whether an operator acts: what ends from outside always succeeds (L16)."""
    return OPERATOR in actor.roles


async def lock_as_administrator(tx: Tx, actor: Actor) -> Organisation:
    """The organisation's row, locked, for whoever administers it then: the role may go while the row is waited for.

    Of an agency's people access said so a moment ago; it is not asked again.
    """
    require_administrator(actor)
    organisation = await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
    if not actor.roles & {OPERATOR, AGENCY} and actor.person_id not in await _administering(tx, actor.tenant):
        raise NotAnAdministrator
    return organisation


async def _administering(tx: Tx, organisation_id: UUID) -> set[UUID]:
    return {membership.person_id for membership in await administrators(tx, organisation_id)}


async def lock_operators(tx: Tx) -> list[Any]:
    """All operators (id, name, email, has_sign_in); nobody else takes one away until this transaction ends."""
    await tx.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("operators"))))
    found = func.operators().table_valued("id", "name", "email", "has_sign_in")
    return list(await tx.session.execute(select(found)))
