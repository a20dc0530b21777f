"""What every event is: a frozen struct with a type, a thing whose versions order it, and its tenants."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeVar
from uuid import UUID

import msgspec

OrganisationKind = Literal["agency", "company"]
Keeps = Literal["newest", "all"]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A point in time with its offset from UTC."""
PersonalData = Annotated[str | None, msgspec.Meta(extra_json_schema={"x-personal-data": True})]
"""Something about a person: None where it isn't known, and once they are erased."""

FIELDS = {
    "link_request_id": "The link request.",
    "link_id": "The link between agency and company; never used again once it has ended.",
    "agency_id": "The agency.",
    "company_id": "The company, which is the agency's client while they are linked.",
    "organisation_id": "The organisation, an agency or a company.",
    "organisation_kind": "What the organisation is.",
    "person_id": "The person whom it is about.",
    "membership_id": "The membership of one person in one organisation.",
    "invitation_id": "The invitation.",
    "verification_id": "The verification, as `GET /identity/v1/verifications` has it by its `id`.",
    "password_reset_id": "The request for a new password.",
    "email_change_id": "The request for another e-mail address.",
    "sign_in_change_id": "The change.",
    "session_id": "The session.",
    "job_id": "The bulk job.",
    "withdrawal_id": "The withdrawal.",
    "delivery_id": "The mail or SMS.",
    "requested_by": "The person of the agency who asked for the link.",
    "terms": "What the agency may do at the client.",
    "generation": "Counts the sendings from 1 on; the tokens of older ones are void.",
}
"""What a field means in every event that has it; docstrings in the contracts say what others mean."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact in the past tense, whole enough that a reader need not call back. Readers ignore unknown fields."""

    type: ClassVar[str]
    thing: ClassVar[str]
    stream: ClassVar[str]
    latest_only: ClassVar[bool]
    keeps: ClassVar[Keeps]

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

    def source(self) -> str:
        """Who sends it: `/fullmakt/<service>`, by the first word of its type."""
        return f"/fullmakt/{self.type.split('.', 1)[0]}"

    def subject(self) -> str:
        """The NATS subject: `fullmakt.<type>.<agency or _>.<company or _>`, for a person `….<person>`."""
        if self.latest_only:
            return f"fullmakt.{self.type}.{self.thing_id()}"
        agency, company = self.tenants()
        return f"fullmakt.{self.type}.{agency or '_'}.{company or '_'}"


CONTRACTS: dict[str, type[Event]] = {}
"""Every event type by its name, such as `clients.link.accepted.v1`."""

E = TypeVar("E", bound=type[Event])


def event(
    type_: str, *, thing: str, stream: str | None = None, latest_only: bool = False, keeps: Keeps = "newest"
) -> Callable[[E], E]:
    """Register a struct as the contract of an event type. Its docstring says when it is sent.

    `thing` names the field with the id of the thing that the event is about. `stream` is the JetStream
    stream, the first word of the type unless told. Of a `latest_only` thing only the newest event is kept,
    so versions may be missing before it. A snapshot has the newest event of each type of a thing, or, where
    they add up, all of them (`keeps`).
    """

    def register(contract: E) -> E:
        contract.type = type_
        contract.thing = thing
        contract.stream = stream or type_.split(".", 1)[0]
        contract.latest_only = latest_only
        contract.keeps = keeps
        CONTRACTS[type_] = contract
        return contract

    return register


def subjects_of(stream: str) -> list[str]:
    """The subjects that a stream holds, a wildcard for each kind of thing in it."""
    types = (contract.type.split(".") for contract in CONTRACTS.values() if contract.stream == stream)
    return sorted({f"fullmakt.{context}.{thing}.>" for context, thing, *_ in types})
