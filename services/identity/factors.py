"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes that stand in for it once."""

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select

from libs.shared.database import Tx
from services.identity.models import RecoveryCode, SecondFactor
from services.identity.sealing import Sealer
from services.identity.sessions import real_now

STEP = 30
"""Seconds that a code is shown for; the one before and the one after are taken as well."""
SECRET = 20
"""Bytes, as RFC 4226 wants for SHA-1, which all apps know."""
RECOVERY_CODES = 10
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: what is easily taken for another is not in it, and read as that."""
GROUPS, GROUP = 3, 4
"""60 bits: three groups of four letters."""
READ_AS = str.maketrans("OIL", "011", " -")

Code = Annotated[str, msgspec.Meta(min_length=6, max_length=20)]
Way = Literal["code", "recovery_code"]


def new_secret() -> bytes:
    """A secret for an app to make codes by."""
    return secrets.token_bytes(SECRET)


def shown(secret: bytes) -> str:
    """A secret as people type it into an app."""
    return b32encode(secret).decode()


def uri_of(secret: bytes, account: str) -> str:
    """What an app reads from a QR code."""
    return _totp(secret).get_provisioning_uri(account, "Fullmakt")


def step_of(secret: bytes, code: str, *, after: int, at: datetime) -> int | None:
    """The step that a code is of, if it is later than `after` and now's, or next to it. `at`: real time."""
    now, totp, given = int(at.timestamp()) // STEP, _totp(secret), code.encode()
    found = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate(step * STEP), given)]
    return next((step for step in found if step > after), None)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), STEP)  # noqa: S303 - what apps make codes by


async def find_factor(tx: Tx, person_id: UUID) -> SecondFactor | None:
    """The person's second factor, in use or not yet, locked: a code is good once; runs with them as tenant."""
    query = select(SecondFactor).where(SecondFactor.person_id == person_id).with_for_update()
    return (await tx.session.scalars(query)).one_or_none()


async def take_code(tx: Tx, factor: SecondFactor, code: str, sealer: Sealer) -> Way | None:
    """Use up a code of the app, or a recovery code; None if it is neither, or was used. The factor is locked."""
    typed = code.replace(" ", "")
    step = step_of(sealer.unseal(factor.secret), typed, after=factor.last_step, at=await real_now(tx))
    if step is not None:
        factor.last_step = step
        return "code"
    kept = select(RecoveryCode).where(
        RecoveryCode.person_id == factor.person_id,
        RecoveryCode.code_hash == _hash(factor.person_id, code),
        RecoveryCode.used_at.is_(None),
    )
    recovery = (await tx.session.scalars(kept)).one_or_none()
    if recovery is None:
        return None
    recovery.used_at = tx.now
    return "recovery_code"


async def renew_recovery_codes(tx: Tx, person_id: UUID) -> list[str]:
    """New recovery codes, shown this once; those before are void."""
    await forget_recovery_codes(tx, person_id)
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        tx.add(RecoveryCode(person_id=person_id, code_hash=_hash(person_id, code)))
    return codes


async def forget_recovery_codes(tx: Tx, person_id: UUID) -> None:
    """No recovery code is good any more."""
    await tx.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _new_code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def _hash(person_id: UUID, code: str) -> bytes:
    """SHA-256 is enough for 60 random bits behind a limit; the person's id keeps lists of hashes from being of use."""
    plain = code.upper().translate(READ_AS)
    return hashlib.sha256(person_id.bytes + plain.encode()).digest()
