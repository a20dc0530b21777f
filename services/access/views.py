"""What access answers with."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

import msgspec

from services.access.models import Client, Job

Outcome = Literal["done", "unchanged", "refused"]
Missing = Literal["link_ended", "not_active", "no_access", "no_programs"]


class ProgramView(msgspec.Struct, frozen=True, kw_only=True):
    """A program of the agency package."""

    id: str
    name: str


class ProgramList(msgspec.Struct, frozen=True, kw_only=True):
    """All programs of the agency package."""

    items: list[ProgramView]


class ClientView(msgspec.Struct, frozen=True, kw_only=True):
    """A client of the agency, with the company's own name."""

    link_id: UUID
    company_id: UUID
    company_name: str | None
    state: str
    eligible_at: datetime
    activated_at: datetime | None
    activated_by: UUID | None
    activated_by_name: str | None
    my_access: bool
    """Whether the caller reaches the client."""


class ClientPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some clients; `next` continues after the last of them."""

    items: list[ClientView]
    next: str | None


class ActivatedView(msgspec.Struct, frozen=True, kw_only=True):
    """A client that was just activated."""

    link_id: UUID
    company_id: UUID
    state: str
    activated_at: datetime | None
    activated_by: UUID | None

    @classmethod
    def of(cls, row: Client) -> Self:
        """View of a row."""
        return cls(
            link_id=row.link_id,
            company_id=row.company_id,
            state=row.state,
            activated_at=row.activated_at,
            activated_by=row.activated_by,
        )


class ReachView(msgspec.Struct, frozen=True, kw_only=True):
    """An agency person at a client: access, programs, and the right to assign there."""

    person_id: UUID
    name: str | None
    access: bool
    programs: list[str]
    roles: list[str]


class ReachPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the people at a client; `next` continues after the last of them."""

    items: list[ReachView]
    next: str | None


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A bulk job and how far it is; counts are items."""

    id: UUID
    operation: str
    state: str
    started_by: UUID
    total: int
    done: int
    unchanged: int
    refused: int
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Job) -> Self:
        """View of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})


class JobItemView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item; `program` null is access to the client itself."""

    position: int
    link_id: UUID
    company_name: str | None
    person_id: UUID
    person_name: str | None
    program: str | None
    outcome: Outcome
    reason: str | None


class JobItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some items of a job; `next` continues after the last of them."""

    items: list[JobItemView]
    next: str | None


class WhoView(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can put it right."""

    person_id: UUID
    name: str | None


class MissingView(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing, and who can put it right."""

    code: Missing
    message: str
    who: list[WhoView]


class MyProgramsView(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's programs at a client, and what is missing if there are none (A13)."""

    programs: list[str]
    missing: list[MissingView]
