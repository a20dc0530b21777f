"""Invite own users to the app."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from fullmakt.questions import Administered
from sqlalchemy import select

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound, Problem
from services.identity.client_users import (
    MOST,
    RECEIPTS,
    Duplicate,
    Place,
    lock_places,
    place_of,
    record_call,
    record_invited,
    require_agency,
)
from services.identity.events import invitation_sent, membership_changed
from services.identity.models import Invitation, Membership
from services.identity.views.client_users import ClientUserView


class NotAnOwnUser(NotFound):
    """The client has no such user."""


class OwnUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An own user of a client."""

    company_id: UUID
    person_id: UUID


class InviteOwnUsers(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="mode", tag="existing"
):
    """Own users of clients who were not yet invited to the app, 50 at most (I9)."""

    rows: Annotated[list[OwnUser], msgspec.Meta(min_length=1, max_length=MOST)]


async def invite_own_users(
    tx: Tx, *, actor: Actor, given: InviteOwnUsers, held: Sequence[Administered]
) -> list[ClientUserView]:
    """Give own users of clients the app, each whole or not at all; a mail tells them, and there is nothing to accept.

    `held`: what the caller administers, as access says just before.
    """
    await require_agency(tx, actor)
    places = await lock_places(tx, actor=actor, company_ids=[row.company_id for row in given.rows], held=held)
    seen: set[OwnUser] = set()
    results = []
    for position, row in enumerate(given.rows):
        try:
            place = place_of(places, row.company_id)
            if row in seen:
                raise Duplicate(field="person_id")
            membership, invitation = await _invite(tx, actor, place, row.person_id)
        except Problem as refusal:
            results.append(ClientUserView.refused(position, row.company_id, refusal))
            continue
        seen.add(row)
        results.append(ClientUserView.invited(position, membership, invitation))
    await record_call(tx, actor=actor, mode="existing", outcomes=[(each.company_id, each.code) for each in results])
    return results


async def _invite(tx: Tx, actor: Actor, place: Place, person_id: UUID) -> tuple[Membership, Invitation]:
    organisation = place.organisation
    await tx.become(organisation.id)
    membership = await _own_user(tx, organisation.id, person_id)
    membership.invite_to(RECEIPTS)
    invitation = Invitation(
        id=uuid4(),
        organisation_id=organisation.id,
        membership_id=membership.id,
        person_id=person_id,
        invited_by=actor.person_id,
        by_service=False,
        apps=[RECEIPTS],
        agency_id=actor.tenant,
        generation=1,
        sent_at=tx.now,
        accepted_at=tx.now,
    )
    tx.add(invitation)
    tx.emit(membership_changed(membership, organisation), of=membership)
    tx.emit(invitation_sent(invitation, organisation), of=invitation)
    await record_invited(tx, actor=actor, invitation=invitation)
    return membership, invitation


async def _own_user(tx: Tx, company_id: UUID, person_id: UUID) -> Membership:
    """Who has joined and is not about to leave; anybody else is not told apart from somebody unknown."""
    query = select(Membership).where(
        Membership.organisation_id == company_id,
        Membership.person_id == person_id,
        Membership.state == "active",
        Membership.leaving_since.is_(None),
    )
    membership = (await tx.session.scalars(query.with_for_update())).one_or_none()
    if membership is None:
        raise NotAnOwnUser(field="person_id")
    return membership
