"""Reads about organisations and what waits to be verified of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.paging import read_cursor, write_cursor
from services.identity.models import Organisation
from services.identity.organisations import (
    VERIFY,
    last_verification,
    pending_verification,
    require_back_office,
    subscriptions,
)
from services.identity.views.organisations import OrganisationView, VerificationPage, VerificationView

WAITING = text("SELECT id, organisation_id, requested_at FROM pending_verifications(:at, :id, :at_most)").bindparams(
    bindparam("id", type_=Uuid)
)


async def shown(tx: Tx, row: Organisation) -> OrganisationView:
    """An organisation as it is answered with; runs as the organisation."""
    await tx.session.flush()
    return OrganisationView.of(row, await last_verification(tx, row.id))


async def organisation(tx: Tx, *, organisation_id: UUID) -> OrganisationView:
    """The organisation itself."""
    return await shown(tx, await tx.get(Organisation, organisation_id, visible_to=organisation_id))


async def waiting(tx: Tx, *, caller: Caller, after: str | None, limit: int) -> VerificationPage:
    """What waits to be verified, wherever it is, for operators and the vendor's own check: each read as its tenant."""
    await require_back_office(tx, caller, VERIFY)
    at, id_ = (None, None) if after is None else read_cursor(after, tuple[datetime, UUID])
    found = list(await tx.session.execute(WAITING, {"at": at, "id": id_, "at_most": limit + 1}))
    page, more = found[:limit], len(found) > limit
    views = [view for row in page if (view := await _view(tx, row.organisation_id)) is not None]
    return VerificationPage(items=views, next=write_cursor(page[-1].requested_at, page[-1].id) if more else None)


async def _view(tx: Tx, organisation_id: UUID) -> VerificationView | None:
    """None if it was decided this moment."""
    await tx.become(organisation_id)
    pending = await pending_verification(tx, organisation_id)
    if pending is None:
        return None
    organisation = await tx.get(Organisation, organisation_id, visible_to=organisation_id)
    present, _ = await subscriptions(tx, pending.country, pending.number)
    return VerificationView.of(pending, organisation, subscriptions=present)
