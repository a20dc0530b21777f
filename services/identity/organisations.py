"""What several use cases need when they register, change or verify an organisation."""

from uuid import UUID, uuid4

from fullmakt.organisation_numbers import OrganisationNumberError, clean_organisation_number
from sqlalchemy import func, select

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from libs.shared.errors import Forbidden, Invalid
from services.identity.events import (
    organisation_changed,
    sole_trader_changed,
    verification_requested,
    verification_settled,
)
from services.identity.models import NotAnOperator, Organisation, SoleTrader, Verification
from services.identity.models.organisations import PENDING
from services.identity.queries import is_operator
from services.identity.trail import record_administered

REGISTER, VERIFY = "organisations.register", "organisations.verify"
"""Scopes of the vendor's service accounts (I1)."""


async def require_back_office(tx: Tx, caller: Caller, scope: str) -> None:
    """Refuse who is neither a platform operator nor a service account with this scope."""
    if caller.kind == "service":
        if scope not in caller.scopes:
            raise Forbidden(f"This needs a service account with the scope {scope}.")
    elif not await is_operator(tx, caller.id):
        raise NotAnOperator


def clean_number(country: str, typed: str) -> str:
    """The number as digits alone; Invalid names the field and what is wrong with it."""
    try:
        return clean_organisation_number(country, typed)
    except OrganisationNumberError as error:
        raise Invalid(str(error), field=error.field) from error


async def subscriptions(tx: Tx, country: str, number: str) -> tuple[int, int]:
    """How many subscriptions a number has, and which one another would be.

    Both as of one moment: of two who add one then, the one that loses the unique index begins anew and sees the other.
    """
    both = select(func.subscriptions_of_number(country, number), func.last_ordinal_of_number(country, number))
    present, last = (await tx.session.execute(both)).one()
    return present, last + 1


async def tell(tx: Tx, row: Organisation) -> None:
    """Tell others what an organisation is now; who a sole trader is rides with personal data (L22).

    Runs as the organisation, with its row new or locked.
    """
    tx.emit(organisation_changed(row), of=row)
    if not row.sole_trader:
        return
    counter = await tx.session.get(SoleTrader, row.id)
    if counter is None:
        counter = SoleTrader(id=row.id)
        tx.add(counter)
    tx.emit(sole_trader_changed(row), of=counter)


async def pending_verification(tx: Tx, organisation_id: UUID) -> Verification | None:
    """What of the organisation waits to be verified, if anything does."""
    query = select(Verification).filter_by(organisation_id=organisation_id, state=PENDING)
    return (await tx.session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def last_verification(tx: Tx, organisation_id: UUID) -> Verification | None:
    """What of the organisation waits to be verified, or else was to be verified last, whatever has become of it."""
    query = select(Verification).filter_by(organisation_id=organisation_id)
    newest = query.order_by((Verification.state == PENDING).desc(), Verification.requested_at.desc()).limit(1)
    return (await tx.session.scalars(newest.execution_options(populate_existing=True))).one_or_none()


def ask_for_verification(tx: Tx, row: Organisation, kind: str, *, country: str, number: str) -> None:
    """Have somebody check that the organisation has this number, and tell it."""
    verification = Verification(
        id=uuid4(),
        organisation_id=row.id,
        kind=kind,
        country=country,
        number=number,
        state=PENDING,
        requested_by=tx.actor,
        requested_at=tx.now,
    )
    tx.add(verification)
    tx.emit(verification_requested(verification, row), of=verification)


def withdraw_verification(tx: Tx, row: Organisation, pending: Verification) -> None:
    """Have nobody check it any more, and tell it."""
    pending.withdraw(by=tx.actor, at=tx.now)
    tx.emit(verification_settled(pending, row), of=pending)


async def record(tx: Tx, actor: Actor, action: str, **details: object) -> None:
    """Note in the organisation's trail what was done to it; never its number or name, which may be a person's."""
    await record_administered(tx, actor, action, thing=actor.tenant, **details)
