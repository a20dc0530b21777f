"""Access tokens as RFC 9068 has them: ES256, minutes, `sub` is `person:<id>` or `service:<id>`."""

import time
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from libs.shared.auth import AUDIENCE


class TokenIssuer:
    """Signs access tokens and publishes the key they are checked by."""

    def __init__(self, *, issuer: str, signing_key: str, minutes: int) -> None:
        self.issuer = issuer
        self.seconds = minutes * 60
        self._key = ECKey.import_key(signing_key, {"use": "sig", "alg": "ES256"})
        self._key.ensure_kid()

    def issue(self, kind: str, id_: UUID, *, scopes: list[str] | None = None, session: UUID | None = None) -> str:
        """A token that names its bearer; roles are not in it, since they may change while it lives."""
        now = int(time.time())
        subject = f"{kind}:{id_}"
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "client_id": subject if kind == "service" else "fullmakt",
            "iat": now,
            "exp": now + self.seconds,
            "jti": str(uuid4()),
        }
        if session is not None:
            claims["sid"] = str(session)
        if scopes:
            claims["scope"] = " ".join(scopes)
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": self._key.kid}, claims, self._key)

    async def jwks(self) -> dict[str, Any]:
        """The public keys, as a JWKS page shows them."""
        return {"keys": [self._key.as_dict(private=False)]}
