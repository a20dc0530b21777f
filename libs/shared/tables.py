"""Tables that every service has for itself: messages out and in, audit, idempotency, business time.

The tables of messages and of time belong to no tenant and are reached by no route as they are. Stored answers
and the audit trail are under row-level security, as the tables of the domain are.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType


class Xid8(UserDefinedType[int]):
    """A transaction's number."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The type's name in SQL."""
        return "xid8"


SHARED = MetaData()
NOW = text("now()")
FIRST = "nullif(nullif(split_part(subject, '.', 6), '_'), '')::uuid"
FIRST_IS = "first tenant of the subject; of a person's event, the person"
SECOND = "nullif(nullif(split_part(subject, '.', 7), '_'), '')::uuid"

outbox = Table(
    "outbox",
    SHARED,
    Column("id", BigInteger, primary_key=True),
    Column("xid", Xid8, nullable=False, comment="transaction that wrote the row, for a feed without gaps"),
    Column("stream", Text, nullable=False),
    Column("thing", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("stream_seq", BigInteger, comment="sequence that JetStream acknowledged; null: not sent"),
    Column("type", Text, Computed("headers->>'ce-type'", persisted=True)),
    Column("agency", Uuid, Computed(FIRST, persisted=True), comment=FIRST_IS),
    Column("company", Uuid, Computed(SECOND, persisted=True), comment="second tenant of the subject"),
    Index("outbox_unsent", "stream", "id", postgresql_where=text("stream_seq IS NULL")),
    Index("outbox_sent", "stream", "stream_seq"),
    Index("outbox_feed", "xid", "id"),
    Index("outbox_version", "stream", "thing", "version", unique=True),
    Index("outbox_type", "type", "thing", "version"),
    Index("outbox_agency", "agency", "stream", "thing", "version", postgresql_where=text("agency IS NOT NULL")),
    Index("outbox_company", "company", "stream", "thing", "version", postgresql_where=text("company IS NOT NULL")),
)

outbox_pruned = Table(
    "outbox_pruned",
    SHARED,
    Column("singleton", Boolean, primary_key=True, server_default=text("true")),
    Column(
        "upto", BigInteger, nullable=False, comment="row of the outbox up to which all that rows superseded is deleted"
    ),
)

inbox = Table(
    "inbox",
    SHARED,
    Column("stream", Text, primary_key=True),
    Column("thing", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="last version of the thing that took effect"),
)

parked = Table(
    "parked",
    SHARED,
    Column("stream", Text, primary_key=True),
    Column("thing", Uuid, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("retry_at", DateTime(timezone=True), comment="null: waits for an earlier version of its thing"),
    Column("reason", Text, nullable=False),
    Column("dead", Boolean, nullable=False, server_default=text("false")),
    Index("parked_due", "retry_at", postgresql_where=text("NOT dead")),
)

audit_entry = Table(
    "audit_entry",
    SHARED,
    Column("id", Uuid, primary_key=True),
    Column("tenant_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="the entry as JSON, byte for byte what was sealed"),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of body"),
    Column("actor_id", Uuid, comment="the person who acted"),
    Column("person_id", Uuid, comment="the person whom it is about"),
    Index("audit_entry_tenant", "tenant_id", "at", "id"),
    Index("audit_entry_actor", "actor_id", "at", "id", postgresql_where=text("actor_id IS NOT NULL")),
    Index("audit_entry_person", "person_id", "at", "id", postgresql_where=text("person_id IS NOT NULL")),
)

audit_name = Table(
    "audit_name",
    SHARED,
    Column("entry_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Index("audit_name_person", "person_id"),
)

idempotency = Table(
    "idempotency",
    SHARED,
    Column("tenant_id", Uuid, primary_key=True),
    Column("caller", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Index("idempotency_at", "at"),
)

business_clock = Table(
    "business_clock",
    SHARED,
    Column("singleton", Boolean, primary_key=True, server_default=text("true")),
    Column("ahead", Interval, nullable=False, comment="how far business time is ahead of real time"),
)
