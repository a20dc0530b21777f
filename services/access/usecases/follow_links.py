"""Follow the links that clients tells of: eligible when accepted, over when ended."""

from fullmakt.events import LinkAccepted, LinkEnded
from msgspec import to_builtins
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert

from libs.shared.audit import Entry
from libs.shared.database import Tx
from libs.shared.inbox import NotYetKnown
from services.access.events import client_eligible, client_ended
from services.access.models import Administration, Client, Link

TAKE_PROGRAMS = text("UPDATE program_grant SET held = false, revision = revision + 1 WHERE link_id = :link AND held")
TAKE_ACCESS = text("UPDATE access_grant SET held = false, revision = revision + 1 WHERE link_id = :link AND held")


async def make_eligible(tx: Tx, event: LinkAccepted) -> None:
    """Put the client on the agency's activation list (A2, L15)."""
    parties = {"agency_id": event.agency_id, "company_id": event.company_id}
    link = insert(Link).values(id=event.link_id, **parties, state="live", terms=to_builtins(event.terms))
    if await tx.session.scalar(link.on_conflict_do_nothing().returning(Link.id)) is None:
        return
    client = Client(link_id=event.link_id, **parties, state="eligible", eligible_at=tx.now)
    tx.add(client)
    tx.emit(client_eligible(client), of=client)


async def end_client(tx: Tx, event: LinkEnded) -> None:
    """Take all that hung on the link, at once and for good (A11); its tombstone stays.

    Chunks of jobs hold the link's row while they give: they are waited for, and later ones see that it ended.
    """
    link = await tx.session.get(Link, event.link_id, with_for_update=True)
    client = await tx.session.get(Client, event.link_id, with_for_update=True)
    if link is None or client is None:
        raise NotYetKnown
    if link.state == "ended":
        return
    link.state = "ended"
    client.end()
    await tx.session.execute(delete(Administration).where(Administration.link_id == link.id))
    await tx.session.execute(TAKE_PROGRAMS, {"link": link.id})
    await tx.session.execute(TAKE_ACCESS, {"link": link.id})
    tx.emit(client_ended(client, tx), of=client)
    entry = Entry(
        tenant=link.agency_id,
        at=tx.now,
        actor=tx.actor,
        action="end_client",
        thing=link.id,
        details={"company": str(link.company_id)},
    )
    await tx.record(entry)
