"""The HTTP API of identity."""

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody, PathParameter

from libs.shared.auth import Actor, Caller
from libs.shared.clock import put_clock
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import NotFound
from libs.shared.feed import read_feed
from libs.shared.openapi.operation import OPEN
from libs.shared.paging import After, Limit
from libs.shared.snapshot import read_snapshot
from services.identity import queries
from services.identity.models import (
    AlreadyAccepted,
    AlreadyRegistered,
    InvitationNotOpen,
    LastAdministrator,
    NotAnAdministrator,
    NotAnOperator,
    UnknownRole,
)
from services.identity.tokens import TokenIssuer
from services.identity.usecases.accept_invitation import (
    AcceptInvitation,
    SignInFirst,
    TooShort,
    accept_invitation,
    hash_chosen,
)
from services.identity.usecases.change_roles import ChangeRoles, change_roles
from services.identity.usecases.end_membership import end_membership
from services.identity.usecases.erase_person import erase_person
from services.identity.usecases.invite_member import AlreadyMember, InviteMember, invite_member
from services.identity.usecases.open_service_account import (
    OpenServiceAccount,
    TokenRequest,
    UnsupportedGrantType,
    WrongClientCredentials,
    check_client_credentials,
    open_service_account,
)
from services.identity.usecases.register_organisation import RegisterOrganisation, register_organisation
from services.identity.usecases.sign_in import SignIn, WrongSignIn, sign_in
from services.identity.views import (
    InvitationView,
    KeySetView,
    MemberPage,
    MeView,
    Nothing,
    OrganisationView,
    ServiceAccountView,
    TokenView,
)

MailToken = Annotated[str, PathParameter(max_length=200)]
NO_STORE = ResponseHeader(name="Cache-Control", value="no-store", description="Not to be kept (RFC 6749, 5.1).")
NOBODY = UUID(int=0)
TOKENS = "tokens"
ORGANISATIONS = "organisations"
PEOPLE = "people"


@get("/.well-known/jwks.json", operation_id="getKeys", security=OPEN, tags=[TOKENS])
async def get_keys(issuer: NamedDependency[TokenIssuer]) -> KeySetView:
    """The public keys that access tokens are checked by (RFC 7517)."""
    return KeySetView(**await issuer.jwks())


@post(
    "/v1/sign-in",
    operation_id="signIn",
    response_headers=[NO_STORE],
    security=OPEN,
    errors=(WrongSignIn,),
    repeatable=True,
    tags=[TOKENS],
    status_code=200,
)
async def post_sign_in(
    data: JSONBody[SignIn], edge: NamedDependency[Edge], issuer: NamedDependency[TokenIssuer]
) -> TokenView:
    """Sign in with e-mail and password."""
    person_id = await sign_in(edge.database, given=data)
    return TokenView(access_token=issuer.issue("person", person_id), expires_in=issuer.seconds)


@post(
    "/v1/token",
    operation_id="getServiceToken",
    response_headers=[NO_STORE],
    security=[{"basic": []}],
    errors=(WrongClientCredentials, UnsupportedGrantType),
    repeatable=True,
    tags=[TOKENS],
    status_code=200,
    opt={"form": True},
)
async def post_token(
    data: Annotated[TokenRequest, Body(media_type=RequestEncodingType.URL_ENCODED)],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
) -> TokenView:
    """A token for a service account: client credentials (RFC 6749, 4.4), with HTTP Basic."""
    if data.grant_type != "client_credentials":
        raise UnsupportedGrantType(field="grant_type")
    client_id, secret = _basic(request.auth)
    async with edge.database.begin(client_id) as tx:
        account = await check_client_credentials(tx, client_id=client_id, secret=secret)
    token = issuer.issue("service", account.id, scopes=account.scopes)
    return TokenView(access_token=token, expires_in=issuer.seconds)


def _basic(credentials: str | None) -> tuple[UUID, str]:
    try:
        client_id, _, secret = base64.b64decode(credentials or "", validate=True).decode().partition(":")
        return UUID(client_id), secret
    except (ValueError, binascii.Error) as error:
        raise WrongClientCredentials from error


