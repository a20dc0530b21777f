"""Find out which client is calling: a program, or a service account."""

import hmac
from uuid import UUID

import msgspec
from sqlalchemy import select

from libs.shared.database import Tx
from services.identity.models import Program, ServiceAccount
from services.identity.usecases.open_service_account import (
    WrongClientCredentials,
    check_client_credentials,
    hash_secret,
)


class ClientCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """How a client says who it is: HTTP Basic, the body, or, where it can keep no secret, the id alone."""

    client_id: str
    secret: str | None


async def authenticate_program(tx: Tx, given: ClientCredentials) -> Program:
    """The program that this is, with its secret if it has one (RFC 6749, 2.3). Raises WrongClientCredentials."""
    program = (await tx.session.scalars(select(Program).where(Program.id == given.client_id))).one_or_none()
    if program is None or not _fits(program.secret_hash, given.secret):
        raise WrongClientCredentials
    return program


async def authenticate_account(tx: Tx, given: ClientCredentials) -> ServiceAccount:
    """The service account that this is; goes on with it as tenant. Raises WrongClientCredentials."""
    try:
        client_id = UUID(given.client_id)
    except ValueError as error:
        raise WrongClientCredentials from error
    await tx.become(client_id)
    return await check_client_credentials(tx, client_id=client_id, secret=given.secret or "")


async def authenticate_client(tx: Tx, given: ClientCredentials) -> Program | ServiceAccount:
    """The program or service account that this is. Raises WrongClientCredentials."""
    try:
        return await authenticate_program(tx, given)
    except WrongClientCredentials:
        return await authenticate_account(tx, given)


def _fits(kept: bytes | None, secret: str | None) -> bool:
    if kept is None:
        return secret is None
    return secret is not None and hmac.compare_digest(kept, hash_secret(secret))
