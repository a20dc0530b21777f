"""What programs ask of identity as an OpenID provider, beside tokens; the addresses are in the metadata."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from libs.shared.auth import Caller
from libs.shared.edge import Edge
from libs.shared.errors import Forbidden, Invalid, Unauthenticated
from libs.shared.openapi.operation import OPEN
from services.identity import queries
from services.identity.authorizations import with_parameters
from services.identity.introspection import goes_on
from services.identity.models import ServiceAccount
from services.identity.program_sessions import SCOPES, AskWayIn, why_closed
from services.identity.routes.grants import FromClient, credentials_of
from services.identity.routes.tokens import ANY_ORIGIN, CACHED, FORM, NO_STORE
from services.identity.tokens import Claims, TokenIssuer
from services.identity.usecases.authenticate_client import authenticate_client
from services.identity.usecases.introspect_token import is_askers, read_session
from services.identity.usecases.log_out import log_out
from services.identity.usecases.open_service_account import WrongClientCredentials
from services.identity.usecases.revoke_token import revoke_token
from services.identity.views.nothing import Nothing
from services.identity.views.oidc import IntrospectionView, MetadataView, UserInfoView

PROGRAMS = "programs"
OF_TOKENS = ("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid", "at_hash")
OF_PEOPLE = ("name", "locale", "zoneinfo", "email", "email_verified", "client", "client_name", "agency", "link_id")
FOUND: Literal[302] = 302


class UnsupportedTokenType(Invalid):
    """A service account's tokens are not given back: they are good for minutes, or until it is revoked."""

    oauth = "unsupported_token_type"


class AboutToken(FromClient, frozen=True, kw_only=True):
    """A token, and who asks about it (RFC 7662, RFC 7009); further fields are ignored."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


def metadata_of(issuer: str) -> MetadataView:
    """What the provider at this address tells of itself."""
    return MetadataView(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/v1/token",
        userinfo_endpoint=f"{issuer}/userinfo",
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        introspection_endpoint=f"{issuer}/introspect",
        revocation_endpoint=f"{issuer}/revoke",
        end_session_endpoint=f"{issuer}/logout",
        scopes_supported=SCOPES,
        claims_supported=(*OF_TOKENS, *OF_PEOPLE),
    )


@get(
    "/.well-known/openid-configuration",
    operation_id="getProvider",
    response_headers=[ANY_ORIGIN, CACHED],
    security=OPEN,
    tags=[PROGRAMS],
)
async def get_metadata(issuer: NamedDependency[TokenIssuer]) -> MetadataView:
    """The addresses and abilities of the OpenID provider (OpenID Connect Discovery, 4)."""
    return metadata_of(issuer.issuer)


@get(
    "/.well-known/oauth-authorization-server/identity",
    include_in_schema=False,
    response_headers=[ANY_ORIGIN, CACHED],
    security=OPEN,
)
async def get_server_metadata(issuer: NamedDependency[TokenIssuer]) -> MetadataView:
    """The same, where RFC 8414, 3.1, has it."""
    return metadata_of(issuer.issuer)


@get(
    "/userinfo",
    operation_id="getUserInfo",
    response_headers=[NO_STORE],
    errors=(Forbidden,),
    exclude_from_auth=True,
    tags=[PROGRAMS],
)
async def get_user_info(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], issuer: NamedDependency[TokenIssuer]
) -> UserInfoView:
    """The person whom a program's token names, as its scopes allow (OpenID Connect Core, 5.3)."""
    return await _user_info(request, edge, issuer)


@post("/userinfo", include_in_schema=False, exclude_from_auth=True, status_code=200, opt={"form": True})
async def post_user_info(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], issuer: NamedDependency[TokenIssuer]
) -> Response[UserInfoView]:
    """The same."""
    return Response(await _user_info(request, edge, issuer), headers={"Cache-Control": "no-store"})


async def _user_info(request: Request[Any, Any, Any], edge: Edge, issuer: TokenIssuer) -> UserInfoView:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    claims = await issuer.read_access(token.strip()) if scheme.lower() == "bearer" else None
    if claims is None:
        raise Unauthenticated
    async with edge.database.begin(None) as tx:
        place = await read_session(tx, claims=claims)
        if place is None:
            raise Unauthenticated
        scopes = str(claims.get("scope", "")).split()
        if "openid" not in scopes:
            raise Forbidden("This needs a token with the scope openid.")
        return await queries.user_info(tx, place=place, scopes=scopes)


