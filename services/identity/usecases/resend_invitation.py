"""Send an invitation again."""

from uuid import UUID

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.events import invitation_sent
from services.identity.models import Invitation
from services.identity.open_invitations import lock_open, record


async def resend_invitation(tx: Tx, *, actor: Actor, invitation_id: UUID) -> Invitation:
    """Mail an open invitation anew; the links mailed before are no longer good."""
    organisation, invitation, _ = await lock_open(tx, actor=actor, invitation_id=invitation_id)
    organisation.ensure_not_refused()
    invitation.send_again(at=tx.now)
    tx.emit(invitation_sent(invitation, organisation), of=invitation)
    await record(tx, actor, "resend_invitation", invitation)
    return invitation
