"""Where somebody signs in from: the source of a request, and tokens that a device is known again by.

A device token (OWASP, "device cookies") is given with each success. It proves nothing but that somebody has signed in
as this person from there before, so that guesses made elsewhere do not count against who has it (record 0015).
"""

import ipaddress
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

import msgspec
from cryptography.fernet import InvalidToken

from services.identity.sealing import Sealer

GOOD_FOR = timedelta(days=90)
DeviceToken = Annotated[str, msgspec.Meta(max_length=1000)]
T = TypeVar("T")


class Known(msgspec.Struct, frozen=True, kw_only=True, tag="device"):
    """A device that a person has signed in from."""

    person_id: UUID
    nonce: UUID
    issued_at: datetime
    """Real time."""
    mark: bytes
    """Of the password that was shown: with another one since then it is a device like any other."""
    second_factor: bool = False
    """Whether the second factor was shown there: who has the mailbox alone gets no tries at codes by new devices."""


def write_device_token(
    sealer: Sealer, person_id: UUID, *, before: Known | None, mark: bytes, second_factor: bool, at: datetime
) -> str:
    """A new token; a device that is known already stays the same one, with the failures that it has."""
    nonce = before.nonce if before else uuid4()
    shown = second_factor or (before is not None and before.second_factor)
    return write_sealed(sealer, Known(person_id=person_id, nonce=nonce, issued_at=at, mark=mark, second_factor=shown))


def read_device_token(
    sealer: Sealer, token: str | None, *, person_id: UUID | None, mark: bytes, at: datetime
) -> Known | None:
    """The device, if the token is ours, this person's with this password, and not too old."""
    known = None if token is None else read_sealed(sealer, token, Known)
    is_good = known is not None and (known.person_id, known.mark) == (person_id, mark)
    return known if known is not None and is_good and at - known.issued_at < GOOD_FOR else None


def mark_of(sealer: Sealer, password_hash: str | None) -> bytes:
    """What tells one password of a person from the next, and nothing else."""
    return sealer.derive("challenge", (password_hash or "").encode())[:16]


def write_sealed(sealer: Sealer, content: msgspec.Struct) -> str:
    """What only we can read and make, as a text. The tag of its type keeps one kind from passing for another."""
    return sealer.seal(msgspec.json.encode(content)).decode()


def read_sealed(sealer: Sealer, text: str, kind: type[T]) -> T | None:
    """The content, or None if it is not ours or of another kind."""
    try:
        return msgspec.json.decode(sealer.unseal(text.encode()), type=kind)
    except (InvalidToken, ValueError, msgspec.MsgspecError):
        return None


def source_of(client: Any) -> str:
    """What one subscriber has at least: an IPv4 address, or 64 bits of an IPv6 address. `client`: of the request."""
    try:
        address = ipaddress.ip_address(client.host if client else "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address.packed[:8] + bytes(8), 64)))
        address = address.ipv4_mapped
    return str(address)
