"""Tokens: the token endpoint, and the keys that tokens are checked by."""

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from libs.shared.edge import Edge
from libs.shared.openapi.operation import OPEN
from services.identity.tokens import TokenIssuer
from services.identity.usecases.open_service_account import (
    TokenRequest,
    UnsupportedGrantType,
    WrongClientCredentials,
    check_client_credentials,
)
from services.identity.views.tokens import KeySetView, TokenView

NO_STORE = ResponseHeader(name="Cache-Control", value="no-store", description="Not to be kept (RFC 6749, 5.1).")
TOKENS = "tokens"


@get("/.well-known/jwks.json", operation_id="getKeys", security=OPEN, tags=[TOKENS])
async def get_keys(issuer: NamedDependency[TokenIssuer]) -> KeySetView:
    """The public keys that access tokens are checked by (RFC 7517)."""
    return KeySetView(**await issuer.jwks())


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
    token = await issuer.issue("service", account.id, scopes=account.scopes)
    return TokenView(access_token=token, expires_in=issuer.seconds)


def _basic(credentials: str | None) -> tuple[UUID, str]:
    try:
        client_id, _, secret = base64.b64decode(credentials or "", validate=True).decode().partition(":")
        return UUID(client_id), secret
    except (ValueError, binascii.Error) as error:
        raise WrongClientCredentials from error


ROUTES = [get_keys, post_token]
