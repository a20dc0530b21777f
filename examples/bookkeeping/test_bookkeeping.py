"""The sample program against a whole running Fullmakt; what the portal's page does is done by calling its API."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from fullmakt.testing import Link, Person, Sandbox

sys.path.insert(0, str(Path(__file__).parent))
from bookkeeping import create_app

URL = "http://127.0.0.1:8090"
PROGRAM = "bookkeeping"


class SignedOut(Exception):
    """The portal says that nobody is signed in."""


class Visit:
    """A browser at the program, and the portal that the person is signed in to."""

    def __init__(self, identity: str, program: httpx.AsyncClient, person: Person) -> None:
        self.identity = identity
        self.program = program
        self.person = person
        self.token = ""

    async def sign_in(self) -> None:
        """Sign in at the portal."""
        body = {"email": self.person.email, "password": self.person.password}
        self.token = (await self._portal("sign-in", body))["access_token"]

    async def go_to(self, link: Link) -> httpx.Response:
        """Open the program for a client, as the client list does; the page that comes of it."""
        return await self.follow(await self.program.get("/launch", params={"client": str(link.company.id)}))

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Follow where the browser is sent, over identity and the portal, back to the program."""
        while answer.is_redirect:
            address = str(answer.next_request.url if answer.next_request else "")
            if urlsplit(address).path == "/authorize":
                address = await self._ask_portal(parse_qs(urlsplit(address).query)["request"][0])
            if address.startswith(URL):
                answer = await self.program.get(address)
            else:
                async with httpx.AsyncClient() as browser:
                    answer = await browser.get(address)
        return answer

    async def write(self, link: Link, text: str) -> httpx.Response:
        """Send the form that was opened at a client."""
        sent = await self.program.post(f"/clients/{link.company.id}/entries", data={"text": text})
        return await self.follow(sent)

    async def _ask_portal(self, request: str) -> str:
        """What the portal's page does: see what is asked, and answer for who is signed in."""
        seen = await self._portal("authorizations/read", {"request": request})
        assert seen["program"] == PROGRAM
        return str((await self._portal("authorizations", {"request": request}))["redirect_to"])

    async def _portal(self, path: str, body: dict[str, str]) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with httpx.AsyncClient() as portal:
            answer = await portal.post(f"{self.identity}/v1/{path}", json=body, headers=headers)
        if answer.status_code in {401, 409}:
            raise SignedOut
        return answer.raise_for_status().json()


async def register(fullmakt: Sandbox) -> str:
    """The program's secret, after the platform operator has registered it."""
    operator, identity = fullmakt.system.place.operator, fullmakt.urls["identity"]
    body = {
        "name": "Bookkeeping",
        "launch_url": f"{URL}/launch",
        "redirect_uris": [f"{URL}/callback"],
        "post_logout_redirect_uris": [f"{URL}/"],
        "confidential": True,
        "renew_secret": True,
    }
    async with httpx.AsyncClient() as http:
        given = {"email": operator.email, "password": operator.password}
        token = (await http.post(f"{identity}/v1/sign-in", json=given)).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = await http.put(f"{identity}/v1/programs/{PROGRAM}", json=body, headers=headers)
    return str(answer.raise_for_status().json()["client_secret"])


class Office:
    """A consultant with two clients, at the portal."""

    def __init__(self, first: Link, second: Link, visit: Visit) -> None:
        self.first = first
        self.second = second
        self.visit = visit


@pytest.fixture
async def office(fullmakt: Sandbox) -> AsyncIterator[Office]:
    """The program is running, and the consultant may use it at both clients."""
    agency = await fullmakt.agency(consultants=1)
    first, second = [await fullmakt.link(agency=agency, active=True) for _ in range(2)]
    for link in (first, second):
        await link.grant(agency.consultant, PROGRAM)
    env = {"PROGRAM_URL": URL, "FULLMAKT_ISSUER": fullmakt.urls["identity"], "CLIENT_ID": PROGRAM}
    app = create_app(env | {"CLIENT_SECRET": await register(fullmakt)})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as program:
        visit = Visit(fullmakt.urls["identity"], program, agency.consultant)
        await visit.sign_in()
        yield Office(first, second, visit)


async def test_a_consultant_goes_to_a_client_works_there_and_switches_to_another_and_back(office: Office) -> None:
    visit = office.visit

    at_first = await visit.go_to(office.first)
    at_second = await visit.go_to(office.second)
    back = await visit.program.get(f"/clients/{office.first.company.id}")

    name = visit.person.name
    assert f"{name} at {office.first.company.name}" in at_first.text
    assert f"{name} at {office.second.company.name}" in at_second.text
    assert f"{name} at {office.first.company.name}" in back.text


async def test_a_form_opened_at_one_client_and_sent_after_switching_acts_on_that_client(office: Office) -> None:
    visit = office.visit
    await visit.go_to(office.first)
    await visit.go_to(office.second)

    page = await visit.write(office.first, "Rent, March")

    other = await visit.program.get(f"/clients/{office.second.company.id}")
    assert "Rent, March" in page.text
    assert office.first.company.name in page.text
    assert "Rent, March" not in other.text


async def test_a_form_for_a_client_that_one_never_went_to_is_refused(office: Office) -> None:
    await office.visit.go_to(office.first)

    assert (await office.visit.write(office.second, "Rent, March")).status_code == 403


async def test_where_access_is_gone_the_next_change_is_refused_and_the_other_client_stays(office: Office) -> None:
    visit = office.visit
    await visit.go_to(office.first)
    await visit.go_to(office.second)

    await office.first.end()
    await office.first.agency.sandbox.settled()

    assert (await visit.write(office.first, "Rent, March")).status_code == 403
    assert "Rent, April" in (await visit.write(office.second, "Rent, April")).text
    assert "You are not signed in: " in (await visit.go_to(office.first)).text


async def test_who_signs_out_at_the_program_is_signed_out_everywhere(office: Office) -> None:
    visit = office.visit
    await visit.go_to(office.first)

    left = await visit.follow(await visit.program.get("/sign-out"))

    assert "client list" in left.text
    assert (await visit.write(office.first, "Rent, March")).status_code == 403
    with pytest.raises(SignedOut):
        await visit.go_to(office.first)
