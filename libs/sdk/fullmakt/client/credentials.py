"""Who calls: what an access token is got with."""

import base64
from typing import Protocol
from uuid import UUID

from fullmakt.client.call import Call, fits_header
from fullmakt.client.models import identity


def is_token(text: str) -> bool:
    """Whether this can be an access token, which goes into a header (RFC 6750, 2.1)."""
    return fits_header(text) and " " not in text


class Credentials(Protocol):
    """Something that an access token is got with."""

    def token(self) -> "str | Call[identity.TokenView]":
        """The token itself, or the call that gets one."""


class AccessToken:
    """A token that was got elsewhere. It is not renewed."""

    def __init__(self, token: str) -> None:
        token = token.strip()
        if not is_token(token):
            raise ValueError("this is no access token: it has characters that none has")
        self._token = token

    def __repr__(self) -> str:
        return "AccessToken(***)"

    def token(self) -> str:
        """The token itself."""
        return self._token


class ClientCredentials:
    """A service account: its id and secret."""

    def __init__(self, id: UUID | str, secret: str) -> None:  # noqa: A002 - what it is called
        self.id = str(id)
        self._secret = secret

    def __repr__(self) -> str:
        return f"ClientCredentials({self.id!r}, ***)"

    def authorization(self) -> str:
        """The value of an Authorization header: HTTP Basic."""
        return "Basic " + base64.b64encode(f"{self.id}:{self._secret}".encode()).decode()

    def token(self) -> Call[identity.TokenView]:
        """The call that gets a token (RFC 6749, 4.4)."""
        return Call(
            name="identity.getServiceToken",
            method="POST",
            path="/identity/v1/token",
            answer=identity.TokenView,
            headers={"Authorization": self.authorization()},
            form={"grant_type": "client_credentials"},
            needs_token=False,
            repeatable=True,
        )


class SignIn:
    """A person: e-mail and password."""

    def __init__(self, email: str, password: str) -> None:
        self.email = email
        self._password = password

    def __repr__(self) -> str:
        return "SignIn(***)"

    def token(self) -> Call[identity.TokenView]:
        """The call that signs in."""
        return Call(
            name="identity.signIn",
            method="POST",
            path="/identity/v1/sign-in",
            answer=identity.TokenView,
            body=identity.SignIn(email=self.email, password=self._password),
            needs_token=False,
            repeatable=True,
        )
