"""What identity answers with."""

from typing import Any, Literal, Self
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


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that the person belongs to."""

    organisation_id: UUID
    roles: list[str]


class MeView(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in person."""

    person_id: UUID
    name: str | None
    email: str | None
    language: str | None
    time_zone: str | None
    operator: bool
    memberships: list[PlaceView]


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """An access token; `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token


class KeySetView(msgspec.Struct, frozen=True, kw_only=True):
    """Public keys as JWK (RFC 7517)."""

    keys: list[dict[str, Any]]


class ServiceAccountView(msgspec.Struct, frozen=True, kw_only=True):
    """A service account; the secret is shown this once."""

    client_id: UUID
    client_secret: str
    scopes: list[str]


class Nothing(msgspec.Struct, frozen=True):
    """Done; there is nothing more to say."""
