"""A program, somebody who is signed in, and an access that says by which way they come, for identity's tests."""

import warnings
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
from fullmakt.questions import WAY_IN, WayInAnswer, WayInQuestion
from joserfc import jwt
from sqlalchemy import text

from libs.shared.bus import Bus
from services.identity.keys import Keyring
from services.identity.sealing import Sealer
from services.identity.sessions import Device, begin_session
from services.identity.tests.kit import member, operator, organisation
from services.identity.tokens import TokenIssuer
from tests.kit import ISSUER, KEY_SECRET, App, eventually, heard

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it says that it would rather have another HTTP library
    from authlib.integrations.httpx_client import AsyncOAuth2Client

CALLBACK = "https://books.test/callback"
SIGNED_OUT = "https://books.test/bye"
SEALER = Sealer(KEY_SECRET)
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
VERIFIER = "a-verifier-that-has-forty-three-characters-x"
CHALLENGE = "CmyG1UEVo2oQ1n-KbZ1BuxYW5dqeImuvjOYJtOE8Yjs"
AppOf = Callable[[str], Awaitable[App]]


class Provider:
    """Identity with the program `bookkeeping`, and Anna of an agency, who is signed in."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.issuer = TokenIssuer(issuer=ISSUER, keys=Keyring(app.database, SEALER), minutes=10)
        self.ways: dict[UUID, WayInAnswer] = {}
        self.last_time: dict[UUID, WayInAnswer] = {}
        """What access says of a company once more, before it says what is in `ways`."""
        self.secret = ""
        self.operator = self.anna = self.session = self.agency = self.company = self.link = UUID(int=0)

    async def open(self, access: Bus) -> "Provider":
        """Make it so."""
        self.operator = await operator(self.app)
        self.agency = await organisation(self.app, self.operator, "agency")
        self.company = await organisation(self.app, self.operator, number="556016-0680")
        self.anna = await member(self.app, self.operator, self.agency, "anna@agency.test")
        self.session = await self.sign_in(self.anna)
        self.secret = (await self.register("bookkeeping", confidential=True)).json()["client_secret"]
        self.link = self.let_in(self.company)

        async def way_in(_: str, question: WayInQuestion) -> WayInAnswer:
            closed = WayInAnswer(reason="no_such_client")
            return self.last_time.pop(question.company_id, None) or self.ways.get(question.company_id, closed)

        async def connected() -> bool:
            return bool(self.app.app.state.bus.client.is_connected)

        await access.answer(WAY_IN, WayInQuestion, way_in)
        await heard(access.client)
        await eventually(connected)
        return self

    def let_in(self, company: UUID) -> UUID:
        """From now on access says that everybody comes to the company, by a link of Anna's agency."""
        self.ways[company] = WayInAnswer(reason=None, agency_id=self.agency, link_id=uuid4())
        assert self.ways[company].link_id is not None
        return self.ways[company].link_id or UUID(int=0)

    async def sign_in(self, person: UUID, *methods: str) -> UUID:
        """A sign-in of this person."""
        async with self.app.database.begin(person) as tx:
            session, _ = await begin_session(tx, person_id=person, methods=methods or ["pwd"], device=Device())
            return session.id

    async def register(self, program: str, **given: Any) -> httpx.Response:
        """Register a program, as the operator."""
        body = {"name": program.title(), "launch_url": "https://books.test/launch", "redirect_uris": [CALLBACK]}
        body |= {"post_logout_redirect_uris": [SIGNED_OUT]}
        return await self.app.call("PUT", f"/identity/v1/programs/{program}", by=self.operator, body=body | given)

    async def bearer(self, session: UUID | None = None) -> dict[str, str]:
        """Headers of a request by Anna, as the portal makes it for her."""
        token = await self.issuer.issue("person", self.anna, session=session or self.session)
        return {"Authorization": f"Bearer {token}"}

    def client(self, **given: Any) -> "AsyncOAuth2Client":
        """Authlib's client, as the program."""
        transport = httpx.ASGITransport(self.app.app)  # type: ignore[arg-type]
        known = {
            "client_id": "bookkeeping",
            "client_secret": self.secret,
            "redirect_uri": CALLBACK,
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic",
        }
        return AsyncOAuth2Client(**(known | given), transport=transport, base_url="http://identity.test")

    async def begin(self, **parameters: str) -> httpx.Response:
        """What a browser gets that comes with a request to sign in."""
        given = {
            "client_id": "bookkeeping",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile",
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | parameters
        query = {name: value for name, value in given.items() if value}
        return await self.app.client.get("/identity/authorize", params=query)

    async def answer(self, address: str, *, session: UUID | None = None) -> httpx.Response:
        """What the portal gets that answers, for Anna, the request that the browser brought to this address."""
        request = query_of(address)["request"]
        return await self.app.call(
            "POST", "/identity/v1/authorizations", body={"request": request}, headers=await self.bearer(session)
        )

    async def code(self, **parameters: str) -> str:
        """A code for Anna's session at the program."""
        granted = await self.answer((await self.begin(**parameters)).headers["location"])
        assert granted.status_code == 200, granted.text
        return query_of(granted.json()["redirect_to"])["code"]

    async def token(self, grant_type: str, *, by: tuple[str, str] | None = None, **given: str) -> httpx.Response:
        """What the token endpoint answers to the program."""
        form = {"grant_type": grant_type} | {name: value for name, value in given.items() if value}
        who = by or ("bookkeeping", self.secret)
        auth = httpx.BasicAuth(*who) if who[0] else httpx.USE_CLIENT_DEFAULT
        return await self.app.client.post("/identity/v1/token", data=form, auth=auth)

    async def redeem(self, code: str, *, by: tuple[str, str] | None = None, **given: str) -> httpx.Response:
        """What the program gets for a code."""
        told = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return await self.token("authorization_code", by=by, **(told | given))

    async def signed_in(self, **parameters: str) -> dict[str, Any]:
        """The tokens of a session at the program."""
        answer = await self.redeem(await self.code(**parameters))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def exchange(self, subject: str, *, by: tuple[str, str] | None = None, **given: str) -> httpx.Response:
        """What the token endpoint answers to who wants to go to the client with Anna's token."""
        told = {"subject_token": subject, "subject_token_type": ACCESS_TOKEN, "audience": "bookkeeping"}
        return await self.token(EXCHANGE, by=by, **(told | {"client": str(self.company)} | given))

    async def introspected(self, token: str, by: tuple[str, str] | None = None) -> dict[str, Any]:
        """What the program is told of a token."""
        auth = httpx.BasicAuth(*(by or ("bookkeeping", self.secret)))
        answer = await self.app.client.post("/identity/introspect", data={"token": token}, auth=auth)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def claims(self, token: str) -> dict[str, Any]:
        """What a token says, if identity's keys fit it."""
        return dict(jwt.decode(token, await Keyring(self.app.database, SEALER).checking(), algorithms=["ES256"]).claims)

    async def ended(self, session: object) -> str | None:
        """Why a session of Anna's has ended."""
        async with self.app.database.begin(self.anna) as tx:
            found: str | None = await tx.session.scalar(
                text("SELECT ended_by FROM session WHERE id = :id"), {"id": session}
            )
            return found


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and OAuth error."""
    return answer.status_code, answer.json()["error"]
