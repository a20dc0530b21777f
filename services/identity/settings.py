"""Settings of identity."""

from libs.shared.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """What identity needs to know beyond what every service does."""

    signing_key: str
    """EC P-256 private key, PEM. Its public half is on the JWKS page."""
    key_secret: str
    """What is kept sealed is sealed by this; not in the database."""
    mail_token_secret: str
    """Shared with the services that mail links."""
    token_minutes: int = 10
