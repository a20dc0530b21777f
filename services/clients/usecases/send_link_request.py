"""Send a link request."""

from uuid import UUID, uuid4

import msgspec
from fullmakt.terms import Terms
from sqlalchemy import func, select

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.clients.models import (
    PENDING,
    AlreadyLinked,
    Link,
    LinkRequest,
    OnlyAgencies,
    Organisation,
    PendingWithOtherTerms,
)
from services.clients.requests import expire, mail_request
from services.clients.trail import record


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
    agency.ensure_verified()
    if not await tx.session.scalar(select(func.can_be_found(company_id))):
        raise NotFound
    pair = {"agency_id": actor.tenant, "company_id": company_id}
    pending = await _pending(tx, pair)  # locked first: an approval under way is waited for, and its link then seen
    if await tx.session.scalar(select(Link.id).filter_by(**pair, state="live")) is not None:
        raise AlreadyLinked
    terms = _normal(terms)
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


def _normal(terms: Terms) -> Terms:
    """The same terms however they are written: programs sorted, each once."""
    return msgspec.structs.replace(terms, programs=tuple(sorted(set(terms.programs))))
