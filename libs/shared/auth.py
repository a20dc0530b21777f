"""Who is calling: access tokens (RFC 9068, ES256) checked against identity's keys, and its ended sessions."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from joserfc import jws
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from libs.shared.ended_sessions import LEEWAY, LONGEST_LIFE, EndedSessions
from libs.shared.errors import Unauthenticated, Unavailable
from libs.shared.keys import WRONG, KeySource, PublishedKeys

AUDIENCE = "fullmakt"
HEADER = {"alg", "typ", "kid"}
"""What stands in the header of a token of ours, and nothing else does (such as `crit`, or a key of its own)."""
LONGEST_TOKEN = 8192
REMEMBERED = 10_000


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
    on_behalf_of: UUID | None = None
    """The organisation that they act for, where that is not the one they act at."""

    @property
    def person_id(self) -> UUID:
        """The person acting."""
        return self.caller.id


Introspect = Callable[[Caller, str], Awaitable[bool]]
"""Whether the session of a caller's token, given with it, goes on; Unavailable if nobody can tell."""


class Claims(msgspec.Struct, frozen=True):
    """What an access token must say (RFC 9068, 2.2), and may."""

    iss: str
    aud: str | list[str]
    sub: str
    client_id: str
    jti: str
    iat: int
    exp: int
    nbf: int = 0
    sid: UUID | None = None
    scope: str = ""


class Verified(NamedTuple):
    """A token that was right in every way when it was checked, and until when it can be."""

    caller: Caller
    until: float
    signer: str
    """Thumbprint of the key (RFC 7638)."""


class TokenReader:
    """Reads access tokens of one issuer, and remembers those that were right: a second look costs next to nothing.

    Without `ended`, tokens are good for as long as they say.
    """

    def __init__(
        self,
        issuer: str,
        keys: KeySource,
        ended: EndedSessions | None = None,
        introspect: Introspect | None = None,
    ) -> None:
        self.issuer = issuer
        self.ended = ended
        self._introspect = introspect
        self._published = PublishedKeys(keys)
        self._checked_by: KeySet | None = None
        self._verified: dict[str, Verified] = {}

    async def read(self, token: str) -> Caller:
        """The caller that a token names; Unauthenticated for whatever is wrong with it."""
        keys = await self._published.current()
        if keys is not self._checked_by:
            self._take(keys)
        verified = self._verified.get(token)
        if verified is None or time.time() >= verified.until:
            verified = await self._verify(token, keys)
        caller = verified.caller
        if self.ended is not None:
            if (caller.session or caller.id) in self.ended:
                raise Unauthenticated
            if caller.session is not None and not self.ended.is_fresh():
                await self._ask(caller, token)
        return caller

    async def close(self) -> None:
        """Let go of what it reads by."""
        await self._published.close()
        if self.ended is not None:
            await self.ended.close()

    def _take(self, keys: KeySet) -> None:
        """Go on by these keys; what others signed, and what has expired, is forgotten."""
        signers, now = {key.thumbprint() for key in keys}, time.time()
        self._checked_by = keys
        self._verified = {
            token: each for token, each in self._verified.items() if each.signer in signers and now < each.until
        }

    async def _ask(self, caller: Caller, token: str) -> None:
        if self._introspect is None:
            raise Unavailable
        if not await self._introspect(caller, token):
            raise Unauthenticated

    async def _verify(self, token: str, keys: KeySet) -> Verified:
        self._verified.pop(token, None)
        try:
            try:
                verified = self._verified_by(keys, token)
            except InvalidKeyIdError:
                verified = self._verified_by(await self._published.anew(), token)
        except (msgspec.MsgspecError, *WRONG) as error:
            raise Unauthenticated from error
        if len(self._verified) >= REMEMBERED:
            del self._verified[next(iter(self._verified))]
        self._verified[token] = verified
        return verified

    def _verified_by(self, keys: KeySet, token: str) -> Verified:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("too long")
        signed = jws.deserialize_compact(token, keys, algorithms=["ES256"])
        header = signed.headers()
        if set(header) != HEADER or header["typ"] != "at+jwt":
            raise ValueError("not an access token")
        claims = msgspec.json.decode(signed.payload or b"", type=Claims)
        self._check(claims, time.time())
        signer = keys.get_by_kid(header["kid"]).thumbprint()
        return Verified(_caller(claims), claims.exp + LEEWAY, signer)

    def _check(self, claims: Claims, now: float) -> None:
        """Every time in its bounds; ours is its one audience, so that nobody else who gets it can use it here."""
        if claims.iss != self.issuer or claims.aud not in (AUDIENCE, [AUDIENCE]):
            raise ValueError("not for us")
        if not now < claims.exp + LEEWAY <= now + LONGEST_LIFE + 2 * LEEWAY:
            raise ValueError("expired, or good for too long")
        if max(claims.iat, claims.nbf) > now + LEEWAY:
            raise ValueError("not yet good")


def _caller(claims: Claims) -> Caller:
    kind, _, id_ = claims.sub.partition(":")
    named = UUID(id_)
    scopes = frozenset(claims.scope.split())
    if str(named) != id_:
        raise ValueError("unknown subject")
    if kind == "person" and claims.sid is not None:
        return Caller(kind="person", id=named, scopes=scopes, session=claims.sid)
    if kind == "service":
        return Caller(kind="service", id=named, scopes=scopes, session=claims.sid)
    raise ValueError("unknown subject, or a person who has not signed in")


class Authentication(AbstractAuthenticationMiddleware):
    """Sets the request's user to its caller; no token: None, a bad one: 401, where the route is for anybody: None."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        """The caller of a request."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() in ("", "basic"):
            return AuthenticationResult(user=None, auth=token)
        try:
            if scheme.lower() != "bearer":
                raise Unauthenticated
            reader: TokenReader = connection.app.state.tokens
            return AuthenticationResult(user=await reader.read(token.strip()), auth=None)
        except Unauthenticated:
            if connection.route_handler.security != []:
                raise
            return AuthenticationResult(user=None, auth=None)
