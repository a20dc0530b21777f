"""Where the services are."""

from collections.abc import Mapping

SERVICES = ("identity", "clients", "access", "notify")
Base = str | Mapping[str, str]


class Addresses:
    """One address under which all services are (`https://fullmakt.example`), or one for each service by name.

    An address may be given with or without the service's own prefix, `/identity` and so on.
    """

    def __init__(self, base: Base) -> None:
        given = dict.fromkeys(SERVICES, base) if isinstance(base, str) else base
        self._hosts = {name: url.rstrip("/").removesuffix(f"/{name}") for name, url in given.items()}

    def url(self, service: str, target: str) -> str:
        """The whole URL of a path of a service; ValueError if its address is not known."""
        try:
            return self._hosts[service] + target
        except KeyError:
            raise ValueError(f"no address was given for the service {service}") from None
