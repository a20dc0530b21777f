"""Revoke a service account."""

from uuid import UUID

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from services.identity.acting import require_operator
from services.identity.models import ServiceAccount


async def revoke_service_account(tx: Tx, *, caller: Caller | None, account_id: UUID) -> None:
    """Let another system in no more: it gets no token from now on. Once revoked, an account stays so.

    `caller`: an operator; None is the command line.
    """
    await require_operator(tx, caller)
    await tx.become(account_id)
    account = await tx.lock(ServiceAccount, account_id, visible_to=account_id)
    if account.revoked_at is not None:
        return
    account.revoked_at = tx.now
    await tx.record(
        Entry(tenant=account_id, at=tx.now, actor=tx.actor, action="revoke_service_account", thing=account_id)
    )
