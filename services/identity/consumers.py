"""What identity does upon which event: nothing yet."""

from libs.shared.inbox import Consumers

CONSUMERS = Consumers()
