"""Ask for another organisation number."""

import msgspec
from fullmakt.organisation_numbers import is_sole_trader

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.acting import lock_as_administrator
from services.identity.models import AlreadyRegistered, AnotherKindOfNumber, Organisation, VerificationPending
from services.identity.models.organisations import NUMBER
from services.identity.organisations import (
    ask_for_verification,
    clean_number,
    pending_verification,
    record,
    subscriptions,
)
from services.identity.usecases.register_organisation import Country, TypedNumber


class RequestNumberChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number that the organisation has, as people type it."""

    country: Country | None = None
    """SE, DK, NO or FI; left out or null: the country that it has."""
    organisation_number: TypedNumber
    second_subscription: bool = False
    """An explicit yes to a further subscription for a number that has one (L2)."""


async def request_number_change(tx: Tx, *, actor: Actor, given: RequestNumberChange) -> Organisation:
    """Have another number verified; until that is decided the organisation keeps the one that it has (I7)."""
    row = await lock_as_administrator(tx, actor)
    row.ensure_not_refused()
    if await pending_verification(tx, row.id) is not None:
        raise VerificationPending
    country = given.country or row.country
    number = clean_number(country, given.organisation_number)
    if (country, number) == (row.country, row.number):
        raise Invalid("This is the number that the organisation has.", field="organisation_number")
    if is_sole_trader(country, number) != row.sole_trader:
        raise AnotherKindOfNumber(field="organisation_number")
    present, _ = await subscriptions(tx, country, number)
    if present and not given.second_subscription:
        raise AlreadyRegistered(field="organisation_number")
    ask_for_verification(tx, row, NUMBER, country=country, number=number)
    await record(tx, actor, "request_number_change")
    return row
