"""Platform operators, and what they and people themselves get of a person."""

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.paging import After, Limit
from services.identity import back_office
from services.identity.models import NotAnOperator
from services.identity.routes.tokens import NO_STORE
from services.identity.usecases.export_person import export_person
from services.identity.usecases.invite_operator import AlreadyHasSignIn, InviteOperator, invite_operator
from services.identity.usecases.remove_operator import LastOperator, remove_operator
from services.identity.views.export import ExportView
from services.identity.views.nothing import Nothing
from services.identity.views.operators import OperatorPage, OperatorView

OPERATORS = "operators"


@get("/v1/operators", operation_id="listOperators", errors=(NotAnOperator,), tags=[OPERATORS])
async def get_operators(edge: NamedDependency[Edge], after: After = None, limit: Limit = 50) -> Response[OperatorPage]:
    """Who is a platform operator. Platform operators only."""
    async with edge.database.begin(edge.caller.id, actor=edge.caller.actor) as tx:
        return edge.linked(await back_office.operators(tx, caller=edge.caller, after=after, limit=limit))


@post("/v1/operators", operation_id="inviteOperator", errors=(NotAnOperator, AlreadyHasSignIn), tags=[OPERATORS])
async def post_operator(data: JSONBody[InviteOperator], edge: NamedDependency[Edge]) -> Response[OperatorView]:
    """Add a platform operator, who is mailed a link to choose a password by. Platform operators only."""
    caller = edge.caller

    async def work(tx: Tx) -> OperatorView:
        person = await invite_operator(tx, caller=caller, given=data)
        return OperatorView(person_id=person.id, name=person.name, email=person.email, has_sign_in=False)

    return await edge.commit(work, tenant=caller.id, status=201)


@delete(
    "/v1/operators/{person_id:uuid}",
    operation_id="removeOperator",
    errors=(NotAnOperator, LastOperator),
    tags=[OPERATORS],
    status_code=200,
)
async def delete_operator(person_id: FromPath[UUID], edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Let a person be no platform operator any more. Platform operators only; one who can sign in always stays."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await remove_operator(tx, caller=caller, person_id=person_id)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


@get(
    "/v1/people/{person_id:uuid}/export",
    operation_id="exportPerson",
    response_headers=[NO_STORE],
    tags=["people"],
)
async def get_export(person_id: FromPath[UUID], edge: NamedDependency[Edge]) -> ExportView:
    """Everything that identity has of a person (GDPR, articles 15 and 20). Themselves, or a platform operator."""
    async with edge.database.begin(edge.caller.id, actor=edge.caller.actor) as tx:
        return await export_person(tx, caller=edge.caller, person_id=person_id)


ROUTES = [get_operators, post_operator, delete_operator, get_export]
