"""Name successors, and leave."""

from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from libs.shared.errors import Invalid, NotFound
from services.identity.events import membership_changed
from services.identity.memberships import lock_membership, record
from services.identity.models import Membership, Organisation
from services.identity.queries import find_actor
from services.identity.usecases.end_place import end_place
from services.identity.usecases.follow_administration import follow_administration


class NotYourPlace(Invalid):
    """You are no system administrator of this organisation."""


class NotASuccessor(Invalid):
    """A successor is another active member of the organisation."""


class NamedTwice(Invalid):
    """An organisation has one successor: name it once."""


class Successor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to be system administrator of an organisation after the caller."""

    organisation_id: UUID
    person_id: UUID
    """An active member there."""


class NameSuccessors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The successors at all places that the caller leaves."""

    successors: Annotated[list[Successor], msgspec.Meta(min_length=1, max_length=100)]


async def name_successors(tx: Tx, *, caller: Caller, given: NameSuccessors) -> None:
    """Make others system administrators where the caller is one, and end the caller's places there: all or none (I13).

    The organisations are locked in one order, so that two who do this at the same moment wait for each other.
    """
    numbered = {each.organisation_id: number for number, each in reversed(list(enumerate(given.successors)))}
    for number, each in enumerate(given.successors):
        if numbered[each.organisation_id] != number:
            raise NamedTwice(field=f"successors.{number}.organisation_id")
    locked = [await _lock(tx, caller, id_, numbered[id_]) for id_ in sorted(numbered)]
    for organisation, actor in locked:
        number = numbered[organisation.id]
        await _succeed(tx, organisation, actor, given.successors[number].person_id, f"successors.{number}")


async def _lock(tx: Tx, caller: Caller, organisation_id: UUID, number: int) -> tuple[Organisation, Actor]:
    await tx.become(organisation_id)
    try:
        actor = await find_actor(tx, caller, organisation_id)  # before anything of a stranger's is locked
        return await tx.lock(Organisation, organisation_id, visible_to=organisation_id), actor
    except NotFound as error:
        raise NotYourPlace(field=f"successors.{number}.organisation_id") from error


async def _succeed(tx: Tx, organisation: Organisation, actor: Actor, successor_id: UUID, field: str) -> None:
    await tx.become(organisation.id)
    own = await _member(tx, organisation.id, actor.person_id)
    if own is None or not own.is_system_administrator:
        raise NotYourPlace(field=f"{field}.organisation_id")
    successor = await _member(tx, organisation.id, successor_id)
    if successor is None or successor is own or successor.state != "active":
        raise NotASuccessor(field=f"{field}.person_id")
    successor.change_roles([*successor.roles, SYSTEM_ADMINISTRATOR])
    tx.emit(membership_changed(successor, organisation), of=successor)
    await record(tx, "name_successor", successor, name=actor.name)
    await end_place(tx, organisation=organisation, membership=own, reason="left", name=actor.name)
    await follow_administration(tx, organisation=organisation)


async def _member(tx: Tx, organisation_id: UUID, person_id: UUID) -> Membership | None:
    try:
        return await lock_membership(tx, organisation_id, person_id)
    except NotFound:
        return None
