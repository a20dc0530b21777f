"""Where the services are."""

from collections.abc import Mapping
from urllib.parse import urlsplit

SERVICES = ("identity", "clients", "access", "notify")
Base = str | Mapping[str, str]


class Addresses:
    """One address under which all services are (`https://fullmakt.example`), or one for each service by name.

    An address may be given with or without the service's own prefix, `/identity` and so on. ValueError for what is no
    address to call: without http(s) or host, or with a query, a fragment, or a user, who would be sent in place of the
    access token.
    """

    def __init__(self, base: Base) -> None:
        given = dict.fromkeys(SERVICES, base) if isinstance(base, str) else base
        self._hosts = {name: checked(url).rstrip("/").removesuffix(f"/{name}") for name, url in given.items()}

    def url(self, service: str, target: str) -> str:
        """The whole URL of a path of a service; ValueError if its address is not known."""
        try:
            return self._hosts[service] + target
        except KeyError:
            raise ValueError(f"no address was given for the service {service}") from None


def checked(url: str) -> str:
    """An address that paths can be added to; ValueError, which doesn't quote it, for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable() or " " in url:
        raise ValueError("an address is like https://fullmakt.example")
    if "?" in url or "#" in url or "@" in parts.netloc:
        raise ValueError("an address has no query, no fragment and no user or password")
    return url
