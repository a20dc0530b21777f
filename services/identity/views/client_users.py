"""Client users, those who may become so, and what became of inviting them, as they are answered with."""

from typing import Literal, Self, cast
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping

from libs.shared.errors import Problem
from services.identity.models import Invitation, Membership

Code = Literal[
    "already_invited_to_app",
    "client_unknown",
    "duplicate",
    "has_own_users",
    "invalid",
    "not_administrator_there",
    "not_an_own_user",
    "organisation_was_refused",
    "too_many_attempts",
    "username_taken",
]
"""Why a row was refused."""


class CandidateView(msgspec.Struct, frozen=True, kw_only=True):
    """A client whose first users may be invited, or an own user of a client who may be invited to the app."""

    link_id: UUID
    company_id: UUID
    company_name: str
    country: str
    organisation_number: str
    """A sole trader's is masked: it is a personal identity number (L22)."""
    language: str
    """The company's: what its new users are written to in, unless told."""
    person_id: UUID | None
    """The own user; null in the mode `new`, as are name and e-mail."""
    name: str | None
    email: str | None

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """View of a row of candidates."""
        number: str = row["number"]
        return cls(
            link_id=row["link_id"],
            company_id=row["company_id"],
            company_name=row["name"],
            country=row["country"],
            organisation_number=f"{number[:2]}****-****" if row["sole_trader"] else number,
            language=row["language"],
            person_id=row.get("person_id"),
            name=row.get("person_name"),
            email=row.get("email"),
        )


class CandidatePage(msgspec.Struct, frozen=True, kw_only=True):
    """Candidates: clients by name in the mode `new`, people by name in the mode `existing`."""

    items: list[CandidateView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class UsernamesView(msgspec.Struct, frozen=True, kw_only=True):
    """Usernames that nobody has at this moment, in the order of the names."""

    usernames: list[str]


class ClientUserView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one row: the same whether or not the address has a sign-in already."""

    position: int
    """Of the row in the request, from 0 on."""
    company_id: UUID
    outcome: Literal["invited", "refused"]
    code: Code | None = None
    field: str | None = None
    """What of the row is not as it should be, where it is one thing."""
    message: str | None = None
    """Why it was refused, in words."""
    person_id: UUID | None = None
    username: str | None = None
    invitation_id: UUID | None = None
    """By which it can be sent again."""

    @classmethod
    def invited(cls, position: int, row: Membership, invitation: Invitation) -> Self:
        """View of a membership that somebody was just invited by."""
        return cls(
            position=position,
            company_id=row.organisation_id,
            outcome="invited",
            person_id=row.person_id,
            username=row.username,
            invitation_id=invitation.id,
        )

    @classmethod
    def refused(cls, position: int, company_id: UUID, why: Problem) -> Self:
        """View of a row that nothing was done for."""
        return cls(
            position=position,
            company_id=company_id,
            outcome="refused",
            code=cast("Code", why.code()),
            field=why.field,
            message=str(why),
        )


class ClientUsersView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each row, in their order."""

    rows: list[ClientUserView]
