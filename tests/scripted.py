"""Services that answer by script, time that only sleeping moves, and both flavours of the client."""

import inspect
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
from fullmakt.client import AsyncFullmakt, Credentials, Fullmakt, Retries

BASE = "https://fullmakt.test"
ONE = UUID(int=1)
TOKENS = {"/identity/v1/token", "/identity/v1/sign-in"}
Answer = httpx.Response | Exception


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        """Let time pass."""
        self.sleep(seconds)

    def retries(self, deadline: float = 30.0) -> Retries:
        """Retries by this clock, their pauses as long as they may get."""
        return Retries(
            deadline=deadline,
            clock=lambda: self.now,
            sleep=self.sleep,
            sleep_async=self.sleep_async,
            jitter=lambda _, longest: longest,
        )


class Script:
    """Services that give these answers, one after the other, the last one for good; tokens are given on the side."""

    def __init__(self, *answers: Answer, expires_in: int = 600) -> None:
        self.answers = list(answers)
        self.expires_in = expires_in
        self.requests: list[httpx.Request] = []
        self.token_requests: list[httpx.Request] = []
        self.token_answers: list[Answer] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        if request.url.path in TOKENS:
            self.token_requests.append(request)
            if self.token_answers:
                return given(self.token_answers.pop(0))
            token = {"access_token": f"token-{len(self.token_requests)}", "expires_in": self.expires_in}
            return httpx.Response(200, json=token)
        self.requests.append(request)
        return given(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    def tokens(self) -> list[str | None]:
        """The Authorization header of each request."""
        return [request.headers.get("Authorization") for request in self.requests]

    def keys(self) -> list[str | None]:
        """The Idempotency-Key of each request."""
        return [request.headers.get("Idempotency-Key") for request in self.requests]


def given(answer: Answer) -> httpx.Response:
    """The answer, fresh, since httpx gives each out once; or what comes instead of it."""
    if isinstance(answer, Exception):
        raise answer
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


class Flavour:
    """One flavour of the client, called alike."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def do(
        self,
        script: Callable[[httpx.Request], httpx.Response],
        *calls: Callable[[Any], Any],
        by: Credentials | None = None,
        **options: Any,
    ) -> Any:
        """Make these calls with one client; the answer of the last."""
        transport = httpx.MockTransport(script)
        answer = None
        if self.name == "sync":
            with httpx.Client(transport=transport) as http, Fullmakt(BASE, by, http=http, **options) as api:
                for call in calls:
                    answer = call(api)
                return answer
        async with (
            httpx.AsyncClient(transport=transport) as http_async,
            AsyncFullmakt(BASE, by, http=http_async, **options) as api_async,
        ):
            for call in calls:
                answer = call(api_async)
                answer = await answer if inspect.isawaitable(answer) else answer
            return answer


def problem(status: int, code: str = "any_code", *, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    """An error as services answer with it."""
    body = {"type": f"urn:fullmakt:problem:{code}", "title": code, "status": status, "detail": "Why.", "code": code}
    kind = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, content=json.dumps(body | more), headers=kind | (headers or {}))


def me() -> Answer:
    """An answer to get_me."""
    names = ("name", "email", "pending_email", "mobile", "language", "time_zone")
    told = {"person_id": str(ONE), "version": 1, "operator": False, "second_factor": False, "memberships": []}
    body = dict.fromkeys(names) | told
    return httpx.Response(200, json=body)


def get_me(api: Any) -> Any:
    """A call that is safe to repeat."""
    return api.identity.get_me()