@get("/v1/me", operation_id="getMe", errors=(NotFound,), tags=[PEOPLE])
async def get_me(edge: NamedDependency[Edge]) -> MeView:
    """The signed-in person and the organisations they belong to."""
    caller = edge.caller
    async with edge.database.begin(caller.id, actor=caller.actor) as tx:
        return await queries.me(tx, person_id=caller.id)


@delete("/v1/people/{person_id:uuid}", operation_id="erasePerson", tags=[PEOPLE], status_code=200)
async def delete_person(person_id: FromPath[UUID], edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Erase a person (GDPR, article 17): themselves or a platform operator."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await erase_person(tx, caller=caller, person_id=person_id)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


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
    errors=(NotAnAdministrator, AlreadyMember, UnknownRole),
    tags=[ORGANISATIONS],
)
async def post_invitation(
    organisation_id: FromPath[UUID], data: JSONBody[InviteMember], edge: NamedDependency[Edge]
) -> Response[InvitationView]:
    """Invite somebody, by mail (and SMS): a system administrator of the organisation, or an operator."""

    async def work(tx: Tx, actor: Actor) -> InvitationView:
        return InvitationView.of(await invite_member(tx, actor=actor, given=data))

    return await edge.command(organisation_id, work, status=201)


@post(
    "/v1/invitations/{token:str}/accept",
    operation_id="acceptInvitation",
    security=[{}, {"bearer": []}],
    errors=(SignInFirst, TooShort, InvitationNotOpen, AlreadyAccepted),
    tags=[PEOPLE],
    status_code=200,
)
async def post_acceptance(
    token: MailToken,
    data: JSONBody[AcceptInvitation],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    mail_token_secret: NamedDependency[str],
) -> Response[InvitationView]:
    """Accept an invitation by the token of its mail. A new person chooses a password, others are signed in."""
    edge.refuse_idempotency_key()
    caller = request.user if isinstance(request.user, Caller) else None
    hashed = await hash_chosen(data)

    async def work(tx: Tx) -> InvitationView:
        return InvitationView.of(
            await accept_invitation(tx, token=token, secret=mail_token_secret, password_hash=hashed, caller=caller)
        )

    return await edge.commit(work, tenant=NOBODY)


@put(
    "/v1/organisations/{organisation_id:uuid}/members/{person_id:uuid}/roles",
    operation_id="changeRoles",
    errors=(NotAnAdministrator, UnknownRole, LastAdministrator),
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
    errors=(NotAnAdministrator, LastAdministrator),
    tags=[ORGANISATIONS],
    status_code=200,
)
async def delete_member(
    organisation_id: FromPath[UUID], person_id: FromPath[UUID], edge: NamedDependency[Edge]
) -> Response[Nothing]:
    """Remove a member, or leave."""

    async def work(tx: Tx, actor: Actor) -> Nothing:
        await end_membership(tx, actor=actor, person_id=person_id)
        return Nothing()

    return await edge.command(organisation_id, work)


@post("/v1/service-accounts", operation_id="openServiceAccount", errors=(NotAnOperator,), tags=[TOKENS])
async def post_service_account(
    data: JSONBody[OpenServiceAccount], edge: NamedDependency[Edge]
) -> Response[ServiceAccountView]:
    """Let another system in. Platform operators only; the secret is shown this once."""
    caller = edge.caller
    edge.refuse_idempotency_key()

    async def work(tx: Tx) -> ServiceAccountView:
        account, secret = await open_service_account(tx, caller=caller, given=data)
        return ServiceAccountView(client_id=account.id, client_secret=secret, scopes=account.scopes)

    return await edge.commit(work, tenant=caller.id, status=201)


ROUTES = [
    get_keys,
    post_sign_in,
    post_token,
    get_me,
    delete_person,
    post_organisation,
    get_organisation,
    get_members,
    post_invitation,
    post_acceptance,
    put_roles,
    delete_member,
    post_service_account,
    read_feed,
    read_snapshot,
]
SANDBOX_ROUTES = [put_clock]
