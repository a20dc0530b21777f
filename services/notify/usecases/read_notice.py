"""Mark a notice as read."""

from uuid import UUID

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.notify.models import Notice


async def read_notice(tx: Tx, *, actor: Actor, notice_id: UUID) -> Notice:
    """Note that the person has seen a notice of their own; reading it again changes nothing."""
    notice = await tx.lock(Notice, notice_id, visible_to=actor.tenant)
    if notice.person_id != actor.person_id:
        raise NotFound
    notice.read(at=tx.now)
    return notice
