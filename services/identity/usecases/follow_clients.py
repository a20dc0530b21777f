"""Follow the clients that access tells of: copies that show where somebody of an agency may act, never judge it."""

from fullmakt.events import ClientActivated, ClientEligible, ClientEnded, GrantsWithdrawn
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from libs.shared.database import Tx
from libs.shared.inbox import NotYetKnown
from services.identity.models import Administration, Client


async def keep_eligible(tx: Tx, event: ClientEligible) -> None:
    """The company is a client of the agency from now on, not yet an active one."""
    row = insert(Client).values(
        link_id=event.link_id, agency_id=event.agency_id, company_id=event.company_id, state="eligible"
    )
    await tx.session.execute(row.on_conflict_do_nothing())


async def keep_activated(tx: Tx, event: ClientActivated) -> None:
    """The client is active, and these people administer it."""
    activated = update(Client).where(Client.link_id == event.link_id, Client.state != "ended").values(state="active")
    if await tx.session.scalar(activated.returning(Client.link_id)) is None:
        raise NotYetKnown
    rows = [
        {
            "link_id": event.link_id,
            "person_id": person_id,
            "agency_id": event.agency_id,
            "company_id": event.company_id,
            "roles": list(event.roles),
        }
        for person_id in event.administrators
    ]
    if rows:
        held = insert(Administration)
        again = held.on_conflict_do_update(index_elements=["link_id", "person_id"], set_={"roles": held.excluded.roles})
        await tx.session.execute(again, rows)


async def keep_ended(tx: Tx, event: ClientEnded) -> None:
    """Nobody of the agency administers it any more; the tombstone stays (A11)."""
    ended = update(Client).where(Client.link_id == event.link_id).values(state="ended")
    if await tx.session.scalar(ended.returning(Client.link_id)) is None:
        raise NotYetKnown
    await tx.session.execute(delete(Administration).where(Administration.link_id == event.link_id))


async def forget_administration(tx: Tx, event: GrantsWithdrawn) -> None:
    """The person administers no client of the agency any more: who comes back starts with nothing (A11)."""
    held = delete(Administration).where(
        Administration.agency_id == event.agency_id, Administration.person_id == event.person_id
    )
    await tx.session.execute(held)
