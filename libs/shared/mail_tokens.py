"""Tokens in mailed links: an HMAC of purpose, id, recipient and generation that issuer and mailer both compute.

A token is never stored and never rides in an event. A new generation ends all tokens of the one before.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import msgspec

TOKEN = re.compile(r"[A-Za-z0-9_-]{64}")
"""48 bytes: 16 each of the thing's id, the recipient's id and the MAC. No two tokens mean the same."""


class MailToken(msgspec.Struct, frozen=True):
    """What a token says before it is checked: which thing, and whose copy of the mail it came in."""

    thing: UUID
    recipient: UUID
    mac: bytes


def mac_of(secret: str, purpose: str, thing: UUID, recipient: UUID, generation: int) -> bytes:
    """16 bytes that only who knows the secret can compute."""
    message = b"|".join((purpose.encode(), thing.bytes, recipient.bytes, str(generation).encode()))
    return hmac.digest(secret.encode(), message, hashlib.sha256)[:16]


def write_token(secret: str, purpose: str, thing: UUID, recipient: UUID, generation: int) -> str:
    """The token for one recipient's mail, 64 characters that are safe in an address."""
    mac = mac_of(secret, purpose, thing, recipient, generation)
    return urlsafe_b64encode(thing.bytes + recipient.bytes + mac).decode()


def read_token(token: str) -> MailToken | None:
    """What a token says, or None if it is none; still to be checked with `is_genuine`."""
    if not TOKEN.fullmatch(token):
        return None
    raw = urlsafe_b64decode(token)
    return MailToken(UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), raw[32:])


def is_genuine(token: MailToken, secret: str, purpose: str, generation: int) -> bool:
    """Whether we wrote this token, for this purpose and generation."""
    return hmac.compare_digest(token.mac, mac_of(secret, purpose, token.thing, token.recipient, generation))
