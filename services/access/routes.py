"""The HTTP API of access."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import MutableScopeHeaders, ResponseHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import Message, Scope

from libs.shared.auth import Actor
from libs.shared.bus import Bus
from libs.shared.clock import put_clock
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import Forbidden, Invalid, NotJson
from libs.shared.feed import read_feed
from libs.shared.live import actor_now
from libs.shared.openapi.operation import OPEN
from libs.shared.paging import After, Limit
from libs.shared.problem_details import ProblemDetails, problem
from libs.shared.snapshot import read_snapshot
from libs.shared.web import begin_request
from services.access import queries
from services.access.authzen import (
    Configuration,
    Decision,
    DecisionList,
    Evaluation,
    Evaluations,
    NotYourOwnQuestion,
    evaluate,
    evaluate_many,
)
from services.access.decisions import Decisions
from services.access.models import AlreadyActive, NotAnAgency, NotAnAgencyAdmin, NotEligible
from services.access.queries import NotYoursToSee
from services.access.usecases.activate_client import ActivateClient, activate_client
from services.access.usecases.start_job import StartJob, start_job
from services.access.views import (
    ActivatedView,
    ClientPage,
    JobItemPage,
    JobView,
    MyProgramsView,
    Outcome,
    ProgramList,
    ReachPage,
)

CLIENTS = "clients"
JOBS = "jobs"
DECISIONS = "decisions"
ORGANISATION = "/v1/organisations/{organisation_id:uuid}"
DECIDE_SCOPE = "access.decide"
LOCATION = ResponseHeader(name="Location", description="Where the job is watched.", documentation_only=True)


async def echo_request_id(message: Message, scope: Scope) -> None:
    """Send the caller's X-Request-ID back, whatever the answer is (AuthZEN 1.0)."""
    if message["type"] == "http.response.start":
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
        if given is not None:
            MutableScopeHeaders(message)["X-Request-ID"] = given.decode("latin-1")


async def begin_decision(request: Request[Any, Any, Any]) -> Response[ProblemDetails] | None:
    """As for any request, but AuthZEN answers 400 to a body that is not said to be JSON."""
    refused = await begin_request(request)
    return None if refused is None else problem(request, Invalid, NotJson.message())


@get("/.well-known/authzen-configuration", operation_id="getConfiguration", security=OPEN, tags=[DECISIONS])
async def get_configuration(configuration: NamedDependency[Configuration]) -> Configuration:
    """Where decisions are asked for (AuthZEN 1.0). Never built from the request's Host header."""
    return configuration


@post(
    "/v1/evaluation",
    operation_id="evaluate",
    errors=(NotYourOwnQuestion, Forbidden),
    repeatable=True,
    tags=[DECISIONS],
    status_code=200,
    before_request=begin_decision,
)
async def post_evaluation(
    data: JSONBody[Evaluation], edge: NamedDependency[Edge], decisions: NamedDependency[Decisions]
) -> Decision:
    """May this user use this program at this client? For service accounts with access.decide, and about oneself."""
    return await evaluate(decisions, _asker(edge), data)


@post(
    "/v1/evaluations",
    operation_id="evaluateMany",
    errors=(NotYourOwnQuestion, Forbidden),
    repeatable=True,
    tags=[DECISIONS],
    status_code=200,
    before_request=begin_decision,
)
async def post_evaluations(
    data: JSONBody[Evaluations], edge: NamedDependency[Edge], decisions: NamedDependency[Decisions]
) -> Decision | DecisionList:
    """Up to 1,000 such questions at once."""
    return await evaluate_many(decisions, _asker(edge), data)


def _asker(edge: Edge) -> Any:
    return edge.require_scope(DECIDE_SCOPE) if edge.caller.kind == "service" else edge.caller


@get(f"{ORGANISATION}/programs", operation_id="listPrograms", tags=[CLIENTS])
async def get_programs(organisation_id: FromPath[UUID], edge: NamedDependency[Edge]) -> ProgramList:
    """The agency package: programs that the agency may hand to its consultants."""

    async def work(tx: Tx, _: Actor) -> ProgramList:
        return await queries.programs(tx)

    return await edge.read(organisation_id, work)


