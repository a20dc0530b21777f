"""Signing people in by Fullmakt: what a program asks of it, and how it checks what comes back."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

SCOPE = "openid profile"


class SignInFailed(Exception):
    """Nobody is signed in; the message says why."""


@dataclass(frozen=True)
class Asked:
    """What was asked for, kept for the browser that was sent away, until it is back."""

    client: str
    state: str
    nonce: str
    verifier: str


@dataclass
class Stay:
    """A person at a client: the tokens for it, and what is shown of both."""

    client: str
    company: str
    person: str
    token: dict[str, Any]


class SignIn:
    """The program at Fullmakt; it finds out by itself where everything is."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self._secret = client_secret
        self._redirect_uri = redirect_uri
        self._metadata: dict[str, str] = {}

    async def begin(self, client: str) -> tuple[str, Asked]:
        """The address to send the browser to, and what to keep for it meanwhile."""
        asked = Asked(client, *(secrets.token_urlsafe(48) for _ in range(3)))
        async with self._oauth() as oauth:
            address, _ = oauth.create_authorization_url(
                (await self.metadata())["authorization_endpoint"],
                state=asked.state,
                nonce=asked.nonce,
                code_verifier=asked.verifier,
                client=client,
            )
        return address, asked

    async def finish(self, answer: dict[str, str], asked: Asked) -> Stay:
        """Who is at which client now. `answer`: the query that the browser came back with.

        Raises SignInFailed.
        """
        if answer.get("iss") != self.issuer or not secrets.compare_digest(answer.get("state", ""), asked.state):
            raise SignInFailed("this is no answer to what was asked")
        if "error" in answer:
            raise SignInFailed(answer.get("error_description") or answer["error"])
        metadata = await self.metadata()
        async with self._oauth() as oauth:
            try:
                token = await oauth.fetch_token(
                    metadata["token_endpoint"], code=answer["code"], code_verifier=asked.verifier
                )
            except OAuthError as error:
                raise SignInFailed(str(error.error)) from error
            claims = await self._checked(token, asked)
            person = (await oauth.get(metadata["userinfo_endpoint"])).raise_for_status().json()
        if person["sub"] != claims["sub"] or claims.get("client") != asked.client:
            raise SignInFailed("this is somebody else, or another client")
        return Stay(asked.client, person["client_name"], person["name"], dict(token))

    async def _checked(self, token: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """The claims of the ID token, if all is right with it (OpenID Connect Core, 3.1.3.7)."""
        async with httpx.AsyncClient() as http:
            page = (await http.get((await self.metadata())["jwks_uri"])).raise_for_status().json()
        try:
            decoded = jwt.decode(token["id_token"], KeySet.import_key_set(page), algorithms=["ES256"])
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}},
                {"nonce": asked.nonce, "client_id": self.client_id, "access_token": token["access_token"]},
            )
            claims.validate(leeway=5)
        except (JoseError, ValueError, KeyError) as error:
            raise SignInFailed("the ID token is not good") from error
        return dict(claims)

    async def goes_on(self, stay: Stay) -> bool:
        """Whether the person may still work at the client, at this moment; renews the token where it has expired."""
        if await self._is_active(stay):
            return True
        async with self._oauth(token=stay.token) as oauth:
            try:
                stay.token = dict(await oauth.refresh_token((await self.metadata())["token_endpoint"]))
            except OAuthError:
                return False
        return await self._is_active(stay)

    async def _is_active(self, stay: Stay) -> bool:
        async with httpx.AsyncClient(auth=(self.client_id, self._secret)) as http:
            address = (await self.metadata())["introspection_endpoint"]
            answer = await http.post(address, data={"token": stay.token["access_token"]})
        return bool(answer.raise_for_status().json()["active"])

    async def sign_out(self, stay: Stay, back_to: str) -> str:
        """The address to send the browser to, so that the person is signed out everywhere."""
        parameters = {"id_token_hint": stay.token["id_token"], "post_logout_redirect_uri": back_to}
        return str(httpx.URL((await self.metadata())["end_session_endpoint"], params=parameters))

    async def metadata(self) -> dict[str, str]:
        """Where everything is (OpenID Connect Discovery); it says itself whose it is."""
        if not self._metadata:
            async with httpx.AsyncClient() as http:
                found = (await http.get(f"{self.issuer}/.well-known/openid-configuration")).raise_for_status().json()
            if found["issuer"] != self.issuer:
                raise SignInFailed("the issuer is another one")
            self._metadata = found
        return self._metadata

    def _oauth(self, token: dict[str, Any] | None = None) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.client_id,
            self._secret,
            scope=SCOPE,
            redirect_uri=self._redirect_uri,
            token=token,
            code_challenge_method="S256",
        )
