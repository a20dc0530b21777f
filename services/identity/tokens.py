"""Tokens as they are signed: access tokens (RFC 9068) and ID tokens (OpenID Connect), ES256, good for minutes.

Whom `sub`, `act` and the others name: docs/decisions/0016-who-a-token-names.md. No name and no address is in any.
"""

import time
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import ECKey, KeySet

from libs.shared.auth import AUDIENCE
from libs.shared.ended_sessions import LEEWAY
from libs.shared.keys import WRONG
from services.identity.keys import Keyring
from services.identity.models import Session

ACCESS, ID = "at+jwt", "JWT"
UUID_FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CENTURY = 100 * 365 * 86400
"""Seconds."""
Claims = dict[str, Any]


class WellFormed(msgspec.Struct, frozen=True):
    """What every token of ours says in this form, so that whoever reads its claims need not ask again."""

    sub: Annotated[str, msgspec.Meta(pattern=f"^(person|service):{UUID_FORM}$")]
    aud: str
    sid: UUID | None = None
    scope: str = ""


class TokenIssuer:
    """Signs tokens, reads its own, and publishes the keys they are checked by."""

    def __init__(self, *, issuer: str, keys: Keyring, minutes: int) -> None:
        self.issuer = issuer
        self.seconds = minutes * 60
        self._keys = keys
        required: dict[str, Any] = {"iss": {"essential": True, "value": issuer}, "sub": {"essential": True}}
        self._in_time = jwt.JWTClaimsRegistry(leeway=LEEWAY, exp={"essential": True}, **required)
        self._ever = jwt.JWTClaimsRegistry(leeway=CENTURY, **required)

    async def issue(
        self, kind: str, id_: UUID, *, scopes: Sequence[str] | None = None, session: UUID | None = None
    ) -> str:
        """An access token for our own services. Roles are not in it, since they may change while it lives."""
        claims = own_claims(self.issuer, self.seconds, kind, id_, scopes=scopes, session=session)
        return sign(await self._keys.signing(), ACCESS, claims)

    async def issue_access(self, session: Session, *, scopes: Sequence[str], acting: str | None = None) -> str:
        """An access token for a program session. `acting`: who acts for the person (RFC 8693, 4.1)."""
        claims = _common(self.issuer, self.seconds, f"person:{session.person_id}", str(session.program))
        claims |= {"client_id": session.program, "jti": str(uuid4())} | _session_claims(session)
        claims |= {"scope": " ".join(scopes)} if scopes else {}
        claims |= {"act": {"sub": acting}} if acting else {}
        return sign(await self._keys.signing(), ACCESS, claims)

    async def issue_id(self, session: Session, *, access_token: str, nonce: str | None = None) -> str:
        """An ID token for a program session (OpenID Connect Core, 2 and 3.1.3.6)."""
        claims = _common(self.issuer, self.seconds, f"person:{session.person_id}", str(session.program))
        at_hash = (create_half_hash(access_token, "ES256") or b"").decode()
        claims |= {"azp": session.program, "at_hash": at_hash}
        claims |= {"nonce": nonce} if nonce else {}
        return sign(await self._keys.signing(), ID, claims | _session_claims(session))

    async def jwks(self) -> dict[str, Any]:
        """The public keys, as a JWKS page shows them."""
        return {"keys": await self._keys.published()}

    async def read_access(self, token: str) -> Claims | None:
        """The claims of an access token of ours that is good by now, for whatever audience; None for any other."""
        return await self._read(token, ACCESS, self._in_time)

    async def read_id(self, token: str) -> Claims | None:
        """The claims of an ID token of ours, which may have expired: as a hint it is good for longer."""
        return await self._read(token, ID, self._ever)

    async def _read(self, token: str, typ: str, rules: jwt.JWTClaimsRegistry) -> Claims | None:
        try:
            try:
                return _claims(token, await self._keys.checking(), typ, rules)
            except InvalidKeyIdError:
                return _claims(token, await self._keys.checking(anew=True), typ, rules)
        except (msgspec.ValidationError, *WRONG):
            return None


def _claims(token: str, keys: KeySet, typ: str, rules: jwt.JWTClaimsRegistry) -> Claims:
    decoded = jwt.decode(token, keys, algorithms=["ES256"])
    if decoded.header.get("typ") != typ:
        raise ValueError("another kind of token")
    rules.validate(decoded.claims)
    msgspec.convert(decoded.claims, WellFormed)
    return dict(decoded.claims)


def sign(key: ECKey, typ: str, claims: Claims) -> str:
    """A token of this kind with these claims."""
    return jwt.encode({"alg": "ES256", "typ": typ, "kid": key.kid}, claims, key)


def own_claims(
    issuer: str, seconds: int, kind: str, id_: UUID, *, scopes: Sequence[str] | None = None, session: UUID | None = None
) -> Claims:
    """What an access token for our own services says."""
    subject = f"{kind}:{id_}"
    claims = _common(issuer, seconds, subject, AUDIENCE)
    claims |= {"client_id": subject if kind == "service" else AUDIENCE, "jti": str(uuid4())}
    claims |= {"sid": str(session)} if session is not None else {}
    return claims | ({"scope": " ".join(scopes)} if scopes else {})


def _common(issuer: str, seconds: int, subject: str, audience: str) -> Claims:
    now = int(time.time())
    return {"iss": issuer, "aud": audience, "sub": subject, "iat": now, "exp": now + seconds}


def _session_claims(session: Session) -> Claims:
    """How and when the person signed in, and whom they act for."""
    claims = {
        "sid": str(session.id),
        "auth_time": int(session.authenticated_at.timestamp()),
        "amr": session.methods,
        "acr": "aal2" if "mfa" in session.methods else "aal1",
    }
    places = {"client": session.company_id, "agency": session.agency_id, "link_id": session.link_id}
    return claims | {name: str(id_) for name, id_ in places.items() if id_ is not None}
