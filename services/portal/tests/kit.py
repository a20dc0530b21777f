"""A browser, and the portal over real identity and clients."""

from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import httpx
import msgspec
from fullmakt.events import MembershipChanged, OrganisationChanged, PersonChanged
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.mail_tokens import write_token
from services.clients.consumers import CONSUMERS
from services.identity.tests.kit import PASSWORD, SECRET, operator
from services.portal.app import create_app
from services.portal.settings import Settings
from tests.kit import App, Telling, told

PORTAL = "http://portal.test"
SETTINGS = Settings(
    public_url=PORTAL,
    identity_url="http://identity.test/identity",
    clients_url="http://clients.test/clients",
    session_key="the key of these tests, long enough",
)


class Form(msgspec.Struct):
    """A form of a page, with what its fields hold."""

    action: str
    fields: dict[str, str]


class Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert given["method"] == "post"
            self.found.append(Form(given["action"], {}))
        elif tag in {"input", "textarea"}:
            self.found[-1].fields[given["name"]] = given.get("value", "")


class Page:
    """An answer as a browser shows it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.html = answer.text
        self.path = answer.url.raw_path.decode()
        self.forms = {form.action: form for form in Forms(answer.text).found}

    def fields(self, action: str) -> dict[str, str]:
        """What a form of the page holds."""
        return dict(self.forms[action].fields)


class Browser:
    """Somebody's browser: it keeps cookies, and posts forms with what the page gave them."""

    def __init__(self, app: Any, language: str = "sv-SE,sv;q=0.9,en;q=0.5") -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"accept-language": language}
        self.http = httpx.AsyncClient(transport=transport, base_url=PORTAL, headers=headers, follow_redirects=True)

    async def open(self, path: str) -> Page:
        """Open an address."""
        return Page(await self.http.get(path))

    async def post(self, action: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Post fields, without going where the answer leads."""
        return await self.http.post(action, data=fields, headers=headers, follow_redirects=False)

    async def submit(self, page: Page, action: str, **typed: str) -> Page:
        """Fill in a form of the page and send it."""
        return Page(await self.http.post(action, data=page.fields(action) | typed))

    async def sign_in(self, page: Page, email: str, password: str = PASSWORD) -> Page:
        """Sign in on the page."""
        return await self.submit(page, "/sign-in", email=email, password=password)


class Wire(httpx.AsyncBaseTransport):
    """The way to a service, which can be cut."""

    def __init__(self, app: App) -> None:
        self.cut = False
        self.asked: list[tuple[str, str]] = []
        service: Any = app.app
        self._inner = httpx.ASGITransport(service, raise_app_exceptions=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        self.asked.append((request.method, request.url.path))
        if self.cut:
            raise httpx.ConnectError("cut")
        return await self._inner.handle_async_request(request)


class Street:
    """An agency and a company that it has asked for a link, with the portal in front of identity and clients."""

    def __init__(self, identity: App, clients: App) -> None:
        self.identity, self.clients = identity, clients
        self.wires = {"identity": Wire(identity), "clients": Wire(clients)}
        self.telling = Telling(clients.database, CONSUMERS)
        self.operator = self.agency = self.company = self.consultant = self.anna = UUID(int=0)
        self.portal: Any = None
        self.request: dict[str, Any] = {}

    async def build(self, *, company: str = "Åkeriet AB", agency: str = "Byrån AB") -> None:
        """Register everybody, let clients know, and send the request."""
        http = httpx.AsyncClient(mounts={f"http://{name}.test": wire for name, wire in self.wires.items()})
        self.portal = create_app(SETTINGS, http)
        self.operator = await operator(self.identity)
        self.agency = await self._organisation("agency", agency, "556016-0680")
        self.company = await self._organisation("company", company, "556012-5790")
        self.consultant = await self.member(self.agency, "Karl Konsult", "karl@byran.test")
        self.anna = await self.member(self.company, "Anna Ansvarig", "anna@akeriet.test", SYSTEM_ADMINISTRATOR)
        await self.member(self.company, "Bo Bestämd", "bo@akeriet.test", SYSTEM_ADMINISTRATOR)
        await self.member(self.company, "Petra Plan", "petra@akeriet.test")
        await self.member(self.agency, "Ada Admin", "ada@byran.test", SYSTEM_ADMINISTRATOR)
        for kind in (OrganisationChanged, PersonChanged, MembershipChanged):
            await self.telling.tell(*await told(self.identity.database, kind))
        self.request = await self.send()

    async def _organisation(self, kind: str, name: str, number: str) -> UUID:
        body = {"kind": kind, "name": name, "country": "SE", "organisation_number": number}
        answer = await self.identity.call("POST", "/identity/v1/organisations", by=self.operator, body=body)
        return UUID(answer.json()["id"])

    async def invite(self, organisation: UUID, name: str, email: str, *roles: str) -> tuple[UUID, str]:
        """Invite somebody; gives who it is, and the token that the mail carries."""
        path = f"/identity/v1/organisations/{organisation}/invitations"
        body = {"name": name, "email": email, "roles": list(roles)}
        invited = (await self.identity.call("POST", path, by=self.operator, body=body)).json()
        person = UUID(invited["person_id"])
        return person, write_token(SECRET, "invitation", UUID(invited["id"]), person, 1)

    async def member(self, organisation: UUID, name: str, email: str, *roles: str) -> UUID:
        """A member of an organisation, who has accepted the invitation."""
        person, token = await self.invite(organisation, name, email, *roles)
        path = f"/identity/v1/invitations/{token}/accept"
        answer = await self.identity.call("POST", path, body={"password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return person

    async def send(self) -> dict[str, Any]:
        """The agency asks the company for a link."""
        path = f"/clients/v1/organisations/{self.agency}/link-requests"
        body = {"company_id": str(self.company), "terms": {"programs": ["bookkeeping", "x-ray"]}}
        answer = await self.clients.call("POST", path, by=self.consultant, body=body)
        assert answer.status_code == 201, answer.text
        sent: dict[str, Any] = answer.json()
        return sent

    async def as_agency(self, verb: str) -> None:
        """The sender cancels or resends the request."""
        path = f"/clients/v1/organisations/{self.agency}/link-requests/{self.request['id']}/{verb}"
        answer = await self.clients.call("POST", path, by=self.consultant)
        assert answer.status_code == 200, answer.text

    async def now(self) -> dict[str, Any]:
        """The request as clients has it now."""
        path = f"/clients/v1/organisations/{self.company}/link-requests/{self.request['id']}"
        found: dict[str, Any] = (await self.clients.call("GET", path, by=self.anna)).json()
        return found

    @property
    def link(self) -> str:
        """The path of the link in Anna's mail."""
        return f"/approve/{write_token(SECRET, 'link_request', UUID(self.request['id']), self.anna, 1)}"

    def browser(self, language: str = "sv-SE,sv;q=0.9,en;q=0.5") -> Browser:
        """A new browser."""
        return Browser(self.portal, language)
