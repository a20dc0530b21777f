"""Verifying who organisations are, by the vendor's back office (I1, I12)."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import Forbidden
from libs.shared.paging import After, Limit
from services.identity import verifications
from services.identity.models import NotAnOperator, NothingToVerify
from services.identity.organisations import VERIFY
from services.identity.usecases.verify_organisation import VerifyOrganisation, verify_organisation
from services.identity.views.organisations import OrganisationView, VerificationPage

ORGANISATIONS = "organisations"


@get("/v1/verifications", operation_id="listVerifications", errors=(NotAnOperator, Forbidden), tags=[ORGANISATIONS])
async def get_verifications(
    edge: NamedDependency[Edge], after: After = None, limit: Limit = 50
) -> Response[VerificationPage]:
    """What waits to be verified. Operators, and service accounts with the scope `organisations.verify`."""
    caller = edge.caller
    async with edge.database.begin(caller.id, actor=caller.actor) as tx:
        return edge.linked(await verifications.waiting(tx, caller=caller, after=after, limit=limit))


@post(
    "/v1/organisations/{organisation_id:uuid}/verification",
    operation_id="verifyOrganisation",
    errors=(NotAnOperator, NothingToVerify),
    tags=[ORGANISATIONS],
    status_code=200,
)
async def post_verification(
    organisation_id: FromPath[UUID], data: JSONBody[VerifyOrganisation], edge: NamedDependency[Edge]
) -> Response[OrganisationView]:
    """Say what was found. Operators, and service accounts with the scope `organisations.verify`.

    A registration becomes verified or refused; another number is taken over, or the organisation keeps what it has.
    """
    caller = edge.caller

    async def decide(tx: Tx) -> OrganisationView:
        row = await verify_organisation(tx, caller=caller, organisation_id=organisation_id, given=data)
        return await verifications.shown(tx, row)

    async def as_person(tx: Tx, _: Actor) -> OrganisationView:
        return await decide(tx)

    if caller.kind == "service":
        edge.require_scope(VERIFY)
        return await edge.commit(decide, tenant=organisation_id)
    return await edge.command(organisation_id, as_person)


ROUTES = [get_verifications, post_verification]
