"""The worker of access."""

from libs.shared.worker import Worker
from services.access.consumers import CONSUMERS
from services.access.jobs import run_jobs
from services.access.settings import Settings


def create_worker(settings: Settings) -> Worker:
    """Wire access's worker."""
    return Worker("access", settings, consumers=CONSUMERS, due=[], loops=[run_jobs])
