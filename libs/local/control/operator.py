"""The platform operator as whom a test registers organisations."""

import asyncio
import importlib
from collections.abc import Awaitable
from typing import Protocol, cast

import asyncpg
import msgspec
from sqlalchemy.exc import SQLAlchemyError

from libs.local.control.errors import NotNow
from libs.local.home import Status
from libs.local.layout import Layout
from libs.shared.database import Database, Tx

EMAIL = "control@vendor.example"
NAME = "Control Operator"


class AddOperator(Protocol):
    """identity's use case; libraries import services by name alone."""

    def __call__(self, tx: Tx, *, name: str, email: str, password: str) -> Awaitable[object]:
        """Add an operator; nothing happens if the address has a sign-in already."""


class Operator(msgspec.Struct, frozen=True):
    """How the operator signs in."""

    email: str
    password: str


class Operators:
    """Adds the operator once."""

    def __init__(self, layout: Layout, password: str) -> None:
        """The operator will have this password."""
        self._layout = layout
        self._operator = Operator(EMAIL, password)
        self._adding = asyncio.Lock()
        self._added = False

    async def operator(self, status: Status) -> Operator:
        """Return the operator, added at the first call; one who is there from an earlier start is fine."""
        async with self._adding:
            if not self._added:
                try:
                    await self._add(status.postgres["identity"]["app"])
                except (OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
                    raise NotNow(f"the operator can't be added: {error}") from error
                self._added = True
        return self._operator

    async def _add(self, database_url: str) -> None:
        module = importlib.import_module(f"{self._layout.package}.identity.usecases.add_operator")
        add = cast(AddOperator, module.add_operator)
        database = Database(database_url, source="identity", pool_size=1)
        try:
            async with database.begin(None) as tx:
                await add(tx, name=NAME, email=EMAIL, password=self._operator.password)
        finally:
            await database.close()
