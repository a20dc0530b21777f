"""Add and remove a second factor, and renew its recovery codes."""

from typing import Annotated

import msgspec

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Conflict
from services.identity.credentials import InvalidCode, lock_confirmed, lock_person, settle_change
from services.identity.factors import (
    Code,
    find_factor,
    forget_recovery_codes,
    new_secret,
    take_code,
)
from services.identity.factors import renew_recovery_codes as new_codes
from services.identity.models import SecondFactor
from services.identity.passwords import LONGEST
from services.identity.sealing import Sealer
from services.identity.trail import record_own

Password = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class SecondFactorInUse(Conflict):
    """You have a second factor already; remove it first."""


class NoSecondFactor(Conflict):
    """You have no second factor; add one first."""


class AddSecondFactor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password, before a second factor is added."""

    password: Password


class ConfirmSecondFactor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first code of the app."""

    code: Code


class ProveBoth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both factors."""

    password: Password
    code: Code
    """Six digits of the authenticator app, or a recovery code."""


async def add_second_factor(tx: Tx, *, caller: Caller, confirmed: str, sealer: Sealer) -> tuple[bytes, str]:
    """Make a secret for an authenticator app, in use once its first code is shown; answers with it and the account."""
    person = await lock_confirmed(tx, caller.id, confirmed)
    factor, secret = await find_factor(tx, caller.id), new_secret()
    if factor is None:
        factor = SecondFactor(person_id=caller.id)
        tx.add(factor)
    elif factor.confirmed_at is not None:
        raise SecondFactorInUse
    factor.secret, factor.last_step = sealer.seal(secret), 0
    await record_own(tx, person, "add_second_factor")
    return secret, person.email or ""


async def confirm_second_factor(tx: Tx, *, caller: Caller, code: str, sealer: Sealer) -> list[str]:
    """Ask for the second factor from now on; the other sessions end. Answers with recovery codes, shown this once."""
    person = await lock_person(tx, caller.id)
    factor = await find_factor(tx, caller.id)
    if factor is None:
        raise NoSecondFactor
    if factor.confirmed_at is not None:
        raise SecondFactorInUse
    if await take_code(tx, factor, code, sealer) is None:
        raise InvalidCode
    factor.confirmed_at = tx.now
    codes = await new_codes(tx, caller.id)
    await record_own(tx, person, "confirm_second_factor")
    await settle_change(tx, person.id, "second_factor_added", keep=caller.session)
    return codes


async def remove_second_factor(tx: Tx, *, caller: Caller, confirmed: str, code: str, sealer: Sealer) -> None:
    """Ask for the password alone from now on; the other sessions end."""
    person = await lock_confirmed(tx, caller.id, confirmed)
    factor = await _proven(tx, caller, code, sealer)
    await tx.session.delete(factor)
    await forget_recovery_codes(tx, caller.id)
    await record_own(tx, person, "remove_second_factor")
    await settle_change(tx, person.id, "second_factor_removed", keep=caller.session)


async def renew_recovery_codes(tx: Tx, *, caller: Caller, confirmed: str, code: str, sealer: Sealer) -> list[str]:
    """New recovery codes, shown this once; those before are void."""
    person = await lock_confirmed(tx, caller.id, confirmed)
    await _proven(tx, caller, code, sealer)
    codes = await new_codes(tx, caller.id)
    await record_own(tx, person, "renew_recovery_codes")
    return codes


async def _proven(tx: Tx, caller: Caller, code: str, sealer: Sealer) -> SecondFactor:
    factor = await find_factor(tx, caller.id)
    if factor is None or factor.confirmed_at is None:
        raise NoSecondFactor
    if await take_code(tx, factor, code, sealer) is None:
        raise InvalidCode
    return factor