@post(
    "/introspect",
    operation_id="introspectToken",
    response_headers=[NO_STORE],
    security=[{"basic": []}],
    errors=(WrongClientCredentials,),
    exclude_from_auth=True,
    repeatable=True,
    tags=[PROGRAMS],
    status_code=200,
    opt={"form": True},
)
async def post_introspection(
    data: Annotated[AboutToken, FORM],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
    ask_way_in: NamedDependency[AskWayIn],
) -> IntrospectionView:
    """Whether an access token is good at this moment (RFC 7662). For programs that keep a secret, about their own."""
    credentials = credentials_of(request, data)
    if credentials is None or credentials.secret is None:
        raise WrongClientCredentials
    claims = await issuer.read_access(data.token)
    async with edge.database.begin(None) as tx:
        client = await authenticate_client(tx, credentials)
        if claims is None or not is_askers(claims, client):
            return IntrospectionView(active=False)
        of_service = claims["sub"].startswith("service:")
        place = None if of_service else await read_session(tx, claims=claims)
    if of_service:
        account = Caller(kind="service", id=UUID(claims["sub"].removeprefix("service:")))
        gone = not await goes_on(edge.database, account)
    else:
        gone = place is None or (place.way is not None and await why_closed(ask_way_in, place) is not None)
    return IntrospectionView(active=False) if gone else _introspected(claims)


def _introspected(claims: Claims) -> IntrospectionView:
    return msgspec.convert({**claims, "active": True, "token_type": "Bearer"}, IntrospectionView)


@post(
    "/revoke",
    operation_id="revokeToken",
    response_headers=[NO_STORE],
    security=[{"basic": []}, {}],
    errors=(WrongClientCredentials, UnsupportedTokenType),
    exclude_from_auth=True,
    tags=[PROGRAMS],
    status_code=200,
    opt={"form": True},
)
async def post_revocation(
    data: Annotated[AboutToken, FORM],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
) -> Nothing:
    """Give a token back: the session that it is of ends (RFC 7009). A token that is none of yours changes nothing."""
    credentials = credentials_of(request, data)
    if credentials is None:
        raise WrongClientCredentials
    claims = await issuer.read_access(data.token)
    async with edge.database.begin(None) as tx:
        program = await authenticate_client(tx, credentials)
        if isinstance(program, ServiceAccount):
            raise UnsupportedTokenType
        await revoke_token(tx, program=program, token=data.token, claims=claims)
    return Nothing()


@get("/logout", include_in_schema=False, exclude_from_auth=True)
async def get_logout(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
    portal_url: NamedDependency[str],
) -> Redirect:
    """Sign a person out everywhere, and send the browser back (OpenID Connect RP-Initiated Logout, 2)."""
    return await _logged_out(dict(request.query_params), edge, issuer, portal_url)


@post("/logout", include_in_schema=False, exclude_from_auth=True, status_code=FOUND, opt={"form": True})
async def post_logout(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
    portal_url: NamedDependency[str],
) -> Redirect:
    """The same, by a form."""
    return await _logged_out(dict(await request.form()), edge, issuer, portal_url)


async def _logged_out(given: dict[str, str], edge: Edge, issuer: TokenIssuer, portal_url: str) -> Redirect:
    claims = await issuer.read_id(given.get("id_token_hint", ""))
    redirect_uri = given.get("post_logout_redirect_uri")
    async with edge.database.begin(None) as tx:
        await log_out(tx, claims=claims, client_id=given.get("client_id"), redirect_uri=redirect_uri)
    if claims is None:  # nobody was signed out: whom the browser belongs to is for the portal to say, and for them
        return Redirect(f"{portal_url}/account", status_code=FOUND)
    return Redirect(with_parameters(redirect_uri or portal_url, state=given.get("state")), status_code=FOUND)


ROUTES = [
    get_metadata,
    get_user_info,
    post_user_info,
    post_introspection,
    post_revocation,
    get_logout,
    post_logout,
]
ROOT_ROUTES = [get_server_metadata]
