"""What every event is: a frozen struct with a type, a thing whose versions order it, and its tenants."""

from collections.abc import Callable
from typing import ClassVar, Literal, TypeVar
from uuid import UUID

import msgspec

OrganisationKind = Literal["agency", "company"]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact in the past tense, whole enough that a reader need not call back. Readers ignore unknown fields."""

    type: ClassVar[str]
    thing: ClassVar[str]
    stream: ClassVar[str]
    latest_only: ClassVar[bool]

    def thing_id(self) -> UUID:
        """The thing that this event is about; its events are numbered 1, 2, 3, … without a gap."""
        return UUID(str(getattr(self, self.thing)))

    def tenants(self) -> tuple[UUID | None, UUID | None]:
        """The agency and the company that may see this event; None where there is none."""
        organisation = getattr(self, "organisation_id", None)
        if organisation is not None:
            is_agency = getattr(self, "organisation_kind", "agency") == "agency"
            return (organisation, None) if is_agency else (None, organisation)
        return getattr(self, "agency_id", None), getattr(self, "company_id", None)

    def first_tenant(self) -> UUID:
        """The tenant as which a consumer takes this event in; a person is their own."""
        agency, company = self.tenants()
        return agency or company or self.thing_id()

    def subject(self) -> str:
        """The NATS subject: `fullmakt.<type>.<agency or _>.<company or _>`, for a person `….<person>`."""
        if self.latest_only:
            return f"fullmakt.{self.type}.{self.thing_id()}"
        agency, company = self.tenants()
        return f"fullmakt.{self.type}.{agency or '_'}.{company or '_'}"


CONTRACTS: dict[str, type[Event]] = {}
"""Every event type by its name, such as `clients.link.accepted.v1`."""

E = TypeVar("E", bound=type[Event])


def event(type_: str, *, thing: str, stream: str | None = None, latest_only: bool = False) -> Callable[[E], E]:
    """Register a struct as the contract of an event type.

    `thing` names the field with the id of the thing that the event is about. `stream` is the JetStream
    stream, the first word of the type unless told. Of a `latest_only` thing only the newest event is kept,
    so versions may be missing before it.
    """

    def register(contract: E) -> E:
        contract.type = type_
        contract.thing = thing
        contract.stream = stream or type_.split(".", 1)[0]
        contract.latest_only = latest_only
        CONTRACTS[type_] = contract
        return contract

    return register


def subjects_of(stream: str) -> list[str]:
    """The subjects that a stream holds, a wildcard for each kind of thing in it."""
    types = (contract.type.split(".") for contract in CONTRACTS.values() if contract.stream == stream)
    return sorted({f"fullmakt.{context}.{thing}.>" for context, thing, *_ in types})
