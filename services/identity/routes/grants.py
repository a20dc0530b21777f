"""The grants of the token endpoint, each a few steps: who asks, what access says, the transaction, the tokens."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any, NamedTuple
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec
from litestar import Request

from libs.shared.database import Database, Tx
from libs.shared.errors import Invalid
from services.identity.models import Program, ServiceAccount, Session
from services.identity.program_sessions import (
    AccessGone,
    AskWayIn,
    GrantOver,
    NoWay,
    UnknownScope,
    UnknownTarget,
    choose_scopes,
    find_way,
    place_of,
    why_closed,
)
from services.identity.sealing import Sealer
from services.identity.tokens import TokenIssuer
from services.identity.usecases.authenticate_client import ClientCredentials, authenticate_client
from services.identity.usecases.exchange_token import (
    exchange_token,
    read_subject,
    take_back,
    target_of,
)
from services.identity.usecases.open_service_account import WrongClientCredentials
from services.identity.usecases.redeem_code import read_code, redeem_code
from services.identity.usecases.refresh_session import read_refresh_token, refresh_session
from services.identity.views.oidc import GrantedView

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a kind
GRANT_TYPES = ["authorization_code", "refresh_token", "client_credentials", EXCHANGE]
Word = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=4000)]


class UnsupportedGrantType(Invalid):
    """This grant_type is not supported; the metadata lists those that are."""

    oauth = "unsupported_grant_type"


class InvalidTokenRequest(Invalid):
    """This grant needs something else, or more, than what was sent."""

    oauth = "invalid_request"


class UnauthorizedClient(Invalid):
    """This client may not use this grant."""

    oauth = "unauthorized_client"


class FromClient(msgspec.Struct, frozen=True, kw_only=True):
    """A form in which a client may say who it is."""

    client_id: Word | None = None
    """Of a program that sends no HTTP Basic."""
    client_secret: Word | None = None


class TokenRequest(FromClient, frozen=True, kw_only=True):
    """A request for a token (RFC 6749, RFC 7636, RFC 8693); further fields are ignored."""

    grant_type: Annotated[str, msgspec.Meta(max_length=100, extra_json_schema={"enum": GRANT_TYPES})]
    scope: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    """Less than what there is; not with a code."""
    code: Word | None = None
    redirect_uri: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    """The same as in the request that the code answers."""
    code_verifier: Annotated[str, msgspec.Meta(max_length=128, pattern="^[A-Za-z0-9._~-]{43,128}$")] | None = None
    """43 to 128 of the unreserved characters (RFC 7636, 4.1)."""
    refresh_token: Word | None = None
    subject_token: Long | None = None
    """An access token of the person."""
    subject_token_type: Word | None = None
    requested_token_type: Word | None = None
    actor_token: Long | None = None
    """Not supported: who acts is who asks."""
    audience: Word | None = None
    """The program that the new token is for; `resource` means the same."""
    resource: Word | None = None
    client: UUID | None = None
    """The company to act for; without it the token names the person alone."""


class Desk(NamedTuple):
    """What a grant is worked on with."""

    database: Database
    issuer: TokenIssuer
    sealer: Sealer
    ask: AskWayIn


Grant = Callable[[Desk, TokenRequest, ClientCredentials | None], Awaitable[GrantedView]]


async def by_client_credentials(desk: Desk, data: TokenRequest, client: ClientCredentials | None) -> GrantedView:
    """For a service account (RFC 6749, 4.4), with the scopes it has, or fewer."""
    async with desk.database.begin(None) as tx:
        account = await authenticate_client(tx, _known(client))
    if isinstance(account, Program):
        raise UnauthorizedClient
    scopes = sorted(set(data.scope.split())) if data.scope else account.scopes
    if not set(scopes) <= set(account.scopes):
        raise UnknownScope(field="scope")
    token = await desk.issuer.issue("service", account.id, scopes=scopes)
    return GrantedView(access_token=token, expires_in=desk.issuer.seconds, scope=" ".join(scopes))


async def by_code(desk: Desk, data: TokenRequest, client: ClientCredentials | None) -> GrantedView:
    """For a program that comes with a code (RFC 6749, 4.1.3)."""
    code, redirect_uri = _given(data, "code"), _given(data, "redirect_uri")
    verifier = _given(data, "code_verifier")
    async with desk.database.begin(None) as tx:
        program = await _program(tx, _known(client))
        place = await read_code(tx, code=code)
    closed = place and await why_closed(desk.ask, place)
    async with desk.database.begin(place and place.person_id) as tx:
        redeemed = place and await redeem_code(
            tx, program=program.id, code=code, redirect_uri=redirect_uri, verifier=verifier, closed=closed
        )
    if redeemed is None:
        raise _over(closed)
    session = redeemed.session
    return await _signed_in(desk, session, redeemed.refresh_token, redeemed.nonce, scopes=session.scopes)


async def by_refresh_token(desk: Desk, data: TokenRequest, client: ClientCredentials | None) -> GrantedView:
    """For a program that goes on (RFC 6749, 6)."""
    token = _given(data, "refresh_token")
    async with desk.database.begin(None) as tx:
        program = await _program(tx, _known(client))
        place = await read_refresh_token(tx, token=token)
    closed = place and await why_closed(desk.ask, place)
    async with desk.database.begin(place and place.person_id) as tx:
        refreshed = place and await refresh_session(
            tx, sealer=desk.sealer, program=program.id, token=token, closed=closed, asked=data.scope
        )
    if refreshed is None:
        raise _over(closed)
    return await _signed_in(desk, refreshed.session, refreshed.refresh_token, None, scopes=refreshed.scopes)


async def by_exchange(desk: Desk, data: TokenRequest, client: ClientCredentials | None) -> GrantedView:
    """For a program that takes a person to a client, or the portal that takes them to a program (RFC 8693)."""
    if data.actor_token or _given(data, "subject_token_type") != ACCESS_TOKEN:
        told = "The subject_token is an access token, and there is no actor_token."
        raise InvalidTokenRequest(told, field="subject_token_type")
    if data.requested_token_type not in (None, ACCESS_TOKEN):
        raise InvalidTokenRequest("An access token is all that is given.", field="requested_token_type")
    program, target = await _parties(desk, client, target_of(data.audience, data.resource))
    subject = read_subject(await desk.issuer.read_access(_given(data, "subject_token")), program=program)
    scopes = choose_scopes(subject.scopes, data.scope, by_default=subject.by_default)
    try:
        way = await find_way(desk.ask, person_id=subject.person_id, program=target, company_id=data.client)
    except NoWay as closed:
        raise UnknownTarget(field="client", reason=closed.reason) from closed
    lifetime = timedelta(seconds=desk.issuer.seconds)
    async with desk.database.begin(subject.person_id) as tx:
        session = await exchange_token(tx, subject=subject, program=target, scopes=scopes, way=way, lifetime=lifetime)
    await _still_open(desk, session)
    acting = f"program:{program.id}" if program else "fullmakt"
    token = await desk.issuer.issue_access(session, scopes=session.scopes, acting=acting)
    return GrantedView(
        access_token=token,
        expires_in=desk.issuer.seconds,
        scope=" ".join(session.scopes) or None,
        issued_token_type=ACCESS_TOKEN,
    )


GRANTS: dict[str, Grant] = {
    "authorization_code": by_code,
    "refresh_token": by_refresh_token,
    "client_credentials": by_client_credentials,
    EXCHANGE: by_exchange,
}


async def _program(tx: Tx, client: ClientCredentials) -> Program:
    """The program that asks; a service account has no people."""
    found = await authenticate_client(tx, client)
    if isinstance(found, ServiceAccount):
        raise UnauthorizedClient
    return found


async def _parties(desk: Desk, client: ClientCredentials | None, target: str) -> tuple[Program | None, str]:
    """Who asks, if it is a program, and the program that the token is for: a program gets one for itself alone."""
    async with desk.database.begin(None) as tx:
        program = await _program(tx, client) if client else None
        known = await tx.session.get(Program, target)
    if program is not None and program.secret_hash is None:
        raise UnauthorizedClient
    if known is None or (program is not None and program.id != target):
        raise UnknownTarget(field="audience")
    return program, target


async def _still_open(desk: Desk, session: Session) -> None:
    """Ask once more, now that the session is there to be found by whatever ends it."""
    closed = await why_closed(desk.ask, place_of(session))
    if closed is not None:
        async with desk.database.begin(session.person_id) as tx:
            await take_back(tx, session)
        raise UnknownTarget(field="client", reason=closed)


async def _signed_in(
    desk: Desk, session: Session, refresh_token: str, nonce: str | None, *, scopes: list[str]
) -> GrantedView:
    access_token = await desk.issuer.issue_access(session, scopes=scopes)
    id_token = None
    if "openid" in scopes:
        id_token = await desk.issuer.issue_id(session, access_token=access_token, nonce=nonce)
    return GrantedView(
        access_token=access_token,
        expires_in=desk.issuer.seconds,
        refresh_token=refresh_token,
        id_token=id_token,
        scope=" ".join(scopes) or None,
    )


def _over(closed: str | None) -> Exception:
    return GrantOver() if closed is None else AccessGone(reason=closed)


def _known(client: ClientCredentials | None) -> ClientCredentials:
    if client is None:
        raise WrongClientCredentials
    return client


def _given(data: TokenRequest, name: str) -> str:
    """A field that this grant needs. Raises InvalidTokenRequest."""
    value: str | None = getattr(data, name)
    if not value:
        raise InvalidTokenRequest(f"Send {name} too.", field=name)
    return value


def credentials_of(request: Request[Any, Any, Any], data: FromClient) -> ClientCredentials | None:
    """How the client says who it is, if it does; in one way only (RFC 6749, 2.3). An empty value is none (3.2)."""
    client_id, secret = data.client_id or None, data.client_secret or None
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ClientCredentials(client_id=client_id, secret=secret) if client_id else None
    try:
        named, _, told = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise WrongClientCredentials from error
    given = ClientCredentials(client_id=unquote_plus(named), secret=unquote_plus(told) or None)
    if secret is not None or client_id not in (None, given.client_id):
        raise InvalidTokenRequest("Say who you are in one way only.", field="client_id")
    return given
