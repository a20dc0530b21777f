"""Change one's password."""

from typing import Annotated

import msgspec

from libs.shared.auth import Caller
from libs.shared.database import Tx
from services.identity.credentials import give_up_email_change, lock_confirmed, settle_change
from services.identity.devices import DeviceToken
from services.identity.passwords import LONGEST
from services.identity.trail import record_own


class ChangePassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password until now, and the one from now on."""

    current_password: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    new_password: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    """At least 10 characters, and not easily guessed; length matters more than composition."""
    device_token: DeviceToken | None = None
    """Of this device, as at a sign-in: it is answered with another one, since this one was of the password before."""


async def change_password(tx: Tx, *, caller: Caller, confirmed: str, password_hash: str) -> None:
    """Set another password; the caller's other sessions end. `confirmed`: the hash that they knew the password of."""
    person = await lock_confirmed(tx, caller.id, confirmed, field="current_password")
    person.password_hash = password_hash
    await give_up_email_change(tx, person)
    await record_own(tx, person, "change_password")
    await settle_change(tx, person.id, "password_changed", keep=caller.session)
