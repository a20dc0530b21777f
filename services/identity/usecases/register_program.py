"""Register a program that signs people in by us."""

import secrets
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from sqlalchemy import select

from libs.shared.audit import Entry
from libs.shared.auth import AUDIENCE, Caller
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.acting import require_operator
from services.identity.models import Program
from services.identity.usecases.open_service_account import hash_secret
from services.identity.usecases.rotate_key import SYSTEM

Address = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class RegisterProgram(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program, where it is opened, and where people may be sent back to."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\w")]
    launch_url: Address
    """Where it is opened; `?client=<company id>` is added to open it for a client."""
    redirect_uris: Annotated[list[Address], msgspec.Meta(min_length=1, max_length=20)]
    """Compared as they stand, character by character. https; http only to the machine itself."""
    post_logout_redirect_uris: Annotated[list[Address], msgspec.Meta(max_length=20)] = []
    """Where people may be sent to after signing out; compared alike."""
    confidential: bool = False
    """Whether it can keep a secret: a program on a server can, one on a phone or a desktop can't."""
    renew_secret: bool = False
    """Make a new secret in place of the one it has, which is no longer good then."""


async def register_program(
    tx: Tx, *, caller: Caller | None, program_id: str, given: RegisterProgram
) -> tuple[Program, str | None]:
    """Register a program, or change it; with its secret, if one was made. Operators, or by command line (None)."""
    await require_operator(tx, caller)
    if program_id == AUDIENCE:  # its tokens would be taken for a person's own by every service
        raise Invalid("This is what our own tokens are for; give the program another id.", field="program")
    _check(given)
    found = (await tx.session.scalars(select(Program).where(Program.id == program_id).with_for_update())).one_or_none()
    program = found or Program(id=program_id)
    if found is None:
        tx.add(program)
    program.name = given.name.strip()
    program.launch_url = given.launch_url
    program.redirect_uris = given.redirect_uris
    program.post_logout_redirect_uris = given.post_logout_redirect_uris
    secret = _settle_secret(program, given)
    await record_program(tx, caller, "register_program", program_id)
    return program, secret


def _settle_secret(program: Program, given: RegisterProgram) -> str | None:
    """A secret is made where there is none yet; who can't keep one has none."""
    if not given.confidential:
        program.secret_hash = None
        return None
    if program.secret_hash is not None and not given.renew_secret:
        return None
    secret = secrets.token_urlsafe(32)
    program.secret_hash = hash_secret(secret)
    return secret


async def record_program(tx: Tx, caller: Caller | None, action: str, program_id: str) -> None:
    """Note what was done to a program, in the trail of who did it."""
    tenant: UUID = caller.id if caller else SYSTEM
    await tx.become(tenant)
    thing = uuid5(NAMESPACE_URL, f"urn:fullmakt:program:{program_id}")
    actor = caller.actor if caller else "system"
    details = {"program": program_id}
    await tx.record(Entry(tenant=tenant, at=tx.now, actor=actor, action=action, thing=thing, details=details))


def _check(given: RegisterProgram) -> None:
    for field, addresses in (
        ("launch_url", [given.launch_url]),
        ("redirect_uris", given.redirect_uris),
        ("post_logout_redirect_uris", given.post_logout_redirect_uris),
    ):
        for address in addresses:
            if not is_address(address):
                raise Invalid("An address is https://…, or http:// to the machine itself; without #.", field=field)


def is_address(address: str) -> bool:
    """Whether people may be sent there: over TLS, or to their own machine (RFC 8252, 7.3), and to nobody's part."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "#" in address or "@" in parts.netloc or not address.isascii() or not address.isprintable():
        return False
    return " " not in address and "\\" not in address and (parts.scheme == "https" or _is_here(parts.scheme, host))


def _is_here(scheme: str, host: str) -> bool:
    if scheme != "http":
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
