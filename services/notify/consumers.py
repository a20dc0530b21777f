"""What notify does upon which event."""

from fullmakt.events import (
    EmailChangeRequested,
    InvitationSent,
    JobFinished,
    LinkEnded,
    LinkRequestAccepted,
    LinkRequestCancelled,
    LinkRequestDeclined,
    LinkRequestExpired,
    LinkRequestSent,
    MembershipChanged,
    OrganisationChanged,
    PasswordResetRequested,
    PersonChanged,
    SignInChanged,
    SoleTraderChanged,
)

from libs.shared.database import Tx
from libs.shared.inbox import Consumers
from services.notify.usecases.close_link_request import close_cancelled, close_expired
from services.notify.usecases.copy_membership import copy_membership
from services.notify.usecases.copy_organisation import copy_organisation
from services.notify.usecases.copy_person import copy_person
from services.notify.usecases.copy_sole_trader import copy_sole_trader
from services.notify.usecases.mail_link_request import mail_link_request
from services.notify.usecases.post_job_result import post_job_result
from services.notify.usecases.send_invitation import send_invitation
from services.notify.usecases.tell_of_answer import tell_of_acceptance, tell_of_refusal
from services.notify.usecases.tell_of_end import tell_of_end
from services.notify.usecases.tell_of_sign_in import mail_email_change, mail_password_reset, tell_of_sign_in_change

CONSUMERS = Consumers()


@CONSUMERS.on(OrganisationChanged)
async def on_organisation_changed(tx: Tx, event: OrganisationChanged) -> None:
    """Copy it."""
    await copy_organisation(tx, event=event)


@CONSUMERS.on(SoleTraderChanged)
async def on_sole_trader_changed(tx: Tx, event: SoleTraderChanged) -> None:
    """Copy who it is, or forget it."""
    await copy_sole_trader(tx, event=event)


@CONSUMERS.on(PersonChanged)
async def on_person_changed(tx: Tx, event: PersonChanged) -> None:
    """Copy them, or forget them."""
    await copy_person(tx, event=event)


@CONSUMERS.on(MembershipChanged)
async def on_membership_changed(tx: Tx, event: MembershipChanged) -> None:
    """Copy it."""
    await copy_membership(tx, event=event)


@CONSUMERS.on(InvitationSent)
async def on_invitation_sent(tx: Tx, event: InvitationSent) -> None:
    """Mail it, and send an SMS."""
    await send_invitation(tx, event=event)


@CONSUMERS.on(PasswordResetRequested)
async def on_password_reset_requested(tx: Tx, event: PasswordResetRequested) -> None:
    """Mail the link."""
    await mail_password_reset(tx, event=event)


@CONSUMERS.on(EmailChangeRequested)
async def on_email_change_requested(tx: Tx, event: EmailChangeRequested) -> None:
    """Mail both addresses."""
    await mail_email_change(tx, event=event)


@CONSUMERS.on(SignInChanged)
async def on_sign_in_changed(tx: Tx, event: SignInChanged) -> None:
    """Tell the person."""
    await tell_of_sign_in_change(tx, event=event)


@CONSUMERS.on(LinkRequestSent)
async def on_link_request_sent(tx: Tx, event: LinkRequestSent) -> None:
    """Mail every administrator of the company."""
    await mail_link_request(tx, event=event)


@CONSUMERS.on(LinkRequestAccepted)
async def on_link_request_accepted(tx: Tx, event: LinkRequestAccepted) -> None:
    """Tell the agency and the company's other administrators."""
    await tell_of_acceptance(tx, event=event)


@CONSUMERS.on(LinkRequestDeclined)
async def on_link_request_declined(tx: Tx, event: LinkRequestDeclined) -> None:
    """Tell the agency and the company's other administrators."""
    await tell_of_refusal(tx, event=event)


@CONSUMERS.on(LinkRequestCancelled)
async def on_link_request_cancelled(tx: Tx, event: LinkRequestCancelled) -> None:
    """Send nothing more of it."""
    await close_cancelled(tx, event=event)


@CONSUMERS.on(LinkRequestExpired)
async def on_link_request_expired(tx: Tx, event: LinkRequestExpired) -> None:
    """Tell the agency."""
    await close_expired(tx, event=event)


@CONSUMERS.on(LinkEnded)
async def on_link_ended(tx: Tx, event: LinkEnded) -> None:
    """Tell both sides."""
    await tell_of_end(tx, event=event)


@CONSUMERS.on(JobFinished)
async def on_job_finished(tx: Tx, event: JobFinished) -> None:
    """Tell the starter, in the product."""
    await post_job_result(tx, event=event)
