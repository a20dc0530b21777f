"""What identity does upon which event."""

from fullmakt.events import ClientActivated, ClientEligible, ClientEnded, GrantsWithdrawn, VerificationDecided

from libs.shared.database import Tx
from libs.shared.inbox import Consumers
from services.identity.usecases.end_client_sessions import end_client_sessions, end_withdrawn_sessions
from services.identity.usecases.follow_clients import (
    forget_administration,
    keep_activated,
    keep_eligible,
    keep_ended,
)
from services.identity.usecases.verify_organisation import take_decision

CONSUMERS = Consumers()


@CONSUMERS.on(ClientEligible)
async def on_client_eligible(tx: Tx, event: ClientEligible) -> None:
    """Copy it."""
    await keep_eligible(tx, event)


@CONSUMERS.on(ClientActivated)
async def on_client_activated(tx: Tx, event: ClientActivated) -> None:
    """Copy it, and who administers it."""
    await keep_activated(tx, event)


@CONSUMERS.on(ClientEnded)
async def on_client_ended(tx: Tx, event: ClientEnded) -> None:
    """Forget who administered it, and end the sessions that came through it."""
    await keep_ended(tx, event)
    await end_client_sessions(tx, event)


@CONSUMERS.on(GrantsWithdrawn)
async def on_grants_withdrawn(tx: Tx, event: GrantsWithdrawn) -> None:
    """Forget what the person administered, and end the sessions that they came to it by."""
    await forget_administration(tx, event)
    await end_withdrawn_sessions(tx, event)


@CONSUMERS.on(VerificationDecided)
async def on_verification_decided(tx: Tx, event: VerificationDecided) -> None:
    """Decide it, as the vendor's own check has found."""
    await take_decision(tx, event)
