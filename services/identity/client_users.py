"""What use cases and reads of client users share: whose they are to invite, and where (I8)."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec
from fullmakt.questions import Administered
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import exists, select

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Conflict, Forbidden, NotFound, Problem
from services.identity.models import Client, Invitation, Membership, Organisation
from services.identity.trail import record_at

MOST = 50
"""Rows in one call (I8)."""
RECEIPTS = "receipts"
"""The app that client users are invited to."""


class HasNoClients(Forbidden):
    """Only an agency has clients, whose users its people may invite."""


class ClientUnknown(NotFound):
    """The agency has no such client."""


class NotAdministratorThere(Forbidden):
    """You are not system administrator at this client."""


class Duplicate(Conflict):
    """An earlier row invites the same person to the same client."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A client that the caller administers, locked, as it was before the call."""

    organisation: Organisation
    has_own_users: bool


Places = Mapping[UUID, Place | type[Problem]]
"""The clients named in a call, or why the caller may not act there."""


async def require_agency(tx: Tx, actor: Actor) -> None:
    """Refuse who is no member of an agency: a platform operator finds nothing here."""
    kind = await tx.session.execute(
        select(Organisation.kind)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Organisation.id == actor.tenant, Membership.person_id == actor.person_id, Membership.state == "active")
    )
    found = kind.scalar_one_or_none()
    if found is None:
        raise NotFound
    if found != "agency":
        raise HasNoClients


async def lock_places(tx: Tx, *, actor: Actor, company_ids: Collection[UUID], held: Sequence[Administered]) -> Places:
    """Lock the clients that the caller is system administrator at, in one order, so that two calls never cross.

    `held`: as access says just before. What the agency's own copies know to be its client is told from what is
    not: another agency's client is as unknown as a company that isn't there.
    """
    copies = select(Client.link_id, Client.company_id, Client.state).where(
        Client.agency_id == actor.tenant, Client.company_id.in_(company_ids)
    )
    known = {row.link_id: row for row in await tx.session.execute(copies)}
    clients = {row.company_id for row in known.values() if row.state != "ended"}
    administered = {
        each.company_id
        for each in held
        if each.agency_id == actor.tenant
        and SYSTEM_ADMINISTRATOR in each.roles
        and (each.link_id not in known or known[each.link_id].state != "ended")
    }
    places: dict[UUID, Place | type[Problem]] = {}
    for company_id in sorted(set(company_ids)):
        if company_id in administered:
            places[company_id] = await _lock(tx, company_id)
        else:
            places[company_id] = NotAdministratorThere if company_id in clients else ClientUnknown
    return places


async def _lock(tx: Tx, company_id: UUID) -> Place:
    await tx.become(company_id)
    organisation = await tx.lock(Organisation, company_id, visible_to=company_id)
    own = select(exists().where(Membership.organisation_id == company_id, Membership.state != "ended"))
    return Place(organisation=organisation, has_own_users=bool(await tx.session.scalar(own)))


def place_of(places: Places, company_id: UUID) -> Place:
    """The client; raises why the caller may not act there."""
    place = places[company_id]
    if isinstance(place, Place):
        return place
    raise place


async def record_invited(tx: Tx, *, actor: Actor, invitation: Invitation) -> None:
    """Note in the company's trail whom somebody of the agency has invited; runs as the company."""
    about = {"person": str(invitation.person_id), "apps": invitation.apps}
    company = invitation.organisation_id
    await record_at(tx, actor, "invite_client_user", tenant=company, thing=invitation.id, **about)


async def record_call(tx: Tx, *, actor: Actor, mode: str, outcomes: Sequence[tuple[UUID, str | None]]) -> None:
    """Note in the agency's trail at which clients its person invited, and why where not; goes on as the agency."""
    await tx.become(actor.tenant)
    rows = [[str(company), code or "invited"] for company, code in outcomes]
    await record_at(tx, actor, "invite_client_users", tenant=actor.tenant, thing=actor.tenant, mode=mode, rows=rows)
