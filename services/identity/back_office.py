"""Reads of the back office: platform operators and service accounts, who belong to no organisation."""

from typing import Any
from uuid import UUID

from sqlalchemy import TableValuedAlias, func, select

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.paging import read_cursor, write_cursor
from services.identity.acting import require_operator
from services.identity.views.operators import AccountPage, AccountView, OperatorPage, OperatorView


async def operators(tx: Tx, *, caller: Caller | None, after: str | None, limit: int) -> OperatorPage:
    """Who is a platform operator. `caller`: one of them; None is the command line."""
    await require_operator(tx, caller)
    source = func.operators().table_valued("id", "name", "email", "has_sign_in")
    rows, following = await _page(tx, source, after, limit)
    return OperatorPage(
        items=[
            OperatorView(person_id=row.id, name=row.name, email=row.email, has_sign_in=row.has_sign_in) for row in rows
        ],
        next=following,
    )


async def service_accounts(tx: Tx, *, caller: Caller | None, after: str | None, limit: int) -> AccountPage:
    """Which other systems are let in, and which were. `caller`: an operator; None is the command line."""
    await require_operator(tx, caller)
    source = func.service_accounts().table_valued("id", "name", "scopes", "created_at", "revoked_at")
    rows, following = await _page(tx, source, after, limit)
    return AccountPage(
        items=[
            AccountView(
                client_id=row.id,
                name=row.name,
                scopes=row.scopes,
                created_at=row.created_at,
                revoked_at=row.revoked_at,
            )
            for row in rows
        ],
        next=following,
    )


async def _page(tx: Tx, source: TableValuedAlias, after: str | None, limit: int) -> tuple[list[Any], str | None]:
    query = select(source).order_by(source.c.id).limit(limit + 1)
    if after is not None:
        query = query.where(source.c.id > read_cursor(after, tuple[UUID])[0])
    found = list(await tx.session.execute(query))
    return found[:limit], write_cursor(found[limit - 1].id) if len(found) > limit else None
