"""Write to people about what they sign in with (I14)."""

from uuid import UUID

from fullmakt.events import EmailChangeRequested, PasswordResetRequested, SignInChanged

from libs.shared.database import Tx
from services.notify.models import Params
from services.notify.usecases.queue_deliveries import queue_deliveries


async def mail_password_reset(tx: Tx, *, event: PasswordResetRequested) -> None:
    """Mail the link by which another password is set."""
    params = Params(password_reset_id=event.password_reset_id, generation=event.generation, expires_at=event.expires_at)
    cause = f"password_reset.requested:{event.password_reset_id}:{event.generation}"
    await _write(tx, event.person_id, "password_reset", cause, params)


async def mail_email_change(tx: Tx, *, event: EmailChangeRequested) -> None:
    """Mail both addresses a link of their own that confirms the change."""
    params = Params(email_change_id=event.email_change_id, generation=event.generation, expires_at=event.expires_at)
    for side in ("old", "new"):
        cause = f"email_change.requested:{event.email_change_id}:{event.generation}:{side}"
        await _write(tx, event.person_id, f"email_change_{side}", cause, params)


async def tell_of_sign_in_change(tx: Tx, *, event: SignInChanged) -> None:
    """Tell a person that what they sign in with has changed, in case it was not them."""
    cause = f"sign_in.changed:{event.sign_in_change_id}"
    await _write(tx, event.person_id, "sign_in_changed", cause, Params(change=event.change, at=event.changed_at))


async def _write(tx: Tx, person_id: UUID, template: str, cause: str, params: Params) -> None:
    await queue_deliveries(
        tx, organisation_id=person_id, kind="person", to=[person_id], template=template, cause=cause, params=params
    )
