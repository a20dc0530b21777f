"""What identity does upon which event."""

from fullmakt.events import ClientActivated, ClientEligible, ClientEnded, GrantsWithdrawn

from libs.shared.inbox import Consumers
from services.identity.usecases.follow_clients import (
    forget_administration,
    keep_activated,
    keep_eligible,
    keep_ended,
)

CONSUMERS = Consumers()
CONSUMERS.on(ClientEligible)(keep_eligible)
CONSUMERS.on(ClientActivated)(keep_activated)
CONSUMERS.on(ClientEnded)(keep_ended)
CONSUMERS.on(GrantsWithdrawn)(forget_administration)
