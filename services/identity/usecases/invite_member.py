"""Invite somebody to an organisation."""

from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import select

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Conflict, Invalid
from services.identity.acting import lock_as_administrator, require_administrator
from services.identity.details import (
    Email,
    Language,
    Mobile,
    Name,
    TimeZone,
    check_time_zone,
    clean_email,
    clean_mobile,
    clean_name,
)
from services.identity.events import invitation_sent, membership_changed
from services.identity.invitations import find_or_add_person
from services.identity.limits import Limits
from services.identity.memberships import RoleName, check_roles
from services.identity.models import Invitation, Membership, Organisation
from services.identity.organisations import REGISTER


class AlreadyMember(Conflict):
    """This person is a member of the organisation already."""


class AlreadyInvited(Conflict):
    """This person is invited to the organisation already; send that invitation again, or withdraw it."""


class HasAdministrator(Conflict):
    """The organisation has a system administrator of its own, who invites others."""


class InviteMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite, and what they are to be there."""

    name: Name
    email: Email
    mobile: Mobile | None = None
    """International form, such as +46701234567; an SMS is sent too."""
    language: Language = "en"
    time_zone: TimeZone = "Europe/Stockholm"
    roles: Annotated[list[RoleName], msgspec.Meta(max_length=50)] = []
    """`system_administrator`, or `program_administrator:<program>`."""


async def invite_member(tx: Tx, *, actor: Actor, given: InviteMember, limits: Limits) -> Invitation:
    """Invite a person to the organisation; an existing person joins by accepting, and nothing of theirs changes.

    Of who has neither a sign-in nor a place the details are taken from here.
    """
    registers = REGISTER in actor.roles
    if not registers:
        require_administrator(actor)
    given = _cleaned(given)
    organisation = (
        await tx.lock(Organisation, actor.tenant, visible_to=actor.tenant)
        if registers
        else await lock_as_administrator(tx, actor)
    )
    organisation.ensure_not_refused()
    if registers:
        _check_first(given, organisation)
    person = await find_or_add_person(
        tx,
        name=given.name,
        email=given.email,
        mobile=given.mobile,
        language=given.language,
        time_zone=given.time_zone,
    )
    await tx.become(actor.tenant)
    membership = await _add_membership(tx, organisation, person.id, given.roles)
    await limits.count(limits.of_sending(organisation_id=organisation.id, by=actor.caller, to=given.email))
    invitation = Invitation(
        id=uuid4(),
        organisation_id=organisation.id,
        membership_id=membership.id,
        person_id=person.id,
        invited_by=actor.caller.id,
        by_service=actor.caller.kind == "service",
        apps=[],
        name=given.name,
        email=given.email,
        generation=1,
        sent_at=tx.now,
    )
    tx.add(invitation)
    tx.emit(invitation_sent(invitation, organisation, person), of=invitation)
    entry = Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action="invite_member",
        thing=invitation.id,
        details={"person": str(person.id), "roles": given.roles},
    )
    await tx.record(entry, name=actor.name)
    return invitation


def _cleaned(given: InviteMember) -> InviteMember:
    """What was typed, as it is kept."""
    check_time_zone(given.time_zone)
    check_roles(given.roles)
    details = {"email": clean_email(given.email), "mobile": clean_mobile(given.mobile), "name": clean_name(given.name)}
    return msgspec.structs.replace(given, **details)


def _check_first(given: InviteMember, organisation: Organisation) -> None:
    """A service account that registers organisations invites their first system administrators alone (I1)."""
    if not organisation.without_administrator:
        raise HasAdministrator
    if SYSTEM_ADMINISTRATOR not in given.roles:
        raise Invalid("A service account invites system administrators alone.", field="roles")


async def _add_membership(tx: Tx, organisation: Organisation, person_id: UUID, roles: list[str]) -> Membership:
    present = select(Membership.state).where(
        Membership.organisation_id == organisation.id,
        Membership.person_id == person_id,
        Membership.state != "ended",
    )
    state = await tx.session.scalar(present)
    if state is not None:
        raise (AlreadyInvited if state == "invited" else AlreadyMember)(field="email")
    membership = Membership(
        id=uuid4(),
        organisation_id=organisation.id,
        person_id=person_id,
        state="invited",
        roles=sorted(set(roles)),
        apps=[],
    )
    tx.add(membership)
    tx.emit(membership_changed(membership, organisation), of=membership)
    return membership
