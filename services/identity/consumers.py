"""What identity does upon which event."""

from fullmakt.events import ClientEnded, GrantsWithdrawn

from libs.shared.inbox import Consumers
from services.identity.usecases.end_client_sessions import end_client_sessions, end_withdrawn_sessions

CONSUMERS = Consumers()


CONSUMERS.on(ClientEnded)(end_client_sessions)
CONSUMERS.on(GrantsWithdrawn)(end_withdrawn_sessions)
