"""Change one's own details."""

from collections.abc import Callable

import msgspec
from msgspec import UNSET, UnsetType

from libs.shared.auth import Caller
from libs.shared.database import Tx
from services.identity.credentials import lock_person
from services.identity.details import Language, Mobile, Name, TimeZone, check_time_zone, clean_mobile, clean_name
from services.identity.events import person_changed
from services.identity.models import Person
from services.identity.trail import record_own


class ChangeMe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be another from now on; what is left out stays as it is."""

    name: Name | UnsetType = UNSET
    mobile: Mobile | UnsetType | None = UNSET
    """International form, such as +46701234567; null: none."""
    language: Language | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    """IANA name, such as Europe/Stockholm."""


async def change_me(tx: Tx, *, caller: Caller, given: ChangeMe, check_version: Callable[[int], None]) -> Person:
    """Change what the caller tells of themselves. `check_version` refuses another version than they looked at."""
    person = await lock_person(tx, caller.id)
    check_version(person.version)
    wanted = _wanted(given)
    changed = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, wanted[name])
    if changed:
        tx.emit(person_changed(person), of=person)
        await record_own(tx, person, "change_me", fields=changed)
    return person


def _wanted(given: ChangeMe) -> dict[str, str | None]:
    wanted: dict[str, str | None] = {}
    if given.name is not UNSET:
        wanted["name"] = clean_name(given.name)
    if given.mobile is not UNSET:
        wanted["mobile"] = clean_mobile(given.mobile)
    if given.language is not UNSET:
        wanted["language"] = given.language
    if given.time_zone is not UNSET:
        check_time_zone(given.time_zone)
        wanted["time_zone"] = given.time_zone
    return wanted
