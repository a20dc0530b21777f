"""Organisations and their details."""

from functools import partial
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from libs.shared.auth import Actor
from libs.shared.bus import Bus
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import Forbidden
from libs.shared.preconditions import check_if_match, etag
from services.identity import verifications
from services.identity.models import (
    AlreadyRegistered,
    AnotherKindOfNumber,
    NoNumberChange,
    NotAnAdministrator,
    NotAnOperator,
    NotASoleTrader,
    OrganisationWasRefused,
    VerificationPending,
)
from services.identity.routes.administering import Administering
from services.identity.usecases.change_organisation import ChangeOrganisation, change_organisation
from services.identity.usecases.erase_sole_trader import erase_sole_trader
from services.identity.usecases.register_organisation import RegisterOrganisation, register_organisation
from services.identity.usecases.request_number_change import RequestNumberChange, request_number_change
from services.identity.usecases.withdraw_number_change import withdraw_number_change
from services.identity.verifications import shown
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import OrganisationView

ORGANISATIONS = "organisations"
ORGANISATION = "/v1/organisations/{organisation_id:uuid}"


@post(
    "/v1/organisations",
    operation_id="registerOrganisation",
    errors=(NotAnOperator, AlreadyRegistered, Forbidden),
    tags=[ORGANISATIONS],
)
async def post_organisation(
    data: JSONBody[RegisterOrganisation], edge: NamedDependency[Edge]
) -> Response[OrganisationView]:
    """Register an agency or company. Operators, and service accounts with the scope `organisations.register`."""
    caller = edge.caller

    async def work(tx: Tx) -> OrganisationView:
        return await shown(tx, await register_organisation(tx, caller=caller, given=data))

    return await edge.commit(work, tenant=caller.id, status=201)


@get(ORGANISATION, operation_id="getOrganisation", tags=[ORGANISATIONS])
async def get_organisation(
    organisation_id: FromPath[UUID], edge: NamedDependency[Edge], bus: NamedDependency[Bus]
) -> Response[OrganisationView]:
    """Company details of an organisation that the caller belongs to, or administers for an agency."""

    async def work(tx: Tx, _: Actor) -> OrganisationView:
        return await verifications.organisation(tx, organisation_id=organisation_id)

    view = await Administering(edge, bus).read(organisation_id, work)
    return Response(view, headers={"ETag": etag(view.version)})


@patch(
    ORGANISATION,
    operation_id="changeOrganisation",
    errors=(NotAnAdministrator, OrganisationWasRefused),
    tags=[ORGANISATIONS],
)
async def patch_organisation(
    organisation_id: FromPath[UUID],
    data: JSONBody[ChangeOrganisation],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[OrganisationView]:
    """Correct the details. System administrators, an agency's among them, and operators."""
    check_version = partial(check_if_match, edge.request)

    async def work(tx: Tx, actor: Actor) -> OrganisationView:
        return await shown(tx, await change_organisation(tx, actor=actor, given=data, check_version=check_version))

    return await Administering(edge, bus).command(organisation_id, work)


@post(
    ORGANISATION + "/number-changes",
    operation_id="requestNumberChange",
    errors=(
        NotAnAdministrator,
        VerificationPending,
        AnotherKindOfNumber,
        AlreadyRegistered,
        OrganisationWasRefused,
    ),
    tags=[ORGANISATIONS],
)
async def post_number_change(
    organisation_id: FromPath[UUID],
    data: JSONBody[RequestNumberChange],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[OrganisationView]:
    """Ask for another organisation number. The organisation keeps the one that it has until the other is verified."""

    async def work(tx: Tx, actor: Actor) -> OrganisationView:
        return await shown(tx, await request_number_change(tx, actor=actor, given=data))

    return await Administering(edge, bus).command(organisation_id, work, status=201)


@delete(
    ORGANISATION + "/number-changes",
    operation_id="withdrawNumberChange",
    errors=(NotAnAdministrator, NoNumberChange),
    tags=[ORGANISATIONS],
    status_code=200,
)
async def delete_number_change(
    organisation_id: FromPath[UUID], edge: NamedDependency[Edge], bus: NamedDependency[Bus]
) -> Response[OrganisationView]:
    """Ask for another organisation number no longer."""

    async def work(tx: Tx, actor: Actor) -> OrganisationView:
        return await shown(tx, await withdraw_number_change(tx, actor=actor))

    return await Administering(edge, bus).command(organisation_id, work)


@delete(
    ORGANISATION + "/personal-data",
    operation_id="eraseSoleTrader",
    errors=(NotAnOperator, NotASoleTrader),
    tags=[ORGANISATIONS],
    status_code=200,
)
async def delete_personal_data(organisation_id: FromPath[UUID], edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Erase name and number of a sole trader (GDPR, article 17). Operators only."""

    async def work(tx: Tx, actor: Actor) -> Nothing:
        await erase_sole_trader(tx, caller=actor.caller, organisation_id=organisation_id)
        return Nothing()

    return await edge.command(organisation_id, work)


ROUTES = [
    post_organisation,
    get_organisation,
    patch_organisation,
    post_number_change,
    delete_number_change,
    delete_personal_data,
]
