"""Send an invitation again."""

from uuid import UUID

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.events import invitation_sent
from services.identity.limits import Limits
from services.identity.models import Invitation, InvitationOver
from services.identity.open_invitations import lock_invitation, record


async def resend_invitation(tx: Tx, *, actor: Actor, invitation_id: UUID, limits: Limits) -> Invitation:
    """Mail an open invitation anew; the links mailed before are no longer good.

    Who is a member and was invited to an app is told of it anew, while they have it.
    """
    organisation, invitation, membership = await lock_invitation(tx, actor=actor, invitation_id=invitation_id)
    organisation.ensure_not_refused()
    invitation.send_again(at=tx.now)
    if not (membership.has(invitation.apps) if invitation.only_tells else membership.state == "invited"):
        raise InvitationOver
    to = invitation.email or invitation.person_id
    await limits.count(limits.of_sending(organisation_id=organisation.id, by=actor.caller, to=to))
    tx.emit(invitation_sent(invitation, organisation), of=invitation)
    await record(tx, actor, "resend_invitation", invitation)
    return invitation
