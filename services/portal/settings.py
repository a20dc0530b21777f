"""Settings of the portal."""

from typing import Annotated

import msgspec

SessionKey = Annotated[str, msgspec.Meta(pattern="^$|^.{32,}$")]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the portal needs to know: it has neither a database nor NATS, only addresses."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str
    """Where browsers reach the portal. If it is https, cookies are for https alone."""
    identity_url: str
    clients_url: str
    session_key: SessionKey = ""
    """What cookies are encrypted with: a random text of 32 characters or more, the same for all portal processes.
    Without it each process makes one at its start, and a restart signs everybody out."""
    log_level: str = "INFO"
