"""The AuthZEN Authorization API 1.0: its requests and answers, and what they mean here.

A subject of type `user` is a person, the action is `use`, a resource of type `program` is a program at the
client company that `resource.properties.client` names. What we don't know is decided with a no and a reason.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from libs.shared.auth import Caller
from libs.shared.errors import Forbidden, Invalid
from services.access.decisions import Decisions, Question, Verdict

Entity = dict[str, Any]
FALLBACKS = ("type", "id", "name")
"""What a partial entity of a batch takes from the default of its kind."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


PROGRAM = re.compile("[a-z][a-z0-9-]{0,63}")


class NotYourOwnQuestion(Forbidden):
    """A person may ask about themselves only; for others, a service account with the scope access.decide asks."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to: `user` and the person's id."""

    type: Name
    id: Name
    properties: Entity | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What they want to do: `use`."""

    name: Name
    properties: Entity | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What they want to use: `program`, its id, and in `properties.client` the client company's id."""

    type: Name
    id: Name
    properties: Entity | None = None


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """A request for one decision; unknown fields are ignored."""

    subject: Subject
    action: Action
    resource: Resource
    context: Entity | None = None

    def question(self) -> Question | str:
        """What is to be decided here, or the reason why it is a no whatever our data say."""
        if self.subject.type != "user" or (person := _uuid(self.subject.id)) is None:
            return "unknown_subject"
        if self.action.name != "use":
            return "unknown_action"
        if self.resource.type != "program":
            return "unknown_resource"
        if (company := _uuid((self.resource.properties or {}).get("client"))) is None:
            return "no_such_client"
        if PROGRAM.fullmatch(self.resource.id) is None:
            return "no_program"
        return Question(person_id=person, company_id=company, program=self.resource.id)


class PartialEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose missing parts come from the defaults."""

    subject: Entity | None = None
    action: Entity | None = None
    resource: Entity | None = None
    context: Entity | None = None

    def completed(self, defaults: "PartialEvaluation") -> Evaluation:
        """The whole request; Invalid names what is missing or of the wrong type."""
        parts = {name: _merged(getattr(self, name), getattr(defaults, name)) for name in self.__struct_fields__[:4]}
        try:
            return msgspec.convert({name: part for name, part in parts.items() if part is not None}, Evaluation)
        except msgspec.ValidationError as error:
            raise Invalid(str(error)) from error


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to go through several requests."""

    evaluations_semantic: Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"] = "execute_all"


class Evaluations(PartialEvaluation, frozen=True, kw_only=True):
    """A request for many decisions. What stands at the top is the default; without `evaluations` it is the request."""

    evaluations: Annotated[list[PartialEvaluation], msgspec.Meta(max_length=1000)] | None = None
    options: Options = Options()


class ItemError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one request of several."""

    status: int
    message: str


class DecisionContext(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why not, and when that was found."""

    reason: str | None = None
    evaluated_at: datetime | None = None
    error: ItemError | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no."""

    decision: bool
    context: DecisionContext

    @classmethod
    def of(cls, verdict: Verdict, *, to: Caller) -> Self:
        """A verdict as AuthZEN tells it. Who is no member learns nothing of whose client a company is (X1)."""
        stranger = to.kind == "person" and verdict.reason == "not_a_member"
        reason = "no_such_client" if stranger else verdict.reason
        context = DecisionContext(reason=reason, evaluated_at=verdict.evaluated_at)
        return cls(decision=verdict.reason is None, context=context)


class DecisionList(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions in the order of the requests."""

    evaluations: list[Decision]


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """Where decisions are asked for, by the address that we are configured with."""

    policy_decision_point: str
    access_evaluation_endpoint: str
    access_evaluations_endpoint: str

    @classmethod
    def at(cls, public_url: str) -> Self:
        """The configuration of a service that callers reach at this address."""
        parts = urlsplit(public_url)
        return cls(
            policy_decision_point=f"{parts.scheme}://{parts.netloc}",
            access_evaluation_endpoint=f"{public_url}/v1/evaluation",
            access_evaluations_endpoint=f"{public_url}/v1/evaluations",
        )


async def evaluate(decisions: Decisions, caller: Caller, evaluation: Evaluation) -> Decision:
    """Decide one request."""
    _require_may_ask(caller, evaluation)
    question = evaluation.question()
    if isinstance(question, str):
        return Decision(decision=False, context=DecisionContext(reason=question))
    return Decision.of(await decisions.decide(question), to=caller)


async def evaluate_many(decisions: Decisions, caller: Caller, given: Evaluations) -> Decision | DecisionList:
    """Decide many requests; one that is not whole is a no of its own."""
    if not given.evaluations:
        return await evaluate(decisions, caller, PartialEvaluation().completed(given))
    prepared = [_prepared(caller, item, given) for item in given.evaluations]
    asked = [question for question in prepared if isinstance(question, Question)]
    verdicts = iter(await decisions.decide_many(asked) if asked else [])
    decided = [Decision.of(next(verdicts), to=caller) if isinstance(each, Question) else each for each in prepared]
    return DecisionList(evaluations=_until(decided, given.options))


def _prepared(caller: Caller, item: PartialEvaluation, defaults: PartialEvaluation) -> Question | Decision:
    try:
        evaluation = item.completed(defaults)
    except Invalid as error:
        problem = ItemError(status=error.status, message=str(error))
        return Decision(decision=False, context=DecisionContext(error=problem))
    _require_may_ask(caller, evaluation)
    question = evaluation.question()
    if isinstance(question, str):
        return Decision(decision=False, context=DecisionContext(reason=question))
    return question


def _until(decided: Sequence[Decision], options: Options) -> list[Decision]:
    """Cut the answers after the one that settles the matter, if the caller wants that."""
    if options.evaluations_semantic == "execute_all":
        return list(decided)
    settles = options.evaluations_semantic == "permit_on_first_permit"
    first = next((n for n, each in enumerate(decided) if each.decision is settles), len(decided))
    return list(decided[: first + 1])


def _require_may_ask(caller: Caller, evaluation: Evaluation) -> None:
    subject = evaluation.subject
    if caller.kind == "person" and not (subject.type == "user" and _uuid(subject.id) == caller.id):
        raise NotYourOwnQuestion


def _merged(own: Entity | None, default: Entity | None) -> Entity | None:
    if own is None:
        return default
    return {name: value for name, value in (default or {}).items() if name in FALLBACKS} | own


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