@get(f"{ORGANISATION}/activation-list", operation_id="listActivations", errors=(NotAnAgencyAdmin,), tags=[CLIENTS])
async def get_activation_list(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    after: After = None,
    limit: Limit = 50,
) -> Response[ClientPage]:
    """Clients that wait to be activated, oldest first. Admins of the agency only."""

    async def work(tx: Tx, actor: Actor) -> ClientPage:
        return await queries.activation_list(tx, actor=actor, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@get(f"{ORGANISATION}/clients", operation_id="listClients", tags=[CLIENTS])
async def get_clients(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    after: After = None,
    limit: Limit = 50,
) -> Response[ClientPage]:
    """The agency's clients, oldest first: all for admins, those they reach or administer for others."""

    async def work(tx: Tx, actor: Actor) -> ClientPage:
        return await queries.clients(tx, actor=actor, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@post(
    f"{ORGANISATION}/clients/{{link_id:uuid}}/activate",
    operation_id="activateClient",
    errors=(NotAnAgencyAdmin, NotEligible, AlreadyActive),
    tags=[CLIENTS],
    status_code=200,
)
async def post_activation(
    organisation_id: FromPath[UUID],
    link_id: FromPath[UUID],
    data: JSONBody[ActivateClient],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[ActivatedView]:
    """Activate a client. Who is an admin of the agency at this moment only."""
    actor = await actor_now(bus, caller=edge.caller, tenant=organisation_id)

    async def work(tx: Tx) -> ActivatedView:
        return ActivatedView.of(
            await activate_client(tx, actor=actor, link_id=link_id, administrators=data.administrators)
        )

    return await edge.commit(work, tenant=organisation_id)


@get(
    f"{ORGANISATION}/clients/{{link_id:uuid}}/access",
    operation_id="listClientAccess",
    errors=(NotYoursToSee,),
    tags=[CLIENTS],
)
async def get_client_access(
    organisation_id: FromPath[UUID],
    link_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    after: After = None,
    limit: Limit = 50,
) -> Response[ReachPage]:
    """Which agency people reach the client. For admins of the agency and system administrators of the company."""

    async def work(tx: Tx, actor: Actor) -> ReachPage:
        return await queries.client_access(tx, actor=actor, link_id=link_id, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@get(f"{ORGANISATION}/clients/{{link_id:uuid}}/my-programs", operation_id="getMyPrograms", tags=[CLIENTS])
async def get_my_programs(
    organisation_id: FromPath[UUID], link_id: FromPath[UUID], edge: NamedDependency[Edge]
) -> MyProgramsView:
    """My programs at this client, and if I see none: what is missing, and who can put it right."""

    async def work(tx: Tx, actor: Actor) -> MyProgramsView:
        return await queries.my_programs(tx, actor=actor, link_id=link_id)

    return await edge.read(organisation_id, work)


@post(
    f"{ORGANISATION}/jobs",
    operation_id="startJob",
    response_headers=[LOCATION],
    errors=(NotAnAgency,),
    tags=[JOBS],
    status_code=202,
)
async def post_job(
    organisation_id: FromPath[UUID], data: JSONBody[StartJob], edge: NamedDependency[Edge]
) -> Response[JobView]:
    """Give consultants access to clients and programs there, in the background; see Location."""

    async def work(tx: Tx, actor: Actor) -> JobView:
        return JobView.of(await start_job(tx, actor=actor, given=data))

    answer = await edge.command(organisation_id, work, status=202)
    content: Any = answer.content  # bytes: an answer given before, for the same Idempotency-Key
    started = msgspec.json.decode(content, type=JobView) if isinstance(content, bytes) else content
    answer.headers["Location"] = f"/access/v1/organisations/{organisation_id}/jobs/{started.id}"
    return answer


@get(f"{ORGANISATION}/jobs/{{job_id:uuid}}", operation_id="getJob", tags=[JOBS])
async def get_job(organisation_id: FromPath[UUID], job_id: FromPath[UUID], edge: NamedDependency[Edge]) -> JobView:
    """How far a job is: for who started it and for admins of the agency."""

    async def work(tx: Tx, actor: Actor) -> JobView:
        return await queries.job(tx, actor=actor, job_id=job_id)

    return await edge.read(organisation_id, work)


@get(f"{ORGANISATION}/jobs/{{job_id:uuid}}/items", operation_id="listJobItems", tags=[JOBS])
async def get_job_items(
    organisation_id: FromPath[UUID],
    job_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    after: After = None,
    limit: Limit = 50,
    outcome: FromQuery[Outcome | None] = None,
) -> Response[JobItemPage]:
    """What became of each item that is done so far."""

    async def work(tx: Tx, actor: Actor) -> JobItemPage:
        return await queries.job_items(tx, actor=actor, job_id=job_id, after=after, limit=limit, outcome=outcome)

    return await edge.read_page(organisation_id, work)


ROUTES = [
    post_evaluation,
    post_evaluations,
    get_programs,
    get_activation_list,
    get_clients,
    post_activation,
    get_client_access,
    get_my_programs,
    post_job,
    get_job,
    get_job_items,
    read_feed,
    read_snapshot,
]
ROOT_ROUTES = [get_configuration]
SANDBOX_ROUTES = [put_clock]
