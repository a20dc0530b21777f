"""Other systems that call us."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.identity.models.base import Base

Scope = Literal[
    "access.decide", "events.read", "organisations.register", "organisations.verify", "people.read", "sandbox"
]


class ServiceAccount(Base):
    """Another system that calls us, by client credentials. Its secret is kept hashed."""

    __tablename__ = "service_account"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
