"""Settings of identity."""

from libs.shared.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """What identity needs to know beyond what every service does."""

    portal_url: str
    """Where people sign in; the portal shows the page that a program's sign-in leads to."""
    key_secret: str
    """What private keys and second factors are sealed with, and what is signed for ourselves is derived from."""
    mail_token_secret: str
    """Shared with the services that mail links."""
    token_minutes: int = 10
    key_lead_minutes: int = 10
    """How long a new key is published before it signs: longer than anybody keeps the page of keys."""
