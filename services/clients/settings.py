"""Settings of clients."""

from libs.shared.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """What clients needs to know beyond what every service does."""

    mail_token_secret: str
    """Shared with the services that mail links."""
