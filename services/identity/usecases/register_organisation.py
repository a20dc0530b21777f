"""Register an organisation."""

from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from fullmakt.organisation_numbers import OrganisationNumberError, clean_organisation_number
from sqlalchemy import func, select

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.events import organisation_changed
from services.identity.models import AlreadyRegistered, NotAnOperator, Organisation
from services.identity.queries import is_operator

LANGUAGE = {"SE": "sv", "DK": "da", "NO": "nb", "FI": "en"}
"""What a country's people are written to in at first (N6)."""


class RegisterOrganisation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation to register, verified by whoever registers it."""

    kind: Literal["agency", "company"]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\w")]
    country: Annotated[str, msgspec.Meta(min_length=2, max_length=2)]
    organisation_number: Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
    second_subscription: bool = False
    """An explicit yes to a further subscription for a number that has one (L2)."""


async def register_organisation(tx: Tx, *, caller: Caller, given: RegisterOrganisation) -> Organisation:
    """Register an agency or company as a tenant of its own; only an operator may (I1)."""
    if not await is_operator(tx, caller.id):
        raise NotAnOperator
    number = _clean(given)
    present = await tx.session.scalar(select(func.subscriptions_of_number(given.country, number))) or 0
    if present and not given.second_subscription:
        raise AlreadyRegistered(field="organisation_number")
    id_ = uuid4()
    row = Organisation(
        id=id_,
        kind=given.kind,
        name=given.name.strip(),
        country=given.country,
        number=number,
        ordinal=present + 1,
        subscription_number=f"S{str(id_.int)[:10]}",
        language=LANGUAGE[given.country],
        state="verified",
        sole_trader=False,
        without_administrator=True,
    )
    await tx.become(id_)
    tx.add(row)
    tx.emit(organisation_changed(row), of=row)
    await tx.record(Entry(tenant=id_, at=tx.now, actor=caller.actor, action="register_organisation", thing=id_))
    return row


def _clean(given: RegisterOrganisation) -> str:
    try:
        return clean_organisation_number(given.country, given.organisation_number)
    except OrganisationNumberError as error:
        raise Invalid(str(error), field=error.field) from error
