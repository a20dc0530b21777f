"""Withdraw an invitation."""

from uuid import UUID

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.open_invitations import lock_open, record
from services.identity.usecases.end_place import end_place


async def withdraw_invitation(tx: Tx, *, actor: Actor, invitation_id: UUID) -> None:
    """End the place that somebody was invited to: its link is no longer good, and a username of theirs is free."""
    organisation, invitation, membership = await lock_open(tx, actor=actor, invitation_id=invitation_id)
    await end_place(
        tx,
        organisation=organisation,
        membership=membership,
        reason="withdrawn",
        name=actor.name,
        on_behalf_of=actor.on_behalf_of,
    )
    await record(tx, actor, "withdraw_invitation", invitation)
