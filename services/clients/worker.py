"""The worker of clients."""

from libs.shared.worker import Worker
from services.clients.consumers import CONSUMERS
from services.clients.settings import Settings
from services.clients.usecases.expire_link_requests import expire_link_requests


def create_worker(settings: Settings) -> Worker:
    """Wire clients' worker."""
    return Worker("clients", settings, consumers=CONSUMERS, due=[expire_link_requests])
