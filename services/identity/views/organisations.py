"""Organisations and their members, as they are answered with."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

import msgspec

from services.identity.models import Invitation, Organisation, Verification
from services.identity.models.organisations import NUMBER, PENDING, REFUSED, REGISTRATION


class RefusedNumberView(msgspec.Struct, frozen=True, kw_only=True):
    """Another number that an organisation has asked for and did not get."""

    organisation_number: str
    reason: str
    """`not_registered`, `ceased`, `name_differs` or `other`."""


class OrganisationView(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation with its company details."""

    id: UUID
    kind: str
    name: str
    country: str
    organisation_number: str
    subscription_number: str
    language: str
    state: str
    """`in_verification`, `verified` or `refused`: only the verified are found by search and can approve."""
    sole_trader: bool
    """True: the number is a personal identity number, and with the name personal data."""
    without_administrator: bool
    """True while it has no own system administrator."""
    pending_number_change: str | None
    """The number that it has asked for, until that is verified."""
    refused_number_change: RefusedNumberView | None
    """The number that it has asked for last, where that was refused."""
    version: int
    """In quotation marks it is the ETag, for If-Match."""

    @classmethod
    def of(cls, row: Organisation, last: Verification | None) -> Self:
        """View of a row, with what was to be verified of it last."""
        asked = last if last and last.kind == NUMBER and last.number else None  # of an erased sole trader it is empty
        return cls(
            id=row.id,
            kind=row.kind,
            name=row.name,
            country=row.country,
            organisation_number=row.number,
            subscription_number=row.subscription_number,
            language=row.language,
            state=row.state,
            sole_trader=row.sole_trader,
            without_administrator=row.without_administrator,
            pending_number_change=asked.number if asked and asked.state == PENDING else None,
            refused_number_change=(
                RefusedNumberView(organisation_number=asked.number, reason=asked.reason or "other")
                if asked and asked.state == REFUSED
                else None
            ),
            version=row.version,
        )


class VerificationView(msgspec.Struct, frozen=True, kw_only=True):
    """Something of an organisation that waits to be verified."""

    id: UUID
    organisation_id: UUID
    organisation_kind: str
    name: str
    subscription_number: str
    kind: str
    """`registration`: whether there is such an organisation; `number`: whether it has this number from now on."""
    country: str
    """Where the number is to be looked up."""
    organisation_number: str
    """The number to be verified."""
    subscriptions: int
    """How many others have the number already."""
    requested_at: datetime

    @classmethod
    def of(cls, row: Verification, organisation: Organisation, *, subscriptions: int) -> Self:
        """View of a row. `subscriptions`: of the number, a registration that waits among them."""
        return cls(
            id=row.id,
            organisation_id=organisation.id,
            organisation_kind=organisation.kind,
            name=organisation.name,
            subscription_number=organisation.subscription_number,
            kind=row.kind,
            country=row.country,
            organisation_number=row.number,
            subscriptions=subscriptions - (row.kind == REGISTRATION),
            requested_at=row.requested_at,
        )


class VerificationPage(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be verified, the longest waiting first."""

    items: list[VerificationView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that was sent; the same whether or not the address has a sign-in already."""

    id: UUID
    organisation_id: UUID
    person_id: UUID
    state: Literal["invited", "accepted"]

    @classmethod
    def of(cls, row: Invitation) -> Self:
        """View of a row."""
        state: Literal["invited", "accepted"] = "invited" if row.accepted_at is None else "accepted"
        return cls(id=row.id, organisation_id=row.organisation_id, person_id=row.person_id, state=state)


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an organisation and the roles held there."""

    person_id: UUID
    name: str | None
    email: str | None
    roles: list[str]
    leaving: bool
    """True: has left, and keeps the role of system administrator alone until a successor is named (I13)."""


class MemberPage(msgspec.Struct, frozen=True, kw_only=True):
    """Members of an organisation, by name."""

    items: list[MemberView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
