"""Send an invitation."""

from fullmakt.events import InvitationSent

from libs.shared.database import Tx
from services.notify.models import Params
from services.notify.usecases.queue_deliveries import queue_deliveries


async def send_invitation(tx: Tx, *, event: InvitationSent) -> None:
    """Mail the invited person; the SMS lapses when it turns out that they have no mobile number (I10)."""
    await queue_deliveries(
        tx,
        organisation_id=event.organisation_id,
        kind=event.organisation_kind,
        to=[event.person_id],
        template="invitation",
        cause=f"invitation.sent:{event.invitation_id}:{event.generation}",
        params=Params(
            invitation_id=event.invitation_id,
            generation=event.generation,
            acted_by=None if event.by_service else event.invited_by,  # a service account has no name to wait for
        ),
        channels=("mail", "sms"),
    )
