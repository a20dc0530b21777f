"""Organisations and their members, as they are answered with."""

from typing import Literal, Self
from uuid import UUID

import msgspec

from services.identity.models import Invitation, Organisation


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
    without_administrator: bool
    """True: nobody of its own is system administrator now."""

    @classmethod
    def of(cls, row: Organisation) -> Self:
        """View of a row."""
        return cls(
            id=row.id,
            kind=row.kind,
            name=row.name,
            country=row.country,
            organisation_number=row.number,
            subscription_number=row.subscription_number,
            language=row.language,
            state=row.state,
            without_administrator=row.without_administrator,
        )


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


class MemberPage(msgspec.Struct, frozen=True, kw_only=True):
    """Members of an organisation, by name."""

    items: list[MemberView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
