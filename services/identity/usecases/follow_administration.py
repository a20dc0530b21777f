"""Follow a change of who administers an organisation."""

from sqlalchemy import select

from libs.shared.database import Tx
from services.identity.memberships import administrators, show_administration
from services.identity.models import Membership, Organisation
from services.identity.usecases.end_place import end_place


async def follow_administration(tx: Tx, *, organisation: Organisation) -> None:
    """Let go who has left, once somebody else administers the organisation (I13), and show whether anybody does.

    The organisation's row is locked; it is the tenant before and after.
    """
    present = [each for each in await administrators(tx, organisation.id) if each.leaving_since is None]
    leaving = select(Membership).where(
        Membership.organisation_id == organisation.id, Membership.leaving_since.is_not(None)
    )
    for membership in list(await tx.session.scalars(leaving.order_by(Membership.id))):
        if present or not membership.is_system_administrator:
            await end_place(tx, organisation=organisation, membership=membership, reason="successor_named")
    await show_administration(tx, organisation)
