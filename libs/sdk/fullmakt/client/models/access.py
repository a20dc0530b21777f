"""Requests and answers of access."""
# Made from docs/openapi by `make generate`.

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import convert, field

from fullmakt.client.model import Model


class Action(Model, frozen=True, kw_only=True):
    """What they want to do: `use`."""

    name: str
    properties: dict[str, Any] | None = None


class ActivateClient(Model, frozen=True, kw_only=True):
    """Who is to administer the client: members of the agency; nobody named: whoever activates."""

    administrators: list[UUID] = field(default_factory=list)


class ActivatedView(Model, frozen=True, kw_only=True):
    """A client that was just activated."""

    link_id: UUID
    company_id: UUID
    state: str
    activated_at: datetime | None
    activated_by: UUID | None


class ClientView(Model, frozen=True, kw_only=True):
    """A client of the agency, with the company's own name."""

    link_id: UUID
    company_id: UUID
    company_name: str | None
    state: str
    eligible_at: datetime
    activated_at: datetime | None
    activated_by: UUID | None
    activated_by_name: str | None
    my_access: bool
    """Whether the caller reaches the client."""


class Configuration(Model, frozen=True, kw_only=True):
    """Where decisions are asked for, by the address that we are configured with."""

    policy_decision_point: str
    access_evaluation_endpoint: str
    access_evaluations_endpoint: str


class FeedItem(Model, frozen=True, kw_only=True):
    """An event as it is published, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any


class FeedPage(Model, frozen=True, kw_only=True):
    """Events in the order of their commits; `next` continues after the last, also when there is none yet."""

    items: list[FeedItem]
    next: str


class ItemError(Model, frozen=True, kw_only=True):
    """What is wrong with one request of several."""

    status: int
    message: str


class JobItemView(Model, frozen=True, kw_only=True):
    """What became of one item; `program` null is access to the client itself."""

    position: int
    link_id: UUID
    company_name: str | None
    person_id: UUID
    person_name: str | None
    program: str | None
    outcome: Literal["done", "refused", "unchanged"]
    reason: str | None


class JobView(Model, frozen=True, kw_only=True):
    """A bulk job and how far it is; counts are items."""

    id: UUID
    operation: str
    state: str
    started_by: UUID
    total: int
    done: int
    unchanged: int
    refused: int
    created_at: datetime
    finished_at: datetime | None


class Options(Model, frozen=True, kw_only=True):
    """How to go through several requests."""

    evaluations_semantic: Literal["deny_on_first_deny", "execute_all", "permit_on_first_permit"] = "execute_all"


class PartialEvaluation(Model, frozen=True, kw_only=True):
    """A request whose missing parts come from the defaults."""

    subject: dict[str, Any] | None = None
    action: dict[str, Any] | None = None
    resource: dict[str, Any] | None = None
    context: dict[str, Any] | None = None


class ProgramView(Model, frozen=True, kw_only=True):
    """A program of the agency package."""

    id: str
    name: str


class ReachView(Model, frozen=True, kw_only=True):
    """An agency person at a client: access, programs, and the right to assign there."""

    person_id: UUID
    name: str | None
    access: bool
    programs: list[str]
    roles: list[str]


class Resource(Model, frozen=True, kw_only=True):
    """What they want to use: `program`, its id, and in `properties.client` the client company's id."""

    type: str
    id: str
    properties: dict[str, Any] | None = None


class SetClock(Model, frozen=True, kw_only=True):
    """How far business time is to be ahead of real time from now on."""

    ahead_seconds: float


class SnapshotItem(Model, frozen=True, kw_only=True):
    """An event as it was published in its stream, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any
    stream: str


class SnapshotPage(Model, frozen=True, kw_only=True):
    """Events in the order of stream, thing and version; `next` continues after the last, null after the last page."""

    items: list[SnapshotItem]
    next: str | None


class StartJob(Model, frozen=True, kw_only=True):
    """Give each of these consultants access to each of these clients, and these programs there (A4)."""

    clients: list[UUID]
    """Link ids."""
    consultants: list[UUID]
    """Person ids."""
    programs: list[str] = field(default_factory=list)
    """Programs of the agency package; none: access alone."""


class Subject(Model, frozen=True, kw_only=True):
    """Who wants to: `user` and the person's id."""

    type: str
    id: str
    properties: dict[str, Any] | None = None


class WhoView(Model, frozen=True, kw_only=True):
    """Somebody who can put it right."""

    person_id: UUID
    name: str | None


class ClientPage(Model, frozen=True, kw_only=True):
    """Some clients; `next` continues after the last of them."""

    items: list[ClientView]
    next: str | None


class DecisionContext(Model, frozen=True, kw_only=True):
    """Why not, and when that was found."""

    reason: str | None = None
    evaluated_at: datetime | None = None
    error: ItemError | None = None


class Evaluation(Model, frozen=True, kw_only=True):
    """A request for one decision; unknown fields are ignored."""

    subject: Subject
    action: Action
    resource: Resource
    context: dict[str, Any] | None = None


class Evaluations(Model, frozen=True, kw_only=True):
    """A request for many decisions. What stands at the top is the default; without `evaluations` it is the request."""

    subject: dict[str, Any] | None = None
    action: dict[str, Any] | None = None
    resource: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    evaluations: list[PartialEvaluation] | None = None
    options: Options = field(default_factory=lambda: convert({"evaluations_semantic": "execute_all"}, type=Options))


class JobItemPage(Model, frozen=True, kw_only=True):
    """Some items of a job; `next` continues after the last of them."""

    items: list[JobItemView]
    next: str | None


class MissingView(Model, frozen=True, kw_only=True):
    """What is missing, and who can put it right."""

    code: Literal["link_ended", "no_access", "no_programs", "not_active"]
    message: str
    who: list[WhoView]


class MyProgramsView(Model, frozen=True, kw_only=True):
    """The caller's programs at a client, and what is missing if there are none (A13)."""

    programs: list[str]
    missing: list[MissingView]


class ProgramList(Model, frozen=True, kw_only=True):
    """All programs of the agency package."""

    items: list[ProgramView]


class ReachPage(Model, frozen=True, kw_only=True):
    """Some of the people at a client; `next` continues after the last of them."""

    items: list[ReachView]
    next: str | None


class Decision(Model, frozen=True, kw_only=True):
    """Yes or no."""

    decision: bool
    context: DecisionContext


class DecisionList(Model, frozen=True, kw_only=True):
    """Decisions in the order of the requests."""

    evaluations: list[Decision]
