"""Tokens that mean nothing to their bearer: whose they are, which row they belong to, and 256 random bits.

A session, a code and a refresh token are written alike; a prefix says which of them one is, to us and to scanners for
secrets that came to lie where they don't belong. What is kept is a hash of the whole.
"""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal, NamedTuple
from uuid import UUID

Kind = Literal["fullmakt_session", "fullmakt_code", "fullmakt_refresh"]
SECRET = 32
"""Bytes."""


class Opaque(NamedTuple):
    """What a token says before it is checked: whose row it belongs to, and which."""

    person_id: UUID
    row_id: UUID


def write_opaque(kind: Kind, person_id: UUID, row_id: UUID, secret: bytes | None = None) -> str:
    """A new token; with `secret`, of 32 bytes, the one that these make."""
    content = person_id.bytes + row_id.bytes + (secret or secrets.token_bytes(SECRET))
    return f"{kind}_{urlsafe_b64encode(content).decode().rstrip('=')}"


def read_opaque(kind: Kind, token: str) -> Opaque | None:
    """Whose token it says it is, or None if it is none of this kind; its hash is still to be compared."""
    prefix, _, rest = token.rpartition(f"{kind}_")
    try:
        content = urlsafe_b64decode(f"{rest}==") if not prefix and len(rest) == 86 else b""
    except ValueError:
        return None
    if len(content) != 32 + SECRET:
        return None
    return Opaque(UUID(bytes=content[:16]), UUID(bytes=content[16:32]))


def hash_opaque(token: str) -> bytes:
    """SHA-256 is enough for 256 random bits; there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()
