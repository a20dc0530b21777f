"""The worker of notify."""

from libs.shared.worker import Worker
from services.notify.consumers import CONSUMERS
from services.notify.sender import Sender
from services.notify.settings import Settings
from services.notify.usecases.remind_recipients import remind_recipients


def create_worker(settings: Settings) -> Worker:
    """Wire notify's worker."""
    return Worker("notify", settings, consumers=CONSUMERS, due=[remind_recipients], loops=[Sender(settings).run])
