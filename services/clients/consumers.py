"""What clients does upon which event."""

from fullmakt.events import (
    ClientActivated,
    MembershipChanged,
    OrganisationChanged,
    OrganisationRefused,
    PersonChanged,
    SoleTraderChanged,
)
from sqlalchemy import case, delete, update
from sqlalchemy.dialects.postgresql import insert

from libs.shared.database import Tx
from libs.shared.erasure import forget_person
from libs.shared.inbox import Consumers, NotYetKnown
from services.clients.models import Link, Member, Organisation, Person

CONSUMERS = Consumers()
ERASED = "\N{EN DASH}"
"""What stands where the name of an erased sole trader was."""


@CONSUMERS.on(OrganisationChanged)
async def follow_organisation(tx: Tx, event: OrganisationChanged) -> None:
    """Keep the organisation's details as it has them (I7); who a sole trader is comes by an event of its own (L22).

    That it was refused is told once, by an event of its own, and stays so.
    """
    values = {
        "kind": event.organisation_kind,
        "name": event.name,
        "country": event.country,
        "number": event.organisation_number,
        "subscription_number": event.subscription_number,
        "state": event.state,
    }
    row = insert(Organisation).values(id=event.organisation_id, **values)
    kept = {"name", "number"} if event.sole_trader else set()
    changed: dict[str, object] = {name: value for name, value in values.items() if name not in kept}
    changed["state"] = case((Organisation.state == "refused", "refused"), else_=row.excluded.state)
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))


@CONSUMERS.on(SoleTraderChanged)
async def follow_sole_trader(tx: Tx, event: SoleTraderChanged) -> None:
    """Keep who a sole trader is, or forget it once it is erased."""
    told = {"name": event.name or ERASED, "number": event.organisation_number or ""}
    changed = update(Organisation).where(Organisation.id == event.organisation_id).values(told)
    if await tx.session.scalar(changed.returning(Organisation.id)) is None:
        raise NotYetKnown
    if event.erased:
        await forget_person(tx, event.organisation_id)


@CONSUMERS.on(OrganisationRefused)
async def follow_refusal(tx: Tx, event: OrganisationRefused) -> None:
    """Know that an organisation is not who it was registered as: it is of no use."""
    refused = update(Organisation).where(Organisation.id == event.organisation_id)
    await tx.session.execute(refused.values(state="refused"))


@CONSUMERS.on(PersonChanged)
async def follow_person(tx: Tx, event: PersonChanged) -> None:
    """Keep the person's name; forget it everywhere once they are erased."""
    row = insert(Person).values(id=event.person_id, name=event.name)
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"name": event.name}))
    if event.erased:
        await forget_person(tx, event.person_id)


@CONSUMERS.on(MembershipChanged)
async def follow_membership(tx: Tx, event: MembershipChanged) -> None:
    """Keep who is an active member, with which roles; the end of an earlier membership changes nothing."""
    key = {"organisation_id": event.organisation_id, "person_id": event.person_id}
    if event.state != "active":
        await tx.session.execute(delete(Member).filter_by(**key, membership_id=event.membership_id))
        return
    held = {"membership_id": event.membership_id, "roles": list(event.roles)}
    row = insert(Member).values(**key, **held)
    await tx.session.execute(row.on_conflict_do_update(index_elements=list(key), set_=held))


@CONSUMERS.on(ClientActivated)
async def follow_activation(tx: Tx, event: ClientActivated) -> None:
    """Show the client as active."""
    active = update(Link).where(Link.id == event.link_id, Link.agency_id == event.agency_id)
    await tx.session.execute(active.values(activated_at=event.activated_at))
