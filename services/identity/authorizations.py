"""A program's request to have somebody signed in, while the portal has it: signed by us, kept nowhere."""

import re
import time
from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from authlib.common.urls import add_params_to_uri
from joserfc import jwt
from joserfc.jwk import OctKey

from libs.shared.errors import Conflict
from libs.shared.keys import WRONG
from services.identity.program_sessions import SCOPES
from services.identity.sealing import Sealer
from services.identity.tokens import Claims

GOOD_FOR = 600
"""Seconds for which the portal may answer a request."""
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PROMPTS = {"none", "login", "consent", "select_account"}
"""All programs are the vendor's own, so that there is nothing to consent to."""
ANEW = {"login", "select_account"}
"""Who is signed in may not be who is meant: they sign in anew."""
KIND = "fullmakt-authorization"
Short = Annotated[str, msgspec.Meta(max_length=1000)]


class AuthorizationOver(Conflict):
    """This request to sign in is over; begin again from the program."""


class AuthorizationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a program asks for (RFC 6749, 4.1.1; RFC 7636; OpenID Connect Core, 3.1.2.1)."""

    program: str
    redirect_uri: str
    scopes: list[str]
    state: str | None
    nonce: str | None
    code_challenge: str
    prompt: str | None
    max_age: int | None
    """Seconds since the person proved who they are."""
    login_hint: str | None
    person: UUID | None
    """Who is expected, by an ID token that the program has of them."""
    client: UUID | None
    """The company to act for."""
    asked_at: int
    """Unix time, real."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of a request as they come; others are ignored (RFC 6749, 3.1)."""

    response_type: Short = ""
    response_mode: Short = "query"
    scope: Short = ""
    state: Short | None = None
    nonce: Short | None = None
    code_challenge: Short = ""
    code_challenge_method: Short = ""
    prompt: Short | None = None
    max_age: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None
    login_hint: Short | None = None
    id_token_hint: Annotated[str, msgspec.Meta(max_length=4000)] | None = None
    client: UUID | None = None
    request: str | None = None
    request_uri: str | None = None


class Refused(Exception):
    """The request is answered with an error, to the program: a code of RFC 6749, 4.1.2.1, or OpenID Connect Core."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


def read_parameters(
    program: str, redirect_uri: str, given: Mapping[str, str], hinted: Claims | None
) -> AuthorizationRequest:
    """The request that these parameters make. `hinted`: claims of the ID token among them. Raises Refused."""
    if "request" in given:
        raise Refused("request_not_supported", "request objects are not supported")
    if "request_uri" in given:
        raise Refused("request_uri_not_supported", "request objects are not supported")
    try:
        asked = msgspec.convert(dict(given), Given, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("invalid_request", str(error).replace("`", "").replace('"', "")) from error
    _check(asked)
    if asked.id_token_hint is not None and (hinted is None or hinted["aud"] != program):
        raise Refused("invalid_request", "id_token_hint is no ID token that this program was given")
    return AuthorizationRequest(
        program=program,
        redirect_uri=redirect_uri,
        scopes=[scope for scope in SCOPES if scope in asked.scope.split()],
        state=asked.state,
        nonce=asked.nonce,
        code_challenge=asked.code_challenge,
        prompt=asked.prompt,
        max_age=asked.max_age,
        login_hint=asked.login_hint,
        person=UUID(hinted["sub"].removeprefix("person:")) if hinted else None,
        client=asked.client,
        asked_at=int(time.time()),
    )


def _check(asked: Given) -> None:
    if asked.response_type != "code":
        raise Refused("unsupported_response_type", "response_type is code")
    if asked.response_mode != "query":
        raise Refused("invalid_request", "response_mode is query")
    if asked.code_challenge_method != "S256" or not CHALLENGE.fullmatch(asked.code_challenge):
        raise Refused("invalid_request", "PKCE is required: code_challenge_method S256, RFC 7636")
    prompts = (asked.prompt or "").split()
    if set(prompts) - PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise Refused("invalid_request", "prompt is none, login, select_account or consent")


def answer_to(request: AuthorizationRequest, issuer: str, **answer: str) -> str:
    """Where the browser goes with the answer, which says whose it is (RFC 9207)."""
    return with_parameters(request.redirect_uri, **answer, state=request.state, iss=issuer)


def with_parameters(address: str, **parameters: str | None) -> str:
    """The address with these in its query, besides those that it has; None: left out."""
    given = [(name, value) for name, value in parameters.items() if value is not None]
    added: str = add_params_to_uri(address, given) if given else address
    return added


def write_request(sealer: Sealer, request: AuthorizationRequest) -> str:
    """The request as the portal carries it, good for ten minutes."""
    claims = {**msgspec.to_builtins(request), "exp": request.asked_at + GOOD_FOR}
    return jwt.encode({"alg": "HS256", "typ": KIND}, claims, _key(sealer))


def read_request(sealer: Sealer, written: str) -> AuthorizationRequest:
    """The request that was written. Raises AuthorizationOver."""
    try:
        decoded = jwt.decode(written, _key(sealer), algorithms=["HS256"])
        jwt.JWTClaimsRegistry(exp={"essential": True}).validate(decoded.claims)
        return msgspec.convert(decoded.claims, AuthorizationRequest)
    except WRONG as error:
        raise AuthorizationOver from error


def _key(sealer: Sealer) -> OctKey:
    return OctKey.import_key(sealer.derive("authorization_request", b""))


Refusal = Literal["login_required", "access_denied"]
"""What the portal may answer in place of a person."""
