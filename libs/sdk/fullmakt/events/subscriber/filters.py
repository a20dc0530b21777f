"""What of the events a subscriber wants: by agency, by company; the types are those it has handlers for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from fullmakt.events.base import Event


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one agency, of one company, or of one agency at one company; of everybody where both are None."""

    agency: UUID | None = None
    company: UUID | None = None

    def subjects(self, contracts: Iterable[type[Event]]) -> list[str]:
        """The NATS subjects of these events.

        Raises ValueError: events of people belong to no tenant, so they can't be filtered by one.
        """
        return sorted(self._subject(contract) for contract in contracts)

    def takes(self, item: Any) -> bool:
        """Whether an item of a snapshot is wanted; the server has gone by one tenant, at most."""
        agency, company = item.subject.split(".")[-2:]
        wanted = ((self.agency, agency), (self.company, company))
        return all(tenant is None or str(tenant) == found for tenant, found in wanted)

    def _subject(self, contract: type[Event]) -> str:
        if self.agency is None and self.company is None:
            return f"fullmakt.{contract.type}.>"
        if contract.latest_only:
            raise ValueError(f"{contract.__name__} belongs to no tenant: subscribe to it without a filter, by itself")
        return f"fullmakt.{contract.type}.{self.agency or '*'}.{self.company or '*'}"
