"""Send a link request."""

from uuid import UUID, uuid4

import msgspec
from fullmakt.events import LinkRequestSent
from fullmakt.terms import Terms
from sqlalchemy import func, select

from libs.shared.audit import Entry
from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Conflict, NotFound
from services.clients.models import (
    PENDING,
    AlreadyLinked,
    Link,
    LinkRequest,
    OnlyAgencies,
    Organisation,
    PendingWithOtherTerms,
    Person,
)
from services.clients.usecases.expire_link_requests import expire


class NoOwnAdministrator(Conflict):
    """This company has no system administrator of its own who could approve; use the paper form instead."""


class SendLinkRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which company to ask, and for what."""

    company_id: UUID
    terms: Terms = Terms()


async def send_link_request(
    tx: Tx, *, actor: Actor, company_id: UUID, terms: Terms, recipients: tuple[UUID, ...]
) -> LinkRequest:
    """Ask a company's administrators for a link; a pending request with the same terms is returned, not doubled.

    `recipients` are the company's own system administrators at this moment (L3 to L5, L10).
    """
    agency = await tx.get(Organisation, actor.tenant, visible_to=actor.tenant)
    if agency.kind != "agency":
        raise OnlyAgencies
    if not await tx.session.scalar(select(func.can_be_found(company_id))):
        raise NotFound
    pair = {"agency_id": actor.tenant, "company_id": company_id}
    pending = await _pending(tx, pair)  # locked first: an approval under way is waited for, and its link then seen
    if await tx.session.scalar(select(Link.id).filter_by(**pair, state="live")) is not None:
        raise AlreadyLinked
    terms = normal(terms)
    if pending is not None:
        if pending.agreed_terms == terms:
            return pending
        raise PendingWithOtherTerms(link_request_id=pending.id)
    request = LinkRequest(
        id=uuid4(), **pair, state=PENDING, terms=msgspec.to_builtins(terms), requested_by=actor.person_id
    )
    mail_request(tx, request, recipients)
    tx.add(request)
    await record(tx, actor, "send_link_request", request.id)
    return request


async def _pending(tx: Tx, pair: dict[str, UUID]) -> LinkRequest | None:
    """The pair's pending request; one whose time is over is ended first."""
    query = select(LinkRequest).filter_by(**pair, state=PENDING).with_for_update()
    pending = (await tx.session.scalars(query)).one_or_none()
    if pending is None or pending.expires_at > tx.now:
        return pending
    await expire(tx, pending)
    await tx.session.flush()
    return None


def normal(terms: Terms) -> Terms:
    """The same terms however they are written: programs sorted, each once."""
    return msgspec.structs.replace(terms, programs=tuple(sorted(set(terms.programs))))


def mail_request(tx: Tx, request: LinkRequest, recipients: tuple[UUID, ...]) -> None:
    """Have every own system administrator of the company mailed (L4), with 168 hours from now (L5)."""
    if not recipients:
        raise NoOwnAdministrator
    request.send(at=tx.now)
    tx.emit(
        LinkRequestSent(
            link_request_id=request.id,
            agency_id=request.agency_id,
            company_id=request.company_id,
            requested_by=request.requested_by,
            recipients=recipients,
            terms=request.agreed_terms,
            generation=request.generation,
            sent_at=request.sent_at,
            expires_at=request.expires_at,
        ),
        of=request,
    )


async def record(tx: Tx, actor: Actor, action: str, thing: UUID) -> None:
    """Note in the trail of the actor's organisation what they did for it."""
    name: str | None = await tx.session.scalar(select(Person.name).where(Person.id == actor.person_id))
    entry = Entry(
        tenant=actor.tenant,
        at=tx.now,
        actor=actor.caller.actor,
        on_behalf_of=actor.tenant,
        action=action,
        thing=thing,
    )
    await tx.record(entry, name=name)
