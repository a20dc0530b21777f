"""Invitations that wait to be accepted: which there are, sending them again, withdrawing them."""

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from libs.shared.auth import Actor
from libs.shared.bus import Bus
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.paging import After, Limit
from services.identity.limits import TooManyAttempts
from services.identity.models import AlreadyAccepted, InvitationOver, NotAnAdministrator, OrganisationWasRefused
from services.identity.open_invitations import open_invitations
from services.identity.routes.administering import Administering
from services.identity.usecases.resend_invitation import resend_invitation
from services.identity.usecases.sign_in import Gate
from services.identity.usecases.withdraw_invitation import withdraw_invitation
from services.identity.views.invitations import OpenInvitationPage
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import InvitationView

ORGANISATIONS = "organisations"
INVITATIONS = "/v1/organisations/{organisation_id:uuid}/invitations"
INVITATION = INVITATIONS + "/{invitation_id:uuid}"


@get(INVITATIONS, operation_id="listInvitations", errors=(NotAnAdministrator,), tags=[ORGANISATIONS])
async def get_invitations(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
    after: After = None,
    limit: Limit = 50,
) -> Response[OpenInvitationPage]:
    """Invitations that wait to be accepted, the last sent first. System administrators, and operators.

    An agency's people who are system administrators here see those of client users.
    """

    async def work(tx: Tx, actor: Actor) -> OpenInvitationPage:
        return await open_invitations(tx, actor=actor, after=after, limit=limit)

    return edge.linked(await Administering(edge, bus).read(organisation_id, work))


@post(
    INVITATION + "/resend",
    operation_id="resendInvitation",
    errors=(NotAnAdministrator, AlreadyAccepted, InvitationOver, OrganisationWasRefused, TooManyAttempts),
    tags=[ORGANISATIONS],
    status_code=200,
)
async def post_resending(
    organisation_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
    gate: NamedDependency[Gate],
) -> Response[InvitationView]:
    """Send an invitation again, with a new link: older ones are no longer good. System administrators, and operators.

    An agency's people who are system administrators here send those of client users. Of an app that a member was
    invited to, the member is told again.
    """

    async def work(tx: Tx, actor: Actor) -> InvitationView:
        sent = await resend_invitation(tx, actor=actor, invitation_id=invitation_id, limits=gate.limits)
        return InvitationView.of(sent)

    return await Administering(edge, bus).command(organisation_id, work)


@delete(
    INVITATION,
    operation_id="withdrawInvitation",
    errors=(NotAnAdministrator, AlreadyAccepted, InvitationOver),
    tags=[ORGANISATIONS],
    status_code=200,
)
async def delete_invitation(
    organisation_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[Nothing]:
    """Withdraw an invitation: its link is no longer good, and the username is free. System administrators, operators.

    An agency's people who are system administrators here withdraw those of client users.
    """

    async def work(tx: Tx, actor: Actor) -> Nothing:
        await withdraw_invitation(tx, actor=actor, invitation_id=invitation_id)
        return Nothing()

    return await Administering(edge, bus).command(organisation_id, work)


ROUTES = [get_invitations, post_resending, delete_invitation]
