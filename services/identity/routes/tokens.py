"""Tokens: the token endpoint, what is told of tokens, and the keys that they are checked by."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from libs.shared.edge import Edge
from libs.shared.openapi.operation import OPEN
from services.identity.program_sessions import AccessGone, AskWayIn, GrantOver, UnknownScope, UnknownTarget
from services.identity.routes.grants import (
    GRANTS,
    Desk,
    InvalidTokenRequest,
    TokenRequest,
    UnauthorizedClient,
    UnsupportedGrantType,
    credentials_of,
)
from services.identity.sealing import Sealer
from services.identity.tokens import TokenIssuer
from services.identity.usecases.exchange_token import SubjectTokenOver
from services.identity.usecases.open_service_account import WrongClientCredentials
from services.identity.views.oidc import GrantedView
from services.identity.views.tokens import KeySetView

NO_STORE = ResponseHeader(name="Cache-Control", value="no-store", description="Not to be kept (RFC 6749, 5.1).")
ANY_ORIGIN = ResponseHeader(
    name="Access-Control-Allow-Origin", value="*", description="Programs in browsers may read this."
)
CACHED = ResponseHeader(
    name="Cache-Control", value="public, max-age=60", description="Less than a new key is shown before it signs."
)
TOKENS = "tokens"
FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


@get(
    "/.well-known/jwks.json",
    operation_id="getKeys",
    response_headers=[ANY_ORIGIN, CACHED],
    security=OPEN,
    tags=[TOKENS],
)
async def get_keys(issuer: NamedDependency[TokenIssuer]) -> KeySetView:
    """The public keys that access tokens are checked by (RFC 7517)."""
    return KeySetView(**await issuer.jwks())


@post(
    "/v1/token",
    operation_id="getServiceToken",
    response_headers=[NO_STORE],
    security=[{"basic": []}, {}],
    errors=(
        WrongClientCredentials,
        UnsupportedGrantType,
        UnauthorizedClient,
        InvalidTokenRequest,
        GrantOver,
        AccessGone,
        UnknownTarget,
        UnknownScope,
        SubjectTokenOver,
    ),
    exclude_from_auth=True,
    tags=[TOKENS],
    status_code=200,
    opt={"form": True},
)
async def post_token(
    data: Annotated[TokenRequest, FORM],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
    sealer: NamedDependency[Sealer],
    ask_way_in: NamedDependency[AskWayIn],
) -> GrantedView:
    """A token for a service account or a program (RFC 6749). The grant types are those that the metadata lists."""
    grant = GRANTS.get(data.grant_type)
    if grant is None:
        raise UnsupportedGrantType(field="grant_type")
    desk = Desk(edge.database, issuer, sealer, ask_way_in)
    return await grant(desk, data, credentials_of(request, data))


ROUTES = [get_keys, post_token]
