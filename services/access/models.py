"""Clients, administration, grants and bulk jobs, with their transitions and errors; copies of what others own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR, program_administrator
from fullmakt.terms import Terms
from msgspec import convert
from sqlalchemy import ARRAY, ForeignKey, ForeignKeyConstraint, Index, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from libs.shared.database import TYPES, Versioned
from libs.shared.errors import Conflict, Forbidden

REVISION = "counts up over giving and taking; the row stays when taken"


class Base(DeclarativeBase):
    """Rows of access."""

    type_annotation_map = {**TYPES, list[UUID]: ARRAY(Uuid)}  # noqa: RUF012 - as SQLAlchemy reads it


class AlreadyActive(Conflict):
    """This client is active already."""


class NotEligible(Conflict):
    """The link to this client has ended; it can't be activated any more."""


class NotAnAgencyAdmin(Forbidden):
    """Only an admin of the agency may do this: a system administrator, or a program administrator of client-manager."""


class NotAnAgency(Forbidden):
    """Only an agency gives its consultants access to clients."""


class Organisation(Base):
    """Copy of an organisation of identity."""

    __tablename__ = "organisation"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]


class Person(Base):
    """Copy of a person of identity: the name, to show to those who may see it."""

    __tablename__ = "person"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(comment="null once erased")


class Member(Base):
    """Copy of an active membership of identity; there is no row for any other."""

    __tablename__ = "member"
    __tenants__ = ("organisation_id",)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID]
    roles: Mapped[list[str]]
    leaving: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="has left and awaits a successor (I13): gets nothing at clients"
    )

    __table_args__ = (Index("member_person", "person_id"),)


class Link(Base):
    """Copy of a link of clients; the tombstone of an ended one stays."""

    __tablename__ = "link"
    __tenants__ = ("agency_id", "company_id")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    state: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        Index("link_agency", "agency_id"),
        Index("link_company", "company_id"),
    )

    def administration_roles(self, package: list[str]) -> list[str]:
        """What the terms let agency people be at the client; `package` is what no named program stands for (B5)."""
        terms = convert(self.terms, Terms)
        if terms.administer_users:
            return [SYSTEM_ADMINISTRATOR]
        return [program_administrator(program) for program in terms.programs or package]


class Program(Base):
    """A program of the vendor that an agency may hand to its consultants."""

    __tablename__ = "program"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Client(Versioned, Base):
    """A link as access sees it: eligible for activation, active, ended."""

    __tablename__ = "client"
    __tenants__ = ("agency_id", "company_id")

    link_id: Mapped[UUID] = mapped_column(ForeignKey("link.id"), primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    state: Mapped[str]
    eligible_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[UUID | None]

    __table_args__ = (
        Index("client_agency", "agency_id", "eligible_at", "link_id"),
        Index("client_eligible", "agency_id", "eligible_at", "link_id", postgresql_where=text("state = 'eligible'")),
        Index("client_company", "company_id"),
    )

    def activate(self, *, by: UUID, at: datetime) -> None:
        """Consultants may be given access from now on."""
        if self.state == "active":
            raise AlreadyActive
        if self.state != "eligible":
            raise NotEligible
        self.state = "active"
        self.activated_by = by
        self.activated_at = at

    def end(self) -> None:
        """Nobody of the agency reaches the client any more."""
        self.state = "ended"


class Administration(Base):
    """Roles of an agency person at a client: the right to assign there, not to use (I4)."""

    __tablename__ = "administration"
    __tenants__ = ("agency_id", "company_id")

    link_id: Mapped[UUID] = mapped_column(ForeignKey("client.link_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    roles: Mapped[list[str]]

    __table_args__ = (Index("administration_person", "person_id", "agency_id"),)


class AccessGrant(Base):
    """Whether a consultant reaches a client (A1)."""

    __tablename__ = "access_grant"
    __tenants__ = ("agency_id", "company_id")

    link_id: Mapped[UUID] = mapped_column(ForeignKey("client.link_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    held: Mapped[bool]
    revision: Mapped[int] = mapped_column(comment=REVISION)

    __table_args__ = (Index("access_grant_person", "person_id", "agency_id"),)


class ProgramGrant(Base):
    """Whether a consultant has the right to a program at a client (A1)."""

    __tablename__ = "program_grant"
    __tenants__ = ("agency_id", "company_id")

    link_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    program: Mapped[str] = mapped_column(ForeignKey("program.id"), primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    held: Mapped[bool]
    revision: Mapped[int] = mapped_column(comment=REVISION)

    __table_args__ = (
        ForeignKeyConstraint(["link_id", "person_id"], ["access_grant.link_id", "access_grant.person_id"]),
        Index("program_grant_person", "person_id", "agency_id"),
    )


class Withdrawal(Versioned, Base):
    """That all of a person's grants at an agency went at once (A11)."""

    __tablename__ = "withdrawal"
    __tenants__ = ("agency_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    person_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    withdrawn_at: Mapped[datetime]

    __table_args__ = (
        Index("withdrawal_agency", "agency_id", "withdrawn_at"),
        {"comment": "that all of a person's grants at an agency went at once, since the membership ended"},
    )


class Job(Versioned, Base):
    """A bulk job: every client x consultant (access) and client x consultant x program, in a fixed order (A8)."""

    __tablename__ = "job"
    __tenants__ = ("agency_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    started_by: Mapped[UUID]
    operation: Mapped[str]
    clients: Mapped[list[UUID]] = mapped_column(comment="link ids")
    consultants: Mapped[list[UUID]]
    programs: Mapped[list[str]]
    state: Mapped[str]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    next_position: Mapped[int] = mapped_column(default=0, comment="all items before it are done")
    claim: Mapped[UUID | None] = mapped_column(
        comment="token of the worker that may write items; another claim fences it out"
    )
    lease_until: Mapped[datetime | None] = mapped_column(comment="real time; after it another worker may claim the job")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    traceparent: Mapped[str | None] = mapped_column(comment="W3C trace context of the request that started it")

    __table_args__ = (
        Index("job_agency", "agency_id", "created_at"),
        Index("job_unfinished", "created_at", postgresql_where=text("state <> 'finished'")),
    )

    def chunk(self, size: int) -> range:
        """The next positions to do, about `size`: whole clients where they fit, whole consultants in any case."""
        pair = 1 + len(self.programs)
        client = pair * len(self.consultants)
        unit = client if client <= size else pair
        return range(self.next_position, min(self.next_position + max(size // unit, 1) * unit, self.total))

    def count(self, outcomes: dict[str, int], *, at: datetime) -> None:
        """Note the outcomes of a chunk; the job is finished with its last item."""
        self.done += outcomes.get("done", 0)
        self.unchanged += outcomes.get("unchanged", 0)
        self.refused += outcomes.get("refused", 0)
        self.next_position += sum(outcomes.values())
        if self.next_position == self.total:
            self.state = "finished"
            self.finished_at = at


class JobItem(Base):
    """What became of one item of a job; written once."""

    __tablename__ = "job_item"
    __tenants__ = ("agency_id",)

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    link_id: Mapped[UUID]
    person_id: Mapped[UUID]
    program: Mapped[str | None] = mapped_column(comment="null: access to the client itself")
    outcome: Mapped[str]
    reason: Mapped[str | None]

    __table_args__ = (Index("job_item_outcome", "job_id", "outcome", "position"),)
