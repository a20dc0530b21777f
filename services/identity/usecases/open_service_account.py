"""Open a service account."""

import hashlib
import hmac
import secrets
from typing import Annotated
from uuid import UUID, uuid4

import msgspec

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import NotFound, Unauthenticated
from services.identity.acting import require_operator
from services.identity.models import Scope, ServiceAccount


class WrongClientCredentials(Unauthenticated):
    """The client id or the client secret is wrong."""

    challenge = 'Basic realm="fullmakt", charset="UTF-8"'
    oauth = "invalid_client"


class OpenServiceAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another system that is to call us, and what for."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=10)]


async def open_service_account(
    tx: Tx, *, caller: Caller | None, given: OpenServiceAccount
) -> tuple[ServiceAccount, str]:
    """Let another system in; answers with the secret, which is kept only hashed.

    `caller`: an operator; None is the command line.
    """
    await require_operator(tx, caller)
    secret = secrets.token_urlsafe(32)
    account = ServiceAccount(
        id=uuid4(),
        name=given.name,
        secret_hash=hash_secret(secret),
        scopes=sorted(set(given.scopes)),
        created_at=tx.now,
    )
    await tx.become(account.id)
    tx.add(account)
    await tx.record(
        Entry(
            tenant=account.id,
            at=tx.now,
            actor=tx.actor,
            action="open_service_account",
            thing=account.id,
            details={"scopes": account.scopes},
        )
    )
    return account, secret


async def check_client_credentials(tx: Tx, *, client_id: UUID, secret: str) -> ServiceAccount:
    """The service account that these credentials are of (RFC 6749, 4.4); runs with it as tenant."""
    try:
        account = await tx.get(ServiceAccount, client_id, visible_to=client_id)
    except NotFound as error:
        raise WrongClientCredentials from error
    if account.revoked_at is not None or not hmac.compare_digest(account.secret_hash, hash_secret(secret)):
        raise WrongClientCredentials
    return account


def hash_secret(secret: str) -> bytes:
    """SHA-256 is enough for 256 random bits; there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
