"""Calls of the public APIs as a good client makes them: retried while a service is away, each POST once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import uuid4

import httpx

PATIENCE = 60.0
"""Seconds to go on trying while a service is away."""
PAUSE = 0.1
HOLDS_SECRETS = ("sign-in", "service-accounts", "invitations/")
"""What takes no Idempotency-Key: nothing of it may be stored."""
T = TypeVar("T")


class Unexpected(Exception):
    """Something was not as the demo requires; the message says what."""


class Caller:
    """Somebody who calls the APIs, signed in or not."""

    def __init__(self, http: httpx.AsyncClient, urls: dict[str, str]) -> None:
        self.http = http
        self.urls = urls
        self._sign_in: dict[str, str] | None = None
        self._headers: dict[str, str] = {}

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in; once more by itself when the token has run out."""
        self._sign_in = {"email": email, "password": password}
        self._headers = {}  # a token that is over would be refused here as well
        token = await self.post("identity", "sign-in", self._sign_in, expect=200)
        self._headers = {"Authorization": f"Bearer {token['access_token']}"}

    async def sign_in_as_service(self, client_id: str, secret: str) -> None:
        """Get a service account's token, which is not renewed."""
        url, form = f"{self.urls['identity']}/v1/token", {"grant_type": "client_credentials"}
        answer = await self._patiently(lambda: self.http.post(url, data=form, auth=(client_id, secret)))
        self._headers = {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}

    async def get(self, service: str, path: str, *, expect: int = 200, **query: Any) -> Any:
        """The answer to a GET; Unexpected for another status than `expect`."""
        return await self._call("GET", service, path, expect=expect, params=query)

    async def post(self, service: str, path: str, body: Any = None, *, expect: int = 201) -> Any:
        """The answer to a POST, sent again with the same Idempotency-Key as long as none came."""
        return await self._call("POST", service, path, expect=expect, json=body)

    async def delete(self, service: str, path: str, *, expect: int = 200) -> Any:
        """The answer to a DELETE; it may be sent twice, so a thing that is gone already is fine."""
        return await self._call("DELETE", service, path, expect=expect)

    async def _call(self, method: str, service: str, path: str, *, expect: int, **rest: Any) -> Any:
        answer = await self.request(method, service, path, **rest)
        if answer.status_code != expect:
            told = f"{answer.status_code} instead of {expect}: {answer.text[:300]}"
            raise Unexpected(f"{method} {service} {path}: {told}")
        return answer.json() if answer.content else None

    async def request(self, method: str, service: str, path: str, **rest: Any) -> httpx.Response:
        """Whatever the answer is; a token that has run out is replaced first."""
        once = method == "POST" and not path.startswith(HOLDS_SECRETS)
        key = {"Idempotency-Key": str(uuid4())} if once else {}
        url = f"{self.urls[service]}/v1/{path}"
        answer = await self._patiently(lambda: self.http.request(method, url, headers=self._headers | key, **rest))
        if answer.status_code == 401 and self._sign_in and path != "sign-in":
            await self.sign_in(**self._sign_in)
            answer = await self._patiently(lambda: self.http.request(method, url, headers=self._headers | key, **rest))
        return answer

    async def _patiently(self, call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Try again while the service can't be reached or says 503."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = await call()
            except httpx.TransportError as error:
                reason = type(error).__name__
            else:
                if answer.status_code != 503:
                    return answer
                reason = "503"
            if time.monotonic() > deadline:
                raise Unexpected(f"a service stayed away for {PATIENCE:.0f} s ({reason})")
            await asyncio.sleep(PAUSE)


async def until(condition: Callable[[], Awaitable[T]], what: str, *, within: float = PATIENCE) -> T:
    """What the condition gives once it gives something true; Unexpected, naming `what`, after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := await condition()):
        if time.monotonic() > deadline:
            raise Unexpected(f"{what}: not within {within:.0f} s")
        await asyncio.sleep(PAUSE / 2)
    return found
