"""A service's database: transactions that know their tenant, their time and their events."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events import Event
from msgspec import json
from sqlalchemy import ColumnElement, DateTime, Text, insert, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from libs.shared.audit import Entry, seal
from libs.shared.errors import NotFound
from libs.shared.tables import audit_entry, audit_name, outbox
from libs.shared.trace import current_trace

log = logging.getLogger(__name__)

BEGIN = text("SELECT set_config('app.tenant', :tenant, true), business_now()")
BECOME = text("SELECT set_config('app.tenant', :tenant, true)")
LONGEST = 20
"""Seconds that a statement may take before its connection counts as lost."""
BARE = 2
"""Connections for bare statements."""
LOST = ("08", "57P", "53300", "25006")
"""SQLSTATEs of a connection that is gone, a server that stops, starts, is full, or is a standby just now."""


TYPES = {datetime: DateTime(timezone=True), str: Text, list[str]: ARRAY(Text)}
"""How annotations of mapped rows map to columns; each service has a declarative base of its own."""


class Versioned:
    """A thing that events tell of: its version counts its events."""

    version: Mapped[int] = mapped_column(default=0)


T = TypeVar("T", bound=DeclarativeBase)


class Tx:
    """One transaction: what it writes, what it tells and what it records take effect together or not at all."""

    def __init__(self, session: AsyncSession, actor: str, cause: Envelope | None) -> None:
        self.session = session
        self.actor = actor
        self.cause = cause
        self.tenant: UUID | None = None
        self.now: datetime
        self._told: list[dict[str, Any]] = []

    async def start(self, tenant: UUID | None) -> None:
        """Set the tenant that row-level security goes by, and read business time."""
        self.tenant = tenant
        row = (await self.session.execute(BEGIN, {"tenant": str(tenant or "")})).one()
        self.now = row[1]

    async def become(self, tenant: UUID) -> None:
        """Go on as another tenant, for what one fact means to several of them."""
        await self.session.flush()
        if tenant != self.tenant:
            await self.session.execute(BECOME, {"tenant": str(tenant)})
            self.tenant = tenant

    def add(self, row: DeclarativeBase) -> None:
        """Insert a row when the transaction is flushed."""
        self.session.add(row)

    async def get(self, model: type[T], id_: UUID, *, visible_to: UUID, lock: bool = False) -> T:
        """The row with this id, if it is this tenant's to see; NotFound otherwise."""
        query = select(model).where(model.id == id_, tenant_filter(model, visible_to))  # type: ignore[attr-defined]
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        row = (await self.session.scalars(query)).one_or_none()
        if row is None:
            raise NotFound
        return row

    async def lock(self, model: type[T], id_: UUID, *, visible_to: UUID) -> T:
        """As `get`, and nobody else changes the row until this transaction ends."""
        return await self.get(model, id_, visible_to=visible_to, lock=True)

    def emit(self, event: Event, *, of: Versioned) -> None:
        """Tell other systems, once the transaction commits. Counts up the version of the thing it is about."""
        of.version = (of.version or 0) + 1
        envelope = Envelope(
            id=uuid4(),
            source=event.source(),
            type=event.type,
            subject=event.thing_id(),
            time=self.now,
            version=of.version,
            actor=self.actor,
            traceparent=current_trace.get(),
        )
        self._told.append(
            {
                "stream": event.stream,
                "thing": envelope.subject,
                "version": envelope.version,
                "subject": event.subject(),
                "headers": to_headers(envelope),
                "body": json.encode(event),
            }
        )

    async def record(self, entry: Entry, *, name: str | None = None) -> None:
        """Add an entry to the audit trail of its tenant; `name` is kept beside it and can be erased."""
        row, beside = seal(entry, name)
        await self.session.execute(insert(audit_entry), row)
        if beside is not None:
            await self.session.execute(insert(audit_name), beside)

    async def finish(self) -> None:
        """Write what is to be told, as the last thing before the commit."""
        await self.session.flush()
        if self._told:
            await self.session.execute(insert(outbox), self._told)


class Database:
    """A pool of connections of one service's app role."""

    def __init__(self, url: str, *, source: str, pool_size: int) -> None:
        self.url = url
        self.source = source
        self.engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            connect_args={"timeout": 5, "command_timeout": LONGEST, "server_settings": {"application_name": source}},
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._bare: asyncpg.Pool | None = None

    @asynccontextmanager
    async def begin(
        self, tenant: UUID | None, *, actor: str = "system", cause: Envelope | None = None
    ) -> AsyncIterator[Tx]:
        """A transaction for one tenant (None: no tenant's rows are seen); commits at the end of the block."""
        async with self.sessions() as session, session.begin():
            tx = Tx(session, actor, cause)
            await tx.start(tenant)
            yield tx
            await tx.finish()

    async def fetch(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """One statement as a transaction of its own, for no tenant: a third of what a session's transaction costs.

        For tables that belong to no tenant, where it is done often, such as the outbox, and for functions that set the
        tenant themselves. TimeoutError: no connection for five seconds.
        """
        if self._bare is None:
            self._bare = asyncpg.create_pool(
                self.url, min_size=0, max_size=BARE, timeout=5, command_timeout=30, reset=_leave_as_is
            )
        await self._bare  # ready, the first time
        async with self._bare.acquire(timeout=5) as connection:
            return list(await connection.fetch(statement, *values))

    async def connect(self) -> asyncpg.Connection:
        """A connection of its own, outside the pool: to listen, or to hold a lock for long."""
        return await asyncpg.connect(self.url, timeout=5)

    async def close(self) -> None:
        """Close all connections."""
        if self._bare is not None:
            self._bare.terminate()
        await self.engine.dispose()


async def _leave_as_is(_: asyncpg.Connection) -> None:
    """A bare statement leaves nothing behind in its session that would have to be reset."""


def tenant_filter(model: type[DeclarativeBase], tenant: UUID) -> ColumnElement[bool]:
    """The rows of a model that a tenant may see, by the columns that the model names in `__tenants__`."""
    columns: tuple[str, ...] = model.__tenants__  # type: ignore[attr-defined]
    return or_(*(getattr(model, column) == tenant for column in columns))


def connection_lost(error: BaseException) -> bool:
    """Whether an error means that the database can't be reached just now, and not that we made a mistake."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, PoolTimeoutError) or getattr(error, "connection_invalidated", False):
        return True
    if (state := getattr(cause, "sqlstate", None)) is not None:
        return str(state).startswith(LOST)
    if isinstance(cause, OSError):
        return cause.filename is None  # one that names a file is about a file
    return isinstance(error, asyncpg.InterfaceError) and "connection is closed" in str(error)


def is_data_error(error: BaseException) -> bool:
    """Whether a value can't be kept at all: a NUL or half a surrogate pair in a text (SQLSTATE 22021, 22000)."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    states = {"22021", "22000", "22P05"}
    return isinstance(error, (DBAPIError, asyncpg.DataError)) and getattr(cause, "sqlstate", None) in states


def violated_constraint(error: DBAPIError) -> str | None:
    """The name of the constraint that a statement ran against, or None."""
    cause = getattr(error.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None)
