"""Keep copies of what identity owns: organisations, people, memberships."""

from uuid import UUID, uuid4

from fullmakt.events import GrantsWithdrawn, MembershipChanged, OrganisationChanged, PersonChanged, SoleTraderChanged
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from libs.shared.audit import Entry
from libs.shared.database import Tx
from libs.shared.erasure import forget_person
from services.access.events import grant_items
from services.access.models import Administration, Member, Organisation, Person, Withdrawal

ERASED = "\N{EN DASH}"
"""What stands where the name of an erased sole trader was."""
LOCK_LINKS = text(
    "SELECT id FROM link WHERE agency_id = :agency AND id IN"
    " (SELECT link_id FROM access_grant WHERE person_id = :person AND agency_id = :agency AND held)"
    " ORDER BY id FOR SHARE"
)
WITHDRAW_PROGRAMS = text(
    "UPDATE program_grant SET held = false, revision = revision + 1"
    " WHERE person_id = :person AND agency_id = :agency AND held"
    " RETURNING link_id, company_id, person_id, program, held, revision"
)
WITHDRAW_ACCESS = text(
    "UPDATE access_grant SET held = false, revision = revision + 1"
    " WHERE person_id = :person AND agency_id = :agency AND held"
    " RETURNING link_id, company_id, person_id, CAST(NULL AS text) AS program, held, revision"
)


async def keep_organisation(tx: Tx, event: OrganisationChanged) -> None:
    """Show the organisation by the name that it has itself (I7); a sole trader's comes by an event of its own (L22)."""
    row = insert(Organisation).values(id=event.organisation_id, kind=event.organisation_kind, name=event.name)
    changed = {"kind": event.organisation_kind} | ({} if event.sole_trader else {"name": event.name})
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))


async def keep_sole_trader(tx: Tx, event: SoleTraderChanged) -> None:
    """Show a sole trader by their name, or forget it once it is erased."""
    name = event.name or ERASED
    row = insert(Organisation).values(id=event.organisation_id, kind=event.organisation_kind, name=name)
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"name": name}))
    if event.erased:
        await forget_person(tx, event.organisation_id)


async def keep_person(tx: Tx, event: PersonChanged) -> None:
    """Know a person's name, or forget it wherever it stands once they are erased."""
    name = None if event.erased else event.name
    row = insert(Person).values(id=event.person_id, name=name)
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"name": name}))
    if event.erased:
        await forget_person(tx, event.person_id)


async def keep_membership(tx: Tx, event: MembershipChanged) -> None:
    """Know what a member may do; with the end of a membership all that hung on it goes at once (A11).

    Who has left and stays an agency's only administrator (I13) keeps that role there, and nothing at clients.
    """
    key = {"organisation_id": event.organisation_id, "person_id": event.person_id}
    known = await tx.session.scalar(select(Member.membership_id).filter_by(**key).with_for_update())
    ends = event.state != "active"
    replaced = not ends and known != event.membership_id
    left = (ends or event.leaving) and known == event.membership_id
    if known is not None and (replaced or left):
        await _withdraw(tx, agency_id=event.organisation_id, person_id=event.person_id, membership_id=known)
    if ends:
        await tx.session.execute(delete(Member).filter_by(**key, membership_id=event.membership_id))
    else:
        held = {"membership_id": event.membership_id, "roles": list(event.roles), "leaving": event.leaving}
        row = insert(Member).values(**key, **held)
        await tx.session.execute(row.on_conflict_do_update(index_elements=["organisation_id", "person_id"], set_=held))


async def _withdraw(tx: Tx, *, agency_id: UUID, person_id: UUID, membership_id: UUID) -> None:
    """A chunk of a job that judges this person now holds the member's row: it was waited for, and is taken back."""
    given = {"agency": agency_id, "person": person_id}
    await tx.session.execute(LOCK_LINKS, given)
    administration = delete(Administration).where(
        Administration.person_id == person_id, Administration.agency_id == agency_id
    )
    administered = (await tx.session.scalars(administration.returning(Administration.link_id))).all()
    taken = [*(await tx.session.execute(WITHDRAW_PROGRAMS, given)), *(await tx.session.execute(WITHDRAW_ACCESS, given))]
    if not taken and not administered:
        return
    withdrawal = Withdrawal(
        id=uuid4(), agency_id=agency_id, person_id=person_id, membership_id=membership_id, withdrawn_at=tx.now
    )
    tx.add(withdrawal)
    for items in [*grant_items(taken)] or [()]:  # told also where administration was all that went
        event = GrantsWithdrawn(
            withdrawal_id=withdrawal.id,
            agency_id=agency_id,
            person_id=person_id,
            reason="membership_ended",
            grants=items,
            withdrawn_at=tx.now,
        )
        tx.emit(event, of=withdrawal)
    entry = Entry(
        tenant=agency_id,
        at=tx.now,
        actor=tx.actor,
        on_behalf_of=agency_id,
        action="withdraw_grants",
        thing=withdrawal.id,
        details={
            "person": str(person_id),
            "grants": [[str(row.link_id), row.program] for row in taken],
            "administration": sorted(map(str, administered)),
        },
    )
    await tx.record(entry)
