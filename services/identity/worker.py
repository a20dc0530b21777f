"""The worker of identity."""

from libs.shared.worker import Worker
from services.identity.consumers import CONSUMERS
from services.identity.due import tend_keys
from services.identity.settings import Settings


def create_worker(settings: Settings) -> Worker:
    """Wire identity's worker."""
    return Worker("identity", settings, consumers=CONSUMERS, due=[tend_keys(settings)])
