"""What programs are answered with: OpenID Connect and the OAuth standards beside it."""

from typing import Literal
from uuid import UUID

import msgspec

from services.identity.views.tokens import TokenView


def _bearer() -> Literal["Bearer"]:
    """Made, and so never left out as a default is."""
    return "Bearer"


class GrantedView(TokenView, frozen=True, kw_only=True, omit_defaults=True):
    """An access token, and what comes with it; `expires_in` is in seconds."""

    token_type: Literal["Bearer"] = msgspec.field(default_factory=_bearer)
    refresh_token: str | None = None
    """Good once; the next one comes with the answer to it."""
    id_token: str | None = None
    """Who signed in, how and when (OpenID Connect Core, 2)."""
    scope: str | None = None
    issued_token_type: str | None = None
    """After an exchange (RFC 8693, 2.2.1)."""


class UserInfoView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The signed-in person, as the token's scopes allow, and the client that they act for."""

    sub: str
    name: str | None = None
    locale: str | None = None
    zoneinfo: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    client: UUID | None = None
    """The company acted for."""
    client_name: str | None = None
    agency: UUID | None = None
    """The agency that the person comes from; none for an own user of the company."""
    link_id: UUID | None = None


class ActorView(msgspec.Struct, frozen=True):
    """Who acts for the person (RFC 8693, 4.1)."""

    sub: str


class IntrospectionView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a token is good at this moment; if it is, what it says (RFC 7662, 2.2)."""

    active: bool
    token_type: str | None = None
    iss: str | None = None
    sub: str | None = None
    aud: str | None = None
    exp: int | None = None
    iat: int | None = None
    jti: str | None = None
    client_id: str | None = None
    scope: str | None = None
    sid: UUID | None = None
    client: UUID | None = None
    agency: UUID | None = None
    link_id: UUID | None = None
    act: ActorView | None = None


class MetadataView(msgspec.Struct, frozen=True, kw_only=True):
    """What an OpenID provider tells of itself (OpenID Connect Discovery, 3; RFC 8414)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    introspection_endpoint: str
    revocation_endpoint: str
    end_session_endpoint: str
    scopes_supported: tuple[str, ...]
    claims_supported: tuple[str, ...]
    response_types_supported: tuple[str, ...] = ("code",)
    response_modes_supported: tuple[str, ...] = ("query",)
    grant_types_supported: tuple[str, ...] = (
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    )
    subject_types_supported: tuple[str, ...] = ("public",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("ES256",)
    acr_values_supported: tuple[str, ...] = ("aal1", "aal2")
    prompt_values_supported: tuple[str, ...] = ("none", "login", "select_account")
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic", "client_secret_post", "none")
    introspection_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    revocation_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic", "client_secret_post", "none")
    code_challenge_methods_supported: tuple[str, ...] = ("S256",)
    authorization_response_iss_parameter_supported: bool = True
    request_parameter_supported: bool = False
    request_uri_parameter_supported: bool = False
    claims_parameter_supported: bool = False


class AuthorizationView(msgspec.Struct, frozen=True, kw_only=True):
    """What a program asks for, for the portal to show."""

    program: str
    program_name: str
    company_id: UUID | None
    """The client to act for."""
    prompt: Literal["none", "login"] | None
    """`none`: nothing is to be shown; `login`: the person is to sign in anew."""
    login_hint: str | None


class RedirectView(msgspec.Struct, frozen=True, kw_only=True):
    """Where the browser goes from here."""

    redirect_to: str
