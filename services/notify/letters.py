"""What is about to be sent: who gets it, where, and what it says, read at the moment of sending."""

from typing import Any, cast
from uuid import UUID

import msgspec
from fullmakt.events import PersonChanged
from sqlalchemy import select

from libs.shared.database import Tx
from libs.shared.inbox import NotYetKnown
from libs.shared.mail_tokens import write_token
from libs.shared.tables import inbox
from services.notify.channels import Refused
from services.notify.models import Channel, Delivery, LinkRequest, Member, Params, Person
from services.notify.queries import organisation
from services.notify.rendering import Reader
from services.notify.usecases.copy_person import ERASED

OPEN_REQUEST = ("link_request", "link_request_reminder")
"""Templates that are pointless once their link request is no longer pending."""
INVITED = {"invitation": "invited", "client_user_invitation": "invited", "app_invitation": "active"}
"""Templates that are pointless once the place that they invite to is in another state than this."""
EMAIL_CHANGE = ("email_change_old", "email_change_new")
"""Templates that wait for the address that is wanted: it comes in another stream."""
PATHS = {
    "link_request": ("approve", "link_request"),
    "link_request_reminder": ("approve", "link_request"),
    "invitation": ("invitations", "invitation"),
    "client_user_invitation": ("invitations", "invitation"),
    "password_reset": ("reset", "password_reset"),
    "email_change_old": ("email", "email_change_old"),
    "email_change_new": ("email", "email_change_new"),
}
"""Where a template's link leads to in the portal, and the purpose of its token."""


class Pointless(Exception):
    """There is no sense in sending it any more; the argument says why, as a code."""


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """How addresses in mails are made."""

    portal_url: str
    app_url: str
    """Where the receipts app is to be had."""
    secret: str

    def of(self, template: str, params: Params, person_id: UUID) -> str:
        """The address that a person's mail leads to: with their own token, the app's, or the portal's first page."""
        if template == "app_invitation":
            return self.app_url
        if template not in PATHS:
            return f"{self.portal_url}/{'reset' if template == 'sign_in_changed' else ''}"
        path, purpose = PATHS[template]
        things = (params.link_request_id, params.invitation_id, params.password_reset_id, params.email_change_id)
        thing = next(each for each in things if each is not None)
        assert params.generation is not None  # noqa: S101 - queued with both
        return f"{self.portal_url}/{path}/{write_token(self.secret, purpose, thing, person_id, params.generation)}"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail or SMS before it is rendered."""

    id: UUID
    channel: Channel
    template: str
    address: str
    """E-mail address or mobile number."""
    reader: Reader
    values: dict[str, Any]


async def draft(tx: Tx, *, organisation_id: UUID, delivery_id: UUID, links: Links) -> Letter | None:
    """The letter of a delivery; None if it is settled. Each thing is read as the tenant whose it is.

    NotYetKnown: something it speaks of has not been heard of yet. Pointless, Refused: see there.
    """
    delivery = await tx.get(Delivery, delivery_id, visible_to=organisation_id)
    if delivery.state != "due":
        return None
    params = msgspec.convert(delivery.params, Params)
    if params.expires_at is not None and tx.now >= params.expires_at:
        raise Pointless("expired")
    request = await _open_request(tx, delivery, params)
    await _require_open_invitation(tx, delivery, params)
    own = None if delivery.is_personal else await organisation(tx, organisation_id)
    person = await _addressee(tx, delivery.person_id, params.person_version)
    address = _address(person, delivery, params)
    values = {
        "name": person.name or "",
        "organisation": own.name if own else None,
        "actor": await _name(tx, params.acted_by),
        "link": links.of(delivery.template, params, delivery.person_id),
        "at": params.at,
        "expires_at": request.expires_at if request else params.expires_at,
        "change": params.change,
        "wanted": person.pending_email,
        "email": person.email,
        "app": links.app_url,
    }
    for side in ("agency", "company"):
        if side_id := getattr(params, f"{side}_id"):
            await tx.become(side_id)
            values[side] = (await organisation(tx, side_id)).name
    return Letter(
        id=delivery_id,
        channel=cast("Channel", delivery.channel),
        template=delivery.template,
        address=address,
        reader=Reader.of(language=person.language, fallback=own.language if own else None, time_zone=person.time_zone),
        values=values,
    )


async def _open_request(tx: Tx, delivery: Delivery, params: Params) -> LinkRequest | None:
    """The link request that a mail asks to answer; Pointless once it can't be answered by this mail."""
    if delivery.template not in OPEN_REQUEST or params.link_request_id is None:
        return None
    request = await tx.get(LinkRequest, params.link_request_id, visible_to=delivery.organisation_id)
    if not request.is_open(params.generation, at=tx.now):
        raise Pointless("not_pending")
    return request


async def _require_open_invitation(tx: Tx, delivery: Delivery, params: Params) -> None:
    """Pointless once an invitation is accepted or withdrawn, or was sent again: this mail's link is dead by then."""
    if delivery.template not in INVITED or params.membership_id is None:
        return
    own = (Member.organisation_id == delivery.organisation_id, Member.id == params.membership_id)
    state = await tx.session.scalar(select(Member.state).where(*own))
    if state is None:
        raise NotYetKnown
    if state != INVITED[delivery.template]:
        raise Pointless("not_invited")
    later = select(Delivery.id).where(
        Delivery.organisation_id == delivery.organisation_id,
        Delivery.person_id == delivery.person_id,
        Delivery.params["invitation_id"].as_string() == str(params.invitation_id),
        Delivery.params["generation"].as_integer() > params.generation,
    )
    if await tx.session.scalar(select(later.exists())):
        raise Pointless("sent_again")


async def _addressee(tx: Tx, person_id: UUID, version: int | None) -> Person:
    """The person, once we have heard of them as they are in this version: they come in another stream."""
    if version is not None:
        heard = select(inbox.c.version).where(inbox.c.stream == PersonChanged.stream, inbox.c.thing == person_id)
        if (await tx.session.scalar(heard) or 0) < version:
            raise NotYetKnown
    await tx.become(person_id)
    person = (await tx.session.scalars(select(Person).where(Person.id == person_id))).one_or_none()
    if person is None:
        raise NotYetKnown
    if person.erased:
        raise Refused(ERASED)
    return person


def _address(person: Person, delivery: Delivery, params: Params) -> str:
    """An SMS goes to who has a mobile number, and is nothing that others miss.

    What confirms a change of address waits until we have heard of that very change: a link must not come to an
    address that was wanted before.
    """
    if delivery.channel == "sms":
        if person.mobile is None:
            raise Pointless("no_mobile")
        return person.mobile
    if delivery.template in EMAIL_CHANGE and person.email_change_id != params.email_change_id:
        raise NotYetKnown
    address = person.pending_email if delivery.template == "email_change_new" else person.email
    if address is None:
        raise Refused("no_address")
    return address


async def _name(tx: Tx, person_id: UUID | None) -> str | None:
    """The name of who acted; None once they are erased."""
    if person_id is None:
        return None
    await tx.become(person_id)
    person = (await tx.session.scalars(select(Person).where(Person.id == person_id))).one_or_none()
    if person is None:
        raise NotYetKnown
    return person.name
