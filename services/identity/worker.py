"""The worker of identity."""

from libs.shared.worker import Worker
from services.identity.consumers import CONSUMERS
from services.identity.due import HOUR, MINUTE, each, tend_keys
from services.identity.ended import tell_ended_sessions
from services.identity.limits import prune_failures
from services.identity.sessions import forget_old_sessions
from services.identity.settings import Settings
from services.identity.usecases.change_email import expire_email_changes
from services.identity.usecases.forget_never_joined import forget_never_joined


def create_worker(settings: Settings) -> Worker:
    """Wire identity's worker."""
    return Worker(
        "identity",
        settings,
        consumers=CONSUMERS,
        due=[
            expire_email_changes,
            prune_failures,
            forget_old_sessions,
            each(MINUTE, tend_keys(settings)),
            each(HOUR, forget_never_joined),
        ],
        loops=[tell_ended_sessions],
    )
