"""Correct an organisation's details."""

from collections.abc import Callable
from typing import Literal

import msgspec

from libs.shared.auth import Actor
from libs.shared.database import Tx
from services.identity.acting import lock_as_administrator
from services.identity.models import Organisation
from services.identity.organisations import record, tell
from services.identity.usecases.register_organisation import Name


class ChangeOrganisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Details to correct; what is left out or null stays as it is."""

    name: Name | None = None
    """The registered name."""
    language: Literal["sv", "da", "nb", "en"] | None = None
    """What the organisation is written to in, where a person has no language of their own."""


async def change_organisation(
    tx: Tx, *, actor: Actor, given: ChangeOrganisation, check_version: Callable[[int], None]
) -> Organisation:
    """Correct name and language, and have every list follow (I7).

    `check_version` refuses an edit by who looked at another version than the one that it is called with.
    """
    row = await lock_as_administrator(tx, actor)
    check_version(row.version)
    row.ensure_not_refused()
    wanted = {"name": given.name and given.name.strip(), "language": given.language}
    changed = {name: value for name, value in wanted.items() if value and value != getattr(row, name)}
    if not changed:
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    await tell(tx, row)
    await record(tx, actor, "change_organisation", changed=sorted(changed))
    return row
