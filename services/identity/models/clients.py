"""Copies of what other services own: an agency's clients, and who of the agency administers them (I4, I8)."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base


class Client(Base):
    """Copy of a client of access; the tombstone of an ended one stays."""

    __tablename__ = "client"
    __tenants__ = ("agency_id", "company_id")

    link_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    state: Mapped[str]

    __table_args__ = (Index("client_agency", "agency_id", "company_id"), Index("client_company", "company_id"))


class Administration(Base):
    """Copy of what an agency person holds at a client: to show what they may do, never to judge it."""

    __tablename__ = "administration"
    __tenants__ = ("agency_id", "company_id")

    link_id: Mapped[UUID] = mapped_column(ForeignKey("client.link_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    company_id: Mapped[UUID]
    roles: Mapped[list[str]]

    __table_args__ = (Index("administration_person", "person_id", "agency_id"),)
