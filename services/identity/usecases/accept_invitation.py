"""Accept an invitation."""

from typing import Annotated
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from libs.shared.audit import Entry
from libs.shared.auth import Caller
from libs.shared.database import Database, Tx
from libs.shared.errors import Invalid
from libs.shared.mail_tokens import MailToken, is_genuine, read_token
from services.identity.events import membership_changed
from services.identity.models import AlreadyAccepted, Invitation, InvitationNotOpen, Membership, Organisation, Person
from services.identity.passwords import LONGEST, TooShort, choose_password
from services.identity.usecases.follow_administration import follow_administration

PURPOSE = "invitation"


class SignInFirst(Invalid):
    """You have a sign-in already: sign in, and accept the invitation again without a password."""


class AcceptInvitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new person chooses; somebody with a sign-in is signed in and chooses nothing."""

    password: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None
    """At least 10 characters, and not easily guessed; length matters more than composition."""


async def hash_chosen(database: Database, *, token: str, secret: str, given: AcceptInvitation) -> str | None:
    """The hash of the password chosen, made outside the transaction: it takes long, and connections are few."""
    if given.password is None:
        return None
    async with database.begin(None) as tx:
        invitation, _ = await _genuine(tx, token, secret)
        await tx.become(invitation.person_id)
        person = await tx.get(Person, invitation.person_id, visible_to=invitation.person_id)
    if invitation.accepted_at is not None:
        raise AlreadyAccepted
    if person.password_hash is not None:
        raise SignInFirst
    return await choose_password(given.password, about=(person.name, person.email))


async def accept_invitation(
    tx: Tx, *, token: str, secret: str, password_hash: str | None, caller: Caller | None
) -> Invitation:
    """Make the invited person a member, with a password of their own if they have no sign-in yet."""
    invitation, read = await _genuine(tx, token, secret)
    tx.actor = f"person:{invitation.person_id}"  # whoever holds the mail's link is taken for whom it was sent to
    organisation = await tx.lock(Organisation, invitation.organisation_id, visible_to=invitation.organisation_id)
    organisation.ensure_not_refused()
    invitation = await tx.lock(Invitation, invitation.id, visible_to=organisation.id)
    _check(read, secret, invitation)  # it may have been sent again while its row was waited for
    invitation.accept(at=tx.now)
    membership = await tx.lock(Membership, invitation.membership_id, visible_to=organisation.id)
    membership.accept()
    tx.emit(membership_changed(membership, organisation), of=membership)
    name = await _set_password(tx, invitation.person_id, password_hash, caller)
    await tx.become(organisation.id)
    await _record(tx, invitation, name)
    await follow_administration(tx, organisation=organisation)
    return invitation


async def _genuine(tx: Tx, mailed: str, secret: str) -> tuple[Invitation, MailToken]:
    """The invitation that a token of ours is for, and the token; goes on with its organisation as tenant."""
    token = read_token(mailed)
    if token is None:
        raise InvitationNotOpen
    tenant: UUID | None = await tx.session.scalar(select(func.tenant_of_invitation(token.thing)))
    if tenant is None:
        raise InvitationNotOpen
    await tx.become(tenant)
    invitation = await tx.get(Invitation, token.thing, visible_to=tenant)
    _check(token, secret, invitation)
    return invitation, token


def _check(token: MailToken, secret: str, invitation: Invitation) -> None:
    genuine = is_genuine(token, secret, PURPOSE, invitation.generation)
    if not genuine or token.recipient != invitation.person_id:
        raise InvitationNotOpen


async def _record(tx: Tx, invitation: Invitation, name: str | None) -> None:
    entry = Entry(
        tenant=invitation.organisation_id,
        at=tx.now,
        actor=tx.actor,
        on_behalf_of=invitation.organisation_id,
        action="accept_invitation",
        thing=invitation.id,
        details={"person": str(invitation.person_id)},
    )
    await tx.record(entry, name=name)


async def _set_password(tx: Tx, person_id: UUID, password_hash: str | None, caller: Caller | None) -> str | None:
    await tx.become(person_id)
    person = await tx.lock(Person, person_id, visible_to=person_id)
    if person.erased_at is not None:
        raise InvitationNotOpen
    if person.password_hash is not None:
        if caller is None or caller.id != person_id:
            raise SignInFirst
        return person.name
    if password_hash is None:
        raise TooShort
    person.password_hash = password_hash
    return person.name
