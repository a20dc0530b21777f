"""Activate a client."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from fullmakt.roles import is_agency_admin
from sqlalchemy import select

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Invalid, NotFound
from services.access.events import client_activated
from services.access.models import Administration, Client, Link, Member, NotAnAgencyAdmin, NotEligible, Person, Program


class ActivateClient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to administer the client: members of the agency; nobody named: whoever activates."""

    administrators: Annotated[list[UUID], msgspec.Meta(max_length=50)] = []


async def activate_client(tx: Tx, *, actor: Actor, link_id: UUID, administrators: Sequence[UUID]) -> Client:
    """Make the client active and let the activator, or whom they name, administer it as the terms say (A2, L15)."""
    link = await _lock_link(tx, actor, link_id)
    client = await tx.session.get_one(Client, link_id, with_for_update=True)
    if link.agency_id != actor.tenant or not is_agency_admin(actor.roles):
        raise NotAnAgencyAdmin
    if link.state != "live":
        raise NotEligible
    client.activate(by=actor.person_id, at=tx.now)
    people = list(dict.fromkeys(administrators)) or [actor.person_id]
    await _lock_members(tx, actor.tenant, people)
    package = list(await tx.session.scalars(select(Program.id).order_by(Program.id)))
    roles = link.administration_roles(package)
    for person in people:
        tx.add(
            Administration(
                link_id=link_id,
                person_id=person,
                agency_id=client.agency_id,
                company_id=client.company_id,
                roles=roles,
            )
        )
    tx.emit(client_activated(client, people, roles), of=client)
    entry = Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action="activate_client",
        thing=link_id,
        details={"administrators": [str(person) for person in people], "roles": roles},
    )
    name: str | None = await tx.session.scalar(select(Person.name).where(Person.id == actor.person_id))
    await tx.record(entry, name=name)
    return client


async def _lock_link(tx: Tx, actor: Actor, link_id: UUID) -> Link:
    """The link, which can't end before this transaction does."""
    of_tenant = (Link.agency_id == actor.tenant) | (Link.company_id == actor.tenant)
    query = select(Link).where(Link.id == link_id, of_tenant).with_for_update(read=True)
    link = (await tx.session.scalars(query)).one_or_none()
    if link is None:
        raise NotFound
    return link


async def _lock_members(tx: Tx, agency_id: UUID, people: Sequence[UUID]) -> None:
    """Whoever is given something stays a member until this transaction ends."""
    query = (
        select(Member.person_id)
        .where(Member.organisation_id == agency_id, Member.person_id.in_(people), Member.leaving.is_(False))
        .order_by(Member.person_id)
        .with_for_update(read=True)
    )
    members = set(await tx.session.scalars(query))
    for person in people:
        if person not in members:
            raise Invalid(f"{person} is no member of the agency.", field="administrators")
