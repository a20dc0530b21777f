"""Copy a membership."""

from fullmakt.events import MembershipChanged

from libs.shared.database import Tx
from services.notify.models import Member


async def copy_membership(tx: Tx, *, event: MembershipChanged) -> None:
    """Keep what a person is at an organisation; an ended membership holds no role."""
    await tx.session.merge(
        Member(
            id=event.membership_id,
            organisation_id=event.organisation_id,
            person_id=event.person_id,
            state=event.state,
            roles=list(event.roles),
        )
    )
