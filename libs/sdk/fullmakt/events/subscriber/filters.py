"""What of the events a subscriber wants: by agency, by company; the types are those it has handlers for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import force_setattr

from fullmakt.events.base import Event


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one agency, of one company, or of one agency at one company; of everybody where both are None."""

    agency: UUID | None = None
    company: UUID | None = None

    def __post_init__(self) -> None:
        """Take ids as text too; ValueError where that is none: no event would ever come."""
        for tenant in ("agency", "company"):
            if (given := getattr(self, tenant)) is not None:
                force_setattr(self, tenant, UUID(str(given)))

    def subjects(self, contracts: Iterable[type[Event]]) -> list[str]:
        """The NATS subjects of these events.

        Raises ValueError: an event is not told by such a tenant, so that none would ever come: of people by none, of
        grants and jobs by agency alone, of organisations by one of the two.
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
        wanted = {name for name, tenant in (("agency", self.agency), ("company", self.company)) if tenant}
        if not wanted <= _told_by(contract) or (len(wanted) > 1 and "organisation_id" in contract.__struct_fields__):
            raise ValueError(f"{contract.__name__} is not told by {' and '.join(sorted(wanted))}: none would ever come")
        return f"fullmakt.{contract.type}.{self.agency or '*'}.{self.company or '*'}"


def _told_by(contract: type[Event]) -> set[str]:
    """The tenants that the subjects of a contract name, as `Event.tenants` has them."""
    if contract.latest_only:
        return set()
    either = "organisation_id" in contract.__struct_fields__
    return {tenant for tenant in ("agency", "company") if either or f"{tenant}_id" in contract.__struct_fields__}
