"""Who is calling: access tokens (RFC 9068, ES256) checked against identity's published keys."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal
from uuid import UUID

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from libs.shared.errors import Unauthenticated, Unavailable

AUDIENCE = "fullmakt"
REFETCH_AFTER = 5.0
RETRY_AFTER = 0.5
LEEWAY = 5

WRONG = (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a token that somebody made up can raise."""

KeySource = Callable[[], Awaitable[dict[str, Any]]]


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a token names. What they may do where is not in it: that is asked of the service's own data."""

    kind: Literal["person", "service"]
    id: UUID
    scopes: frozenset[str] = frozenset()
    session: UUID | None = None
    """With whose end the token ends; a person has one always."""

    @property
    def actor(self) -> str:
        """The caller as events and the audit trail name it."""
        return f"{self.kind}:{self.id}"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A caller acting for one organisation, with the roles held there at this moment."""

    caller: Caller
    tenant: UUID
    roles: frozenset[str]
    name: str | None = None
    """For the audit trail, where it can be erased."""

    @property
    def person_id(self) -> UUID:
        """The person acting."""
        return self.caller.id


def published_keys(url: str) -> KeySource:
    """Keys from a JWKS page; Unavailable when it can't be reached."""

    async def fetch() -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                return dict((await client.get(url)).raise_for_status().json())
        except (httpx.HTTPError, ValueError, TypeError) as error:
            raise Unavailable from error

    return fetch


class TokenReader:
    """Reads access tokens of one issuer; fetches the keys once, and again when a token names an unknown one.

    However many tokens name unknown keys, one fetch runs at a time, and one in five seconds.
    """

    def __init__(self, issuer: str, keys: KeySource) -> None:
        self.issuer = issuer
        self._source = keys
        self._keys: KeySet | None = None
        self._fetching = asyncio.Lock()
        self._next_fetch = 0.0
        self._fetch_failed = False
        self._registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def read(self, token: str) -> Caller:
        """The caller that a token names; Unauthenticated for whatever is wrong with it."""
        try:
            try:
                return self._caller(token, self._keys or await self._fetched())
            except InvalidKeyIdError:
                return self._caller(token, await self._fetched())
        except WRONG as error:
            raise Unauthenticated from error

    async def _fetched(self) -> KeySet:
        """The keys as published now, or a moment ago; Unavailable if they could not be fetched then."""
        async with self._fetching:
            if time.monotonic() >= self._next_fetch:
                await self._fetch()
        if self._keys is None or self._fetch_failed:
            raise Unavailable
        return self._keys

    async def _fetch(self) -> None:
        try:
            self._keys = KeySet.import_key_set(await self._source())  # type: ignore[arg-type]
            self._fetch_failed = False
        except (Unavailable, *WRONG):
            self._fetch_failed = True
        self._next_fetch = time.monotonic() + (RETRY_AFTER if self._fetch_failed else REFETCH_AFTER)

    def _caller(self, token: str, keys: KeySet) -> Caller:
        decoded = jwt.decode(token, keys, algorithms=["ES256"])
        if decoded.header.get("typ") != "at+jwt":
            raise ValueError("not an access token")
        self._registry.validate(decoded.claims)
        kind, _, id_ = str(decoded.claims["sub"]).partition(":")
        if kind not in ("person", "service"):
            raise ValueError("unknown subject")
        scopes = frozenset(str(decoded.claims.get("scope", "")).split())
        session = UUID(decoded.claims["sid"]) if "sid" in decoded.claims else None
        return Caller(kind="person" if kind == "person" else "service", id=UUID(id_), scopes=scopes, session=session)


class Authentication(AbstractAuthenticationMiddleware):
    """Sets the request's user to its caller; no token: None, a bad one: 401."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """The caller of a request."""
        header = connection.headers.get("authorization")
        if header is None:
            return AuthenticationResult(user=None, auth=None)
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "basic":
            return AuthenticationResult(user=None, auth=token)
        if scheme.lower() != "bearer":
            raise Unauthenticated
        reader: TokenReader = connection.app.state.tokens
        return AuthenticationResult(user=await reader.read(token.strip()), auth=None)
