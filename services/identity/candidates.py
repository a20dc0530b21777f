"""Who may be invited as client users (I9): reads that span an agency and its clients, by reviewed functions."""

from typing import Literal
from uuid import UUID

from sqlalchemy import text

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.paging import read_cursor, write_cursor
from services.identity.client_users import RECEIPTS, require_agency
from services.identity.views.client_users import CandidatePage, CandidateView

Mode = Literal["new", "existing"]
CLIENTS = text("SELECT * FROM clients_without_users(:person, :search, :name, :link, :at_most)")
OWN_USERS = text("SELECT * FROM own_users_without_app(:person, :app, :search, :name, :user, :link, :at_most)")


async def candidates(
    tx: Tx, *, actor: Actor, mode: Mode, search: str | None, after: str | None, limit: int
) -> CandidatePage:
    """Clients without own users, or own users without the app, where the caller is system administrator."""
    await require_agency(tx, actor)
    given = {"person": actor.person_id, "search": (search or "").strip(), "at_most": limit + 1}
    page = await (_clients if mode == "new" else _own_users)(tx, given, after)
    items = page[:limit]
    return CandidatePage(items=items, next=_after(items[-1]) if len(page) > limit else None)


async def _clients(tx: Tx, given: dict[str, object], after: str | None) -> list[CandidateView]:
    name, link = (None, None) if after is None else read_cursor(after, tuple[str, UUID])
    rows = await tx.session.execute(CLIENTS, given | {"name": name, "link": link})
    return [CandidateView.of(row) for row in rows.mappings()]


async def _own_users(tx: Tx, given: dict[str, object], after: str | None) -> list[CandidateView]:
    name, user, link = (None, None, None) if after is None else read_cursor(after, tuple[str, UUID, UUID])
    rows = await tx.session.execute(OWN_USERS, given | {"app": RECEIPTS, "name": name, "user": user, "link": link})
    return [CandidateView.of(row) for row in rows.mappings()]


def _after(last: CandidateView) -> str:
    if last.person_id is None:
        return write_cursor(last.company_name, last.link_id)
    return write_cursor(last.name or "", last.person_id, last.link_id)
