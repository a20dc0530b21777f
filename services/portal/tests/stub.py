"""Identity as its contract has it, for what the pages make of its answers: each answer can be set."""

from typing import Any
from uuid import UUID

import httpx
import msgspec

from services.portal.app import create_app
from services.portal.tests.kit import SETTINGS, Browser, Page

HERE, THERE = UUID(int=1), UUID(int=2)
AT = "2026-11-21T13:03:00Z"
TOKEN = "A" * 64
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
URI = f"otpauth://totp/Fullmakt:anna%40akeriet.test?secret={SECRET}&issuer=Fullmakt"
ME = {
    "person_id": str(UUID(int=9)),
    "version": 1,
    "name": "Anna Ansvarig",
    "email": "anna@akeriet.test",
    "pending_email": None,
    "time_zone": "Europe/Stockholm",
    "second_factor": False,
    "memberships": [],
}
SIGNED_IN = {
    "access_token": "an access token",
    "expires_in": 600,
    "token_type": "Bearer",
    "session_token": "a session token",
    "session_id": str(HERE),
    "device_token": "a-device-token",
}
AGENT = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def session(id_: UUID, *, current: bool = False, agent: str | None = AGENT, program: str | None = None) -> Any:
    """A session as identity lists it."""
    return {
        "session_id": str(id_),
        "current": current,
        "program": program,
        "created_at": AT,
        "used_at": AT,
        "user_agent": agent,
        "address": "192.0.2.7",
    }


class Asked(msgspec.Struct, frozen=True):
    """A request that the portal has made."""

    what: str
    body: Any
    headers: httpx.Headers


class Stub:
    """Identity: it says what it was told to, to `METHOD /path`, and notes what it was asked."""

    def __init__(self, portal: str = SETTINGS.public_url) -> None:
        self.asked: list[Asked] = []
        self.cut = False
        self.answers: dict[str, tuple[int, Any, dict[str, str]]] = {}
        self.says("POST /v1/sign-in", SIGNED_IN)
        self.says("POST /v1/sessions/token", {"access_token": "a newer access token", "expires_in": 600})
        self.says("POST /v1/sign-out", {})
        self.says("GET /v1/me", ME)
        self.says("GET /v1/me/sessions", {"items": [session(HERE, current=True), session(THERE)], "next": None})
        settings = msgspec.structs.replace(SETTINGS, public_url=portal)
        self.portal: Any = create_app(settings, httpx.AsyncClient(transport=httpx.MockTransport(self._answer)))

    def says(self, what: str, answer: Any) -> None:
        """Answer this with 200."""
        self.answers[what] = (200, answer, {})

    def refuses(
        self, what: str, status: int, code: str, *, field: str | None = None, wait: int | None = None, **more: str
    ) -> None:
        """Answer this with problem details."""
        problem = {"code": code, "status": status, "errors": [{"field": field}] if field else [], "more": more}
        self.answers[what] = (status, problem, {"retry-after": str(wait)} if wait else {})

    def last(self, what: str) -> Asked:
        """The last request of this kind."""
        return [asked for asked in self.asked if asked.what == what][-1]

    def bodies(self, what: str) -> list[Any]:
        """What was sent with the requests of this kind."""
        return [asked.body for asked in self.asked if asked.what == what]

    def browser(self, language: str = "sv") -> Browser:
        """A new browser."""
        return Browser(self.portal, language)

    async def signed_in(self, language: str = "sv") -> tuple[Browser, Page]:
        """A browser in which somebody is signed in, and their account's page."""
        browser = self.browser(language)
        return browser, await browser.sign_in(await browser.open("/account"), "anna@akeriet.test")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        what = f"{request.method} {request.url.path.removeprefix('/identity')}"
        body = msgspec.json.decode(request.content) if request.content else None
        self.asked.append(Asked(what, body, request.headers))
        if self.cut:
            raise httpx.ConnectError("cut")
        status, answer, headers = self.answers[what]
        return httpx.Response(status, json=answer, headers=headers)
