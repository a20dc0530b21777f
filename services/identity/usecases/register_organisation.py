"""Register an organisation."""

from typing import Annotated, Literal
from uuid import UUID, uuid4

import msgspec
from fullmakt.organisation_numbers import is_sole_trader

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from services.identity.models import AlreadyRegistered, Organisation
from services.identity.models.organisations import IN_VERIFICATION, REGISTRATION, VERIFIED
from services.identity.organisations import (
    REGISTER,
    ask_for_verification,
    clean_number,
    require_back_office,
    subscriptions,
    tell,
)

LANGUAGE = {"SE": "sv", "DK": "da", "NO": "nb", "FI": "en"}
"""What a country's people are written to in at first (N6)."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\w")]
Country = Annotated[str, msgspec.Meta(min_length=2, max_length=2)]
TypedNumber = Annotated[str, msgspec.Meta(min_length=1, max_length=30)]


class RegisterOrganisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation to register, verified by whoever registers it unless they say otherwise."""

    kind: Literal["agency", "company"]
    name: Name
    country: Country
    organisation_number: TypedNumber
    second_subscription: bool = False
    """An explicit yes to a further subscription for a number that has one (L2)."""
    in_verification: bool = False
    """True: it is to be verified yet, and till then it is not found and can't approve anything (I1)."""


async def register_organisation(tx: Tx, *, caller: Caller, given: RegisterOrganisation) -> Organisation:
    """Register an agency or company as a tenant of its own: an operator, or the vendor's service account (I1)."""
    await require_back_office(tx, caller, REGISTER)
    number = clean_number(given.country, given.organisation_number)
    present, ordinal = await subscriptions(tx, given.country, number)
    if present and not given.second_subscription:
        raise AlreadyRegistered(field="organisation_number")
    row = _organisation(uuid4(), given, number, ordinal)
    await tx.become(row.id)
    tx.add(row)
    await tell(tx, row)
    if given.in_verification:
        ask_for_verification(tx, row, REGISTRATION, country=row.country, number=number)
    details = {"state": row.state}
    await tx.record(
        Entry(
            tenant=row.id, at=tx.now, actor=caller.actor, action="register_organisation", thing=row.id, details=details
        )
    )
    return row


def _organisation(id_: UUID, given: RegisterOrganisation, number: str, ordinal: int) -> Organisation:
    return Organisation(
        id=id_,
        kind=given.kind,
        name=given.name.strip(),
        country=given.country,
        number=number,
        ordinal=ordinal,
        subscription_number=f"S{str(id_.int)[:10]}",  # unique by constraint; a second try has another id
        language=LANGUAGE[given.country],
        state=IN_VERIFICATION if given.in_verification else VERIFIED,
        sole_trader=is_sole_trader(given.country, number),
        without_administrator=True,
    )
