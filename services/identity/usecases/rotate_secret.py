"""Give a service account a new secret."""

import secrets
from uuid import UUID

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Conflict
from services.identity.acting import require_operator
from services.identity.models import ServiceAccount
from services.identity.usecases.open_service_account import hash_secret


class AccountRevoked(Conflict):
    """This service account was revoked; open another."""


async def rotate_secret(tx: Tx, *, caller: Caller | None, account_id: UUID) -> tuple[ServiceAccount, str]:
    """Give a service account a new secret, which is answered this once; the old one is good for nothing at once.

    `caller`: an operator; None is the command line.
    """
    await require_operator(tx, caller)
    await tx.become(account_id)
    account = await tx.lock(ServiceAccount, account_id, visible_to=account_id)
    if account.revoked_at is not None:
        raise AccountRevoked
    secret = secrets.token_urlsafe(32)
    account.secret_hash = hash_secret(secret)
    await tx.record(Entry(tenant=account_id, at=tx.now, actor=tx.actor, action="rotate_secret", thing=account_id))
    return account, secret
