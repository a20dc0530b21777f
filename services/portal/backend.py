"""The services behind the pages."""

import httpx
import msgspec

from services.portal.clients import Clients
from services.portal.identity import Identity


class Backend(msgspec.Struct, frozen=True):
    """Whom the pages ask."""

    identity: Identity
    clients: Clients

    @classmethod
    def reached_by(cls, http: httpx.AsyncClient, *, identity_url: str, clients_url: str) -> "Backend":
        """The services at these addresses."""
        return cls(Identity(http, identity_url), Clients(http, clients_url))
