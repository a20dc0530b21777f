"""Send an invitation."""

from collections.abc import Sequence

from fullmakt.events import InvitationSent

from libs.shared.database import Tx
from services.notify.models import Channel, Params
from services.notify.usecases.queue_deliveries import queue_deliveries


async def send_invitation(tx: Tx, *, event: InvitationSent) -> None:
    """Mail the invited person; the SMS lapses when it turns out that they have no mobile number (I10).

    Both wait for the details that the person was invited by: a mistyped number from before is somebody else's.
    """
    template, channels = _kind(event)
    await queue_deliveries(
        tx,
        organisation_id=event.organisation_id,
        kind=event.organisation_kind,
        to=[event.person_id],
        template=template,
        cause=f"invitation.sent:{event.invitation_id}:{event.generation}",
        params=Params(
            invitation_id=event.invitation_id,
            person_version=event.person_version or None,
            membership_id=event.membership_id,
            generation=event.generation,
            agency_id=event.inviting_agency_id,
            acted_by=None if event.by_service else event.invited_by,  # a service account has no name to wait for
        ),
        channels=channels,
    )


def _kind(event: InvitationSent) -> tuple[str, Sequence[Channel]]:
    """Client users are told of the app; who has joined already has given no number for this, and gets no SMS."""
    if not event.apps or event.inviting_agency_id is None:
        return "invitation", ("mail", "sms")
    return ("app_invitation", ("mail",)) if event.accepted else ("client_user_invitation", ("mail", "sms"))
