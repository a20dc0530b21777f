"""Settings of notify."""

from libs.shared.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """What notify needs to know beyond what every service does."""

    portal_url: str
    """Where people open what a mail links to."""
    app_url: str = "https://fullmakt.example/app"
    """Where client users get the receipts app (I10)."""
    mail_token_secret: str
    """Shared with the services that check mailed links."""
    smtp_host: str
    smtp_port: int
    smtp_username: str | None = None
    smtp_password: str | None = None
    smtp_starttls: bool = False
    """True: go on only encrypted, with a certificate that the system trusts."""
    mail_from: str
    """The sender of all mails: `Fullmakt <no-reply@fullmakt.example>`. Its domain ends the Message-IDs."""
    sms_gateway_url: str
    """Takes POST of `{"to", "text", "id"}`; the id is the delivery's, the same again on a repeat."""
