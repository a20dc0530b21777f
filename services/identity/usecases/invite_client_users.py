"""Invite client users."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from uuid import UUID, uuid4

import msgspec
from fullmakt.questions import Administered

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Conflict, Problem
from services.identity.client_users import (
    MOST,
    RECEIPTS,
    Duplicate,
    Place,
    Places,
    lock_places,
    place_of,
    record_call,
    record_invited,
    require_agency,
)
from services.identity.details import Language, Mobile, clean_email, clean_mobile, clean_name
from services.identity.events import invitation_sent, membership_changed
from services.identity.invitations import TIME_ZONES, find_or_add_person
from services.identity.limits import Limits
from services.identity.models import Invitation, Membership
from services.identity.usernames import (
    UsernameTaken,
    clean_username,
    lock_usernames,
    propose_usernames,
    taken_usernames,
)
from services.identity.views.client_users import ClientUserView


class HasOwnUsers(Conflict):
    """This client has users of its own by now; invite those to the app, in the other mode."""


class NewClientUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to be added at a client; what is wrong with one of them is told by its row."""

    company_id: UUID
    name: Annotated[str, msgspec.Meta(max_length=200)]
    email: Annotated[str, msgspec.Meta(max_length=254)]
    mobile: Mobile | None = None
    """International form, such as +46701234567; an SMS is sent too."""
    username: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    """3 to 64 letters a to z, digits and dots; without one, one is proposed and taken."""
    language: Language | None = None
    """What they are written to in; without one, the company's."""


class InviteClientUsers(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="mode", tag="new"
):
    """New users for clients that have none of their own, 50 at most (I8, I9)."""

    rows: Annotated[list[NewClientUser], msgspec.Meta(min_length=1, max_length=MOST)]


class _Judged(NamedTuple):
    """A row with nothing against it, as it is to be kept."""

    place: Place
    name: str
    email: str
    mobile: str | None
    username: str | None
    language: str


async def invite_client_users(
    tx: Tx, *, actor: Actor, given: InviteClientUsers, held: Sequence[Administered], limits: Limits
) -> list[ClientUserView]:
    """Invite new users of clients, each whole or not at all; of who has a sign-in already nothing is changed.

    `held`: what the caller administers, as access says just before. Rows are judged by how it was before the call.
    """
    await require_agency(tx, actor)
    places = await lock_places(tx, actor=actor, company_ids=[row.company_id for row in given.rows], held=held)
    await lock_usernames(tx)
    judged = await _judge(tx, actor, given.rows, places, limits)
    results = []
    for position, (row, found) in enumerate(zip(given.rows, judged, strict=True)):
        if isinstance(found, Problem):
            results.append(ClientUserView.refused(position, row.company_id, found))
        else:
            membership, invitation = await _invite(tx, actor, found)
            results.append(ClientUserView.invited(position, membership, invitation))
    await record_call(tx, actor=actor, mode="new", outcomes=[(each.company_id, each.code) for each in results])
    return results


async def _judge(
    tx: Tx, actor: Actor, rows: Sequence[NewClientUser], places: Places, limits: Limits
) -> list[_Judged | Problem]:
    """What is against each row, or the row with a username of its own."""
    checked = [_check(row, places) for row in rows]
    taken = await taken_usernames(tx, [one.username for one in checked if isinstance(one, _Judged) and one.username])
    seen: set[tuple[UUID, str]] = set()
    judged: list[_Judged | Problem] = []
    for row, one in zip(rows, checked, strict=True):
        try:
            if isinstance(one, Problem):
                raise one
            if (row.company_id, one.email) in seen:
                raise Duplicate(field="email")
            if one.username in taken:
                raise UsernameTaken(field="username")
            await limits.count(limits.of_sending(organisation_id=row.company_id, by=actor.caller, to=one.email))
        except Problem as refusal:
            judged.append(refusal)
            continue
        seen.add((row.company_id, one.email))
        taken.update(filter(None, [one.username]))
        judged.append(one)
    return await _with_usernames(tx, judged, taken)


def _check(row: NewClientUser, places: Places) -> _Judged | Problem:
    """The row by itself, as it is to be kept; or what is against it."""
    try:
        return _cleaned(row, place_of(places, row.company_id))
    except Problem as refusal:
        return refusal


def _cleaned(row: NewClientUser, place: Place) -> _Judged:
    place.organisation.ensure_not_refused()
    if place.has_own_users:
        raise HasOwnUsers
    return _Judged(
        place=place,
        name=clean_name(row.name),
        email=clean_email(row.email),
        mobile=clean_mobile(row.mobile),
        username=None if row.username is None else clean_username(row.username),
        language=row.language or place.organisation.language,
    )


async def _with_usernames(tx: Tx, judged: list[_Judged | Problem], taken: set[str]) -> list[_Judged | Problem]:
    without = [one for one in judged if isinstance(one, _Judged) and one.username is None]
    proposed = iter(await propose_usernames(tx, [one.name for one in without], avoid=taken))
    return [
        one._replace(username=next(proposed)) if isinstance(one, _Judged) and one.username is None else one
        for one in judged
    ]


async def _invite(tx: Tx, actor: Actor, given: _Judged) -> tuple[Membership, Invitation]:
    organisation = given.place.organisation
    person = await find_or_add_person(
        tx,
        name=given.name,
        email=given.email,
        mobile=given.mobile,
        language=given.language,
        time_zone=TIME_ZONES[organisation.country],
    )
    await tx.become(organisation.id)
    membership = Membership(
        id=uuid4(),
        organisation_id=organisation.id,
        person_id=person.id,
        state="invited",
        roles=[],
        apps=[RECEIPTS],
        username=given.username,
    )
    invitation = Invitation(
        id=uuid4(),
        organisation_id=organisation.id,
        membership_id=membership.id,
        person_id=person.id,
        invited_by=actor.person_id,
        by_service=False,
        apps=[RECEIPTS],
        agency_id=actor.tenant,
        name=given.name,
        email=given.email,
        generation=1,
        sent_at=tx.now,
    )
    tx.add(membership)
    tx.add(invitation)
    tx.emit(membership_changed(membership, organisation), of=membership)
    tx.emit(invitation_sent(invitation, organisation, person), of=invitation)
    await record_invited(tx, actor=actor, invitation=invitation)
    return membership, invitation
