"""Invitations that wait to be accepted: listed, sent again, withdrawn."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fullmakt.events import InvitationSent, MembershipChanged

from libs.shared.auth import Actor, Caller
from libs.shared.mail_tokens import write_token
from services.identity.limits import Limits
from services.identity.sealing import Sealer
from services.identity.tests.kit import PASSWORD, SECRET, member, organisation, trail
from services.identity.tests.places import ADMIN, change, remove, waits
from services.identity.tests.town import Town, new
from services.identity.usecases.resend_invitation import resend_invitation
from tests.kit import KEY_SECRET, eventually, told


class Inviting:
    """A company with an administrator, who invites."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.app = town.app
        self.company = self.anna = UUID(int=0)

    async def open(self) -> "Inviting":
        """Make it so."""
        self.company = await organisation(self.app, self.town.operator, number="556036-0793")
        self.anna = await member(self.app, self.town.operator, self.company, "anna@c.test", ADMIN)
        return self

    async def call(self, method: str, *rest: object, by: UUID | None = None, of: UUID | None = None) -> httpx.Response:
        """A request about the company's invitations, as Anna unless told."""
        path = "/".join(("/identity/v1/organisations", str(of or self.company), "invitations", *map(str, rest)))
        return await self.app.call(method, path, by=by or self.anna)

    async def invite(self, email: str = "bo@c.test", **more: Any) -> httpx.Response:
        """Invite somebody."""
        body = {"name": "Bo Berg", "email": email, **more}
        path = f"/identity/v1/organisations/{self.company}/invitations"
        return await self.app.call("POST", path, by=self.anna, body=body)

    async def invited(self, email: str = "bo@c.test", **more: Any) -> dict[str, Any]:
        """The invitation of somebody."""
        answer = await self.invite(email, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def accept(self, invitation: dict[str, Any], generation: int = 1) -> tuple[int, str | None]:
        """What the link of the mail that was sent as this generation is answered with."""
        token = write_token(SECRET, "invitation", UUID(invitation["id"]), UUID(invitation["person_id"]), generation)
        path = f"/identity/v1/invitations/{token}/accept"
        answer = await self.app.call("POST", path, body={"password": PASSWORD})
        return answer.status_code, answer.json().get("code")

    async def listed(self, *, by: UUID | None = None, of: UUID | None = None) -> list[dict[str, Any]]:
        """The open invitations."""
        answer = await self.call("GET", by=by, of=of)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found


@pytest.fixture
async def inviting(town: Town) -> Inviting:
    """A company with an administrator."""
    return await Inviting(town).open()


async def test_of_an_invitation_that_was_sent_again_the_new_link_alone_is_good(inviting: Inviting) -> None:
    bo = await inviting.invited()

    again = await inviting.call("POST", bo["id"], "resend")

    assert (again.status_code, again.json()) == (200, bo)
    sent = [each for each in await told(inviting.app.database, InvitationSent) if str(each.invitation_id) == bo["id"]]
    assert [(each.generation, each.invited_by) for each in sent] == [(1, inviting.anna), (2, inviting.anna)]
    assert await inviting.accept(bo, 1) == (409, "invitation_not_open")
    assert await inviting.accept(bo, 2) == (200, None)
    late = await inviting.call("POST", bo["id"], "resend")
    gone = await inviting.call("DELETE", bo["id"])
    assert [(each.status_code, each.json()["code"]) for each in (late, gone)] == [(409, "already_accepted")] * 2


async def test_a_withdrawn_invitation_is_over_and_the_address_may_be_invited_anew(inviting: Inviting) -> None:
    bo = await inviting.invited(roles=[ADMIN])
    twice = await inviting.invite()

    gone = await inviting.call("DELETE", bo["id"])

    assert (twice.status_code, twice.json()["code"]) == (409, "already_invited")
    assert (gone.status_code, gone.json()) == (200, {})
    last = (await told(inviting.app.database, MembershipChanged))[-1]
    assert (str(last.person_id), last.state, last.roles) == (bo["person_id"], "ended", ())
    assert await inviting.accept(bo) == (409, "invitation_not_open")
    for method, rest in (("POST", ["resend"]), ("DELETE", [])):
        answer = await inviting.call(method, bo["id"], *rest)
        assert (answer.status_code, answer.json()["code"]) == (409, "invitation_over")
    assert await inviting.listed() == []
    anew = await inviting.invited()
    assert anew["person_id"] == bo["person_id"]
    assert await inviting.accept(anew) == (200, None)
    twice = await inviting.invite()
    assert (twice.status_code, twice.json()["code"]) == (409, "already_member")


async def test_of_accepting_and_withdrawing_at_the_same_moment_one_happens(inviting: Inviting) -> None:
    for number in range(5):
        bo = await inviting.invited(f"p{number}@c.test")
        (accepted, _), gone = await asyncio.gather(inviting.accept(bo), inviting.call("DELETE", bo["id"]))
        assert sorted((accepted, gone.status_code)) == [200, 409]


async def test_a_link_that_waits_while_the_invitation_is_sent_again_is_no_longer_good(inviting: Inviting) -> None:
    bo = await inviting.invited()
    caller = Caller(kind="person", id=inviting.anna)
    actor = Actor(caller=caller, tenant=inviting.company, roles=frozenset({ADMIN}))

    async with inviting.app.database.begin(inviting.company, actor=caller.actor) as tx:
        limits = Limits(inviting.app.database, Sealer(KEY_SECRET))
        await resend_invitation(tx, actor=actor, invitation_id=UUID(bo["id"]), limits=limits)
        await tx.session.flush()
        old = asyncio.create_task(inviting.accept(bo, 1))
        await eventually(lambda: waits(inviting.app))

    assert await old == (409, "invitation_not_open")
    assert await inviting.accept(bo, 2) == (200, None)


async def test_what_was_done_to_an_invitation_is_in_the_trail_with_whom_it_was_for(inviting: Inviting) -> None:
    bo = await inviting.invited()
    await inviting.call("POST", bo["id"], "resend")
    await inviting.call("DELETE", bo["id"])

    entries = await trail(inviting.app, inviting.company)

    done = [entry for entry in entries if entry["thing"] == bo["id"]]
    assert [entry["action"] for entry in done] == ["invite_member", "resend_invitation", "withdraw_invitation"]
    assert {entry["details"]["person"] for entry in done} == {bo["person_id"]}
    assert {entry["actor"] for entry in done} == {f"person:{inviting.anna}"}


async def test_open_invitations_show_what_was_typed_and_nothing_else_of_the_invited(inviting: Inviting) -> None:
    elsewhere = await organisation(inviting.app, inviting.town.operator)
    await member(inviting.app, inviting.town.operator, elsewhere, "known@else.test")
    invited = [await inviting.invited(email, roles=[ADMIN]) for email in ("Known@else.test", "new@c.test")]
    await inviting.accept(await inviting.invited("cia@c.test"))

    listed = await inviting.listed()

    assert [(row["id"], row["person_id"]) for row in listed] == [(i["id"], i["person_id"]) for i in reversed(invited)]
    assert [row["email"] for row in listed] == ["new@c.test", "known@else.test"]
    assert {(row["name"], row["invited_by"], *row["apps"], *row["roles"]) for row in listed} == {
        ("Bo Berg", str(inviting.anna), ADMIN)
    }
    await inviting.call("POST", invited[0]["id"], "resend")
    assert [row["id"] for row in await inviting.listed()] == [each["id"] for each in invited]


async def test_open_invitations_are_paged_each_once(inviting: Inviting) -> None:
    invited = [(await inviting.invited(f"p{number}@c.test"))["id"] for number in range(5)]
    seen, path = [], f"/identity/v1/organisations/{inviting.company}/invitations?limit=2"

    while path:
        page = await inviting.app.call("GET", path, by=inviting.anna)
        seen += [row["id"] for row in page.json()["items"]]
        path = page.links.get("next", {}).get("url", "")

    assert seen == invited[::-1]


@pytest.mark.parametrize("over", ["accepted", "withdrawn", "removed", "erased"])
async def test_what_was_typed_is_forgotten_once_the_invitation_is_over(inviting: Inviting, over: str) -> None:
    bo = await inviting.invited()
    match over:
        case "accepted":
            await inviting.accept(bo)
        case "withdrawn":
            await inviting.call("DELETE", bo["id"])
        case "removed":
            await remove(inviting.app, inviting.company, bo["person_id"], by=inviting.anna)
        case _:
            await inviting.app.call("DELETE", f"/identity/v1/people/{bo['person_id']}", by=inviting.town.operator)

    query = f"SELECT name, email FROM invitation WHERE id = '{bo['id']}'"  # noqa: S608 - an id of ours
    assert await inviting.town.rows(inviting.company, query) == [(None, None)]


async def test_members_without_the_role_and_other_organisations_reach_no_invitation(inviting: Inviting) -> None:
    kim = await member(inviting.app, inviting.anna, inviting.company, "kim@c.test")
    other = await organisation(inviting.app, inviting.town.operator)
    eve = await member(inviting.app, inviting.town.operator, other, "eve@o.test", ADMIN)
    bo = await inviting.invited()

    def calls(by: UUID, of: UUID) -> list[Any]:
        paths = (("GET",), ("POST", bo["id"], "resend"), ("DELETE", bo["id"]))
        return [inviting.call(*path, by=by, of=of) for path in paths]

    assert [(await call).status_code for call in calls(kim, inviting.company)] == [403] * 3
    assert [(await call).status_code for call in calls(eve, inviting.company)] == [404] * 3
    assert [(await call).status_code for call in calls(eve, other)] == [200, 404, 404]
    assert (await inviting.call("POST", uuid4(), "resend")).status_code == 404
    assert await inviting.accept(bo) == (200, None)


async def test_an_operator_sends_again_and_withdraws(inviting: Inviting) -> None:
    bo = await inviting.invited()
    by = inviting.town.operator

    assert len(await inviting.listed(by=by)) == 1
    assert (await inviting.call("POST", bo["id"], "resend", by=by)).status_code == 200
    assert (await inviting.call("DELETE", bo["id"], by=by)).status_code == 200


async def test_an_agencys_administrator_there_sends_a_client_users_invitation_again(inviting: Inviting) -> None:
    town = inviting.town
    client = await town.company("The client")
    await town.client(client)
    await town.invite(new(client))
    (row,) = await inviting.listed(by=town.ada, of=client)

    again = await inviting.call("POST", row["id"], "resend", by=town.ada, of=client)

    assert again.status_code == 200, again.text
    sent = [each for each in await told(town.database, InvitationSent) if str(each.invitation_id) == row["id"]]
    assert [(each.generation, each.inviting_agency_id, each.apps) for each in sent] == [
        (number, town.agency, ("receipts",)) for number in (1, 2)
    ]
    assert await inviting.accept(row, 1) == (409, "invitation_not_open")
    await town.end(client)
    assert (await inviting.call("DELETE", row["id"], by=town.ada, of=client)).status_code == 404
    assert await inviting.accept(row, 2) == (200, None)


async def test_a_withdrawn_client_user_leaves_the_username_and_the_client_as_if_never_invited(
    inviting: Inviting,
) -> None:
    town = inviting.town
    client = await town.company("The client")
    await town.client(client)
    (first,) = await town.invite(new(client, username="anna"))
    (row,) = await inviting.listed(by=town.ada, of=client)

    assert (await inviting.call("DELETE", row["id"], by=town.ada, of=client)).status_code == 200

    (again,) = await town.invite(new(client, "other@client.test", username="anna"))
    assert (first["outcome"], again["outcome"], again["username"]) == ("invited", "invited", "anna")


async def test_an_agencys_people_reach_the_invitations_of_client_users_alone(inviting: Inviting) -> None:
    town = inviting.town
    await town.client(inviting.company)
    bo = await inviting.invited()

    assert await inviting.listed(by=town.ada) == []
    assert (await inviting.call("POST", bo["id"], "resend", by=town.ada)).status_code == 404
    assert (await inviting.call("DELETE", bo["id"], by=town.ada)).status_code == 404


async def test_a_sign_in_whose_last_hope_of_a_place_is_withdrawn_ends(inviting: Inviting) -> None:
    elsewhere = await organisation(inviting.app, inviting.town.operator)
    kim = await member(inviting.app, inviting.town.operator, elsewhere, "kim@else.test")
    invitation = await inviting.invited("kim@else.test")
    await remove(inviting.app, elsewhere, kim, by=kim)

    await inviting.call("DELETE", invitation["id"])

    signing_in = {"email": "kim@else.test", "password": PASSWORD}
    assert (await inviting.app.call("POST", "/identity/v1/sign-in", body=signing_in)).status_code == 401


async def test_who_lost_the_role_sends_nothing_again(inviting: Inviting) -> None:
    bo = await inviting.invited()
    await change(inviting.app, inviting.company, inviting.anna, by=inviting.town.operator)

    answer = await inviting.call("POST", bo["id"], "resend")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_an_administrator")
