"""An agency's people who are system administrators at a company act there for their agency (I4, I7, I8)."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from services.identity.tests.kit import member, trail
from services.identity.tests.town import Town, new


class AtClient:
    """A client of the agency, and what Ada of the agency does there."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.app = town.app
        self.company = UUID(int=0)

    async def open(self) -> "AtClient":
        """Make it so."""
        self.company = await self.town.company("The client")
        await self.town.client(self.company)
        return self

    async def call(self, method: str, *rest: object, by: UUID | None = None, **body: Any) -> httpx.Response:
        """A request about the client, as Ada unless told."""
        path = "/".join(("/identity/v1/organisations", str(self.company), *map(str, rest)))
        headers = {}
        if method == "PATCH":
            seen = await self.app.call("GET", path, by=self.town.operator)
            headers["If-Match"] = seen.headers["etag"]
        return await self.app.call(method, path, by=by or self.town.ada, body=body or None, headers=headers)

    async def do_everything(self) -> list[int]:
        """What an agency's administrator does at a client, once each: the statuses of the answers."""
        (invited,) = (await self.call("GET", "invitations")).json()["items"]
        answers = [
            await self.call("PATCH", name="Better"),
            await self.call("POST", "number-changes", organisation_number="556042-7220"),
            await self.call("DELETE", "number-changes"),
            await self.call("POST", "invitations", invited["id"], "resend"),
            await self.call("DELETE", "invitations", invited["id"]),
        ]
        return [answer.status_code for answer in answers]

    async def done_in(self, tenant: UUID) -> list[dict[str, Any]]:
        """What stands in a trail of what Ada did at the client, once she had invited."""
        entries = [each for each in await trail(self.app, tenant) if each["actor"] == f"person:{self.town.ada}"]
        actions = [each["action"] for each in entries]
        (invited,) = (n for n, action in enumerate(actions) if action.startswith("invite_client_user"))
        return entries[invited + 1 :]


DONE = [
    "change_organisation",
    "request_number_change",
    "withdraw_number_change",
    "resend_invitation",
    "withdraw_invitation",
]


@pytest.fixture
async def client(town: Town) -> AtClient:
    """A client of the agency, which Ada administers."""
    return await AtClient(town).open()


async def test_what_an_agencys_person_does_at_a_client_is_in_both_trails_as_done_for_the_agency(
    client: AtClient,
) -> None:
    town = client.town
    (invited,) = await town.invite(new(client.company))

    assert await client.do_everything() == [200, 201, 200, 200, 200]

    there, at_home = await client.done_in(client.company), await client.done_in(town.agency)
    assert sorted(each["action"] for each in there) == sorted([*DONE, "end_membership"])
    assert [each["action"] for each in at_home] == DONE
    assert {each["on_behalf_of"] for each in [*there, *at_home]} == {str(town.agency)}
    assert {each["details"]["company"] for each in at_home} == {str(client.company)}
    assert invited["person_id"] not in str(at_home)


async def test_what_the_companys_own_do_is_done_for_the_company_and_in_no_other_trail(client: AtClient) -> None:
    anna = await member(client.app, client.town.operator, client.company, "anna@client.test", SYSTEM_ADMINISTRATOR)
    before = await trail(client.app, client.town.agency)

    await client.call("PATCH", by=anna, name="Better")

    newest = (await trail(client.app, client.company))[-1]
    assert (newest["action"], newest["on_behalf_of"]) == ("change_organisation", str(client.company))
    assert await trail(client.app, client.town.agency) == before


async def test_an_agencys_administrator_who_is_a_plain_member_as_well_acts_for_the_agency(client: AtClient) -> None:
    town = client.town
    await town.invite(new(client.company))
    await member(client.app, town.operator, client.company, "ada@agency.test")

    assert await client.do_everything() == [200, 201, 200, 200, 200]

    assert {each["on_behalf_of"] for each in await client.done_in(client.company) if each["action"] in DONE} == {
        str(town.agency)
    }


async def test_a_plain_member_of_whom_access_says_no_is_refused_as_a_member(client: AtClient) -> None:
    bo = await member(client.app, client.town.operator, client.company, "bo@client.test")

    seen = await client.call("GET", by=bo)
    answers = [
        await client.call("PATCH", by=bo, name="Better"),
        await client.call("POST", "number-changes", by=bo, organisation_number="556042-7220"),
        await client.call("GET", "invitations", by=bo),
    ]

    assert seen.status_code == 200
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "not_an_administrator")] * 3


async def test_a_plain_member_reads_the_details_while_access_is_silent(client: AtClient) -> None:
    bo = await member(client.app, client.town.operator, client.company, "bo@client.test")
    await client.app.app.state.bus.client.drain()

    assert (await client.call("GET", by=bo)).status_code == 200
    assert (await client.call("PATCH", by=bo, name="Better")).status_code == 503


async def test_a_repeat_of_who_is_a_plain_member_as_well_is_answered_as_the_first_time(client: AtClient) -> None:
    await member(client.app, client.town.operator, client.company, "ada@agency.test")
    path, body = f"/identity/v1/organisations/{client.company}/number-changes", {"organisation_number": "556042-7220"}

    answers = [
        await client.app.call("POST", path, by=client.town.ada, body=body, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
