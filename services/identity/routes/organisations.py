"""Organisations and their details."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.edge import Edge
from services.identity import queries
from services.identity.models import (
    AlreadyRegistered,
    NotAnOperator,
)
from services.identity.usecases.register_organisation import RegisterOrganisation, register_organisation
from services.identity.views.organisations import OrganisationView

ORGANISATIONS = "organisations"


@post(
    "/v1/organisations",
    operation_id="registerOrganisation",
    errors=(NotAnOperator, AlreadyRegistered),
    tags=[ORGANISATIONS],
)
async def post_organisation(
    data: JSONBody[RegisterOrganisation], edge: NamedDependency[Edge]
) -> Response[OrganisationView]:
    """Register an agency or company. Platform operators only."""
    caller = edge.caller

    async def work(tx: Tx) -> OrganisationView:
        return OrganisationView.of(await register_organisation(tx, caller=caller, given=data))

    return await edge.commit(work, tenant=caller.id, status=201)


@get("/v1/organisations/{organisation_id:uuid}", operation_id="getOrganisation", tags=[ORGANISATIONS])
async def get_organisation(organisation_id: FromPath[UUID], edge: NamedDependency[Edge]) -> OrganisationView:
    """Company details of an organisation that the caller belongs to."""

    async def work(tx: Tx, _: Actor) -> OrganisationView:
        return OrganisationView.of(await queries.organisation(tx, organisation_id=organisation_id))

    return await edge.read(organisation_id, work)


ROUTES = [post_organisation, get_organisation]
