"""End the program sessions of whoever came to a client by a way that is gone (A11)."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from fullmakt.events import ClientEnded, GrantsWithdrawn
from sqlalchemy import func, select

from libs.shared.database import Tx
from services.identity.models import Session
from services.identity.sessions import end_sessions

GONE = "access_gone"


async def end_client_sessions(tx: Tx, event: ClientEnded) -> None:
    """The link is over: nobody is at this client through it any more."""
    ids = func.sessions_through_link(event.link_id).table_valued("person_id", "session_id")
    await end_each(tx, (await tx.session.execute(select(ids))).all(), reason=GONE)


async def end_withdrawn_sessions(tx: Tx, event: GrantsWithdrawn) -> None:
    """A person lost what they held at these clients: they are at none of them through it any more."""
    links = {item.client for item in event.grants if not item.held}
    await tx.become(event.person_id)
    await end_sessions(tx, event.person_id, Session.link_id.in_(links), reason=GONE)


async def end_each(tx: Tx, found: Iterable[Any], *, reason: str) -> None:
    """End these sessions, each as the person whose it is. `found`: rows of (person_id, session_id), by person."""
    for person_id, rows in groupby(found, key=lambda row: row.person_id):
        await tx.become(person_id)
        await end_sessions(tx, person_id, Session.id.in_([row.session_id for row in rows]), reason=reason)
