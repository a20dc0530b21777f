"""Copy who a sole trader is, or forget it."""

from fullmakt.events import SoleTraderChanged
from sqlalchemy import update

from libs.shared.database import Tx
from libs.shared.erasure import forget_person
from libs.shared.inbox import NotYetKnown
from services.notify.models import Organisation

ERASED = "\N{EN DASH}"
"""What stands where the name of an erased sole trader was."""


async def copy_sole_trader(tx: Tx, *, event: SoleTraderChanged) -> None:
    """Keep a sole trader's name, which no other event carries (L22)."""
    named = update(Organisation).where(Organisation.id == event.organisation_id).values(name=event.name or ERASED)
    if await tx.session.scalar(named.returning(Organisation.id)) is None:
        raise NotYetKnown
    if event.erased:
        await forget_person(tx, event.organisation_id)
