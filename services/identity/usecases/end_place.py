"""End somebody's place at an organisation, with what is held through it."""

from uuid import UUID

from sqlalchemy import and_, or_

from libs.shared.database import Tx
from services.identity.memberships import end
from services.identity.models import Membership, Organisation, Session
from services.identity.sessions import end_sessions
from services.identity.usecases.close_sign_in import close_sign_in


async def end_place(
    tx: Tx,
    *,
    organisation: Organisation,
    membership: Membership,
    reason: str,
    name: str | None = None,
    on_behalf_of: UUID | None = None,
) -> None:
    """End a membership, the sessions held through it, and with the last one the sign-in (I13).

    `name`: of who does it, for the trail; `on_behalf_of`: the agency that they do it for, if they do. The
    organisation's row is locked; it is the tenant before and after.
    """
    await end(tx, organisation, membership, reason=reason, name=name, on_behalf_of=on_behalf_of)
    await end_sessions_through(tx, membership)
    await close_sign_in(tx, person_id=membership.person_id)
    await tx.become(organisation.id)


async def end_sessions_through(tx: Tx, membership: Membership) -> None:
    """End the program sessions in which this member acts as one; goes on with them as tenant."""
    await tx.become(membership.person_id)
    home: UUID = membership.organisation_id
    as_member = or_(Session.agency_id == home, and_(Session.company_id == home, Session.agency_id.is_(None)))
    await end_sessions(tx, membership.person_id, as_member, reason="left")
