"""Members of organisations and what they are there."""

from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.paging import After, Limit
from services.identity import queries
from services.identity.limits import TooManyAttempts
from services.identity.models import (
    IsLeaving,
    LastAdministrator,
    NotAnAdministrator,
    OrganisationWasRefused,
    UnknownRole,
)
from services.identity.organisations import REGISTER
from services.identity.usecases.change_roles import ChangeRoles, change_roles
from services.identity.usecases.end_membership import end_membership
from services.identity.usecases.invite_member import (
    AlreadyInvited,
    AlreadyMember,
    HasAdministrator,
    InviteMember,
    invite_member,
)
from services.identity.usecases.sign_in import Gate
from services.identity.views.leaving import LeaveView
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import InvitationView, MemberPage

ORGANISATIONS = "organisations"


@get("/v1/organisations/{organisation_id:uuid}/members", operation_id="listMembers", tags=[ORGANISATIONS])
async def get_members(
    organisation_id: FromPath[UUID], edge: NamedDependency[Edge], after: After = None, limit: Limit = 50
) -> Response[MemberPage]:
    """The organisation's members, by name."""

    async def work(tx: Tx, _: Actor) -> MemberPage:
        return await queries.members(tx, organisation_id=organisation_id, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@post(
    "/v1/organisations/{organisation_id:uuid}/invitations",
    operation_id="inviteMember",
    errors=(
        NotAnAdministrator,
        AlreadyMember,
        AlreadyInvited,
        UnknownRole,
        HasAdministrator,
        OrganisationWasRefused,
        TooManyAttempts,
    ),
    tags=[ORGANISATIONS],
)
async def post_invitation(
    organisation_id: FromPath[UUID],
    data: JSONBody[InviteMember],
    edge: NamedDependency[Edge],
    gate: NamedDependency[Gate],
) -> Response[InvitationView]:
    """Invite somebody, by mail (and SMS): a system administrator of the organisation, or an operator.

    Service accounts with the scope `organisations.register` invite the first system administrators.
    """

    async def work(tx: Tx, actor: Actor) -> InvitationView:
        return InvitationView.of(await invite_member(tx, actor=actor, given=data, limits=gate.limits))

    if edge.caller.kind == "service":
        registrar = Actor(caller=edge.require_scope(REGISTER), tenant=organisation_id, roles=frozenset({REGISTER}))
        return await edge.commit(lambda tx: work(tx, registrar), tenant=organisation_id, status=201)
    return await edge.command(organisation_id, work, status=201)


@put(
    "/v1/organisations/{organisation_id:uuid}/members/{person_id:uuid}/roles",
    operation_id="changeRoles",
    errors=(NotAnAdministrator, UnknownRole, LastAdministrator, IsLeaving),
    tags=[ORGANISATIONS],
)
async def put_roles(
    organisation_id: FromPath[UUID], person_id: FromPath[UUID], data: JSONBody[ChangeRoles], edge: NamedDependency[Edge]
) -> Response[Nothing]:
    """Set what a member is at the organisation."""

    async def work(tx: Tx, actor: Actor) -> Nothing:
        await change_roles(tx, actor=actor, person_id=person_id, roles=data.roles)
        return Nothing()

    return await edge.command(organisation_id, work)


@delete(
    "/v1/organisations/{organisation_id:uuid}/members/{person_id:uuid}",
    operation_id="endMembership",
    errors=(NotAnAdministrator,),
    tags=[ORGANISATIONS],
    status_code=200,
)
async def delete_member(
    organisation_id: FromPath[UUID], person_id: FromPath[UUID], edge: NamedDependency[Edge]
) -> Response[LeaveView]:
    """Remove a member, or leave. Of an only own system administrator who leaves, that role stays until a successor."""

    async def work(tx: Tx, actor: Actor) -> LeaveView:
        membership = await end_membership(tx, actor=actor, person_id=person_id)
        return LeaveView(state="left" if membership.state == "ended" else "leaving")

    return await edge.command(organisation_id, work)


ROUTES = [get_members, post_invitation, put_roles, delete_member]
