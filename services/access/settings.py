"""Settings of access."""

from libs.shared.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """What access needs to know: what every service does."""
