"""Inviting own users of clients to the app (I9)."""

from uuid import uuid4

from fullmakt.events import InvitationSent, MembershipChanged, PersonChanged
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.mail_tokens import write_token
from services.identity.tests.kit import SECRET, member
from services.identity.tests.town import Town, own
from tests.kit import told


async def test_an_own_user_has_the_app_at_once_and_nothing_is_left_to_accept(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    anna = await member(town.app, town.operator, company, "anna@client.test", SYSTEM_ADMINISTRATOR)
    people = len(await told(town.database, PersonChanged))

    (result,) = await town.invite(own(company, anna), mode="existing")

    assert result["outcome"] == "invited"
    assert (result["person_id"], result["username"]) == (str(anna), None)
    changed = (await told(town.database, MembershipChanged))[-1]
    assert (changed.person_id, changed.state) == (anna, "active")
    assert (changed.roles, changed.apps) == ((SYSTEM_ADMINISTRATOR,), ("receipts",))
    sent = (await told(town.database, InvitationSent))[-1]
    assert (sent.person_id, sent.apps, sent.accepted) == (anna, ("receipts",), True)
    assert (sent.invited_by, sent.inviting_agency_id) == (town.ada, town.agency)
    assert sent.membership_id == changed.membership_id
    assert len(await told(town.database, PersonChanged)) == people
    token = write_token(SECRET, "invitation", sent.invitation_id, anna, 1)
    again = await town.app.call("POST", f"/identity/v1/invitations/{token}/accept", by=anna, body={})
    assert (again.status_code, again.json()["code"]) == (409, "already_accepted")


async def test_who_was_invited_to_the_app_is_told_again_while_they_have_it(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    anna = await member(town.app, town.operator, company, "anna@client.test")
    (result,) = await town.invite(own(company, anna), mode="existing")
    path = f"/identity/v1/organisations/{company}"

    async def again() -> tuple[int, str]:
        answer = await town.app.call("POST", f"{path}/invitations/{result['invitation_id']}/resend", by=town.ada)
        return answer.status_code, answer.json().get("code", answer.json().get("state"))

    assert [await again(), await again()] == [(200, "accepted")] * 2
    sent = [each for each in await told(town.database, InvitationSent) if each.apps]
    assert [(each.generation, each.accepted, each.person_id) for each in sent] == [(n, True, anna) for n in (1, 2, 3)]
    await town.app.call("DELETE", f"{path}/members/{anna}", by=anna)
    assert await again() == (409, "invitation_over")


async def test_each_own_user_is_judged_on_their_own(town: Town) -> None:
    good, narrow, strange = [await town.company(name) for name in ("Good", "Narrow", "Strange")]
    await town.client(good)
    await town.client(narrow, roles=("program_administrator:payroll",))
    anna = await member(town.app, town.operator, good, "anna@good.test")
    bo = await member(town.app, town.operator, narrow, "bo@narrow.test")
    carl = await member(town.app, town.operator, strange, "carl@strange.test")
    body = {"name": "Invited", "email": "invited@good.test"}
    path = f"/identity/v1/organisations/{good}/invitations"
    invited = (await town.app.call("POST", path, by=town.operator, body=body)).json()["person_id"]

    results = await town.invite(
        own(good, anna),
        own(good, anna),
        own(narrow, bo),
        own(strange, carl),
        own(good, carl),
        own(good, invited),
        own(uuid4(), anna),
        mode="existing",
    )
    (again,) = await town.invite(own(good, anna), mode="existing")

    assert [(each["outcome"], each["code"]) for each in results] == [
        ("invited", None),
        ("refused", "duplicate"),
        ("refused", "not_administrator_there"),
        ("refused", "client_unknown"),
        ("refused", "not_an_own_user"),
        ("refused", "not_an_own_user"),
        ("refused", "client_unknown"),
    ]
    assert again["code"] == "already_invited_to_app"


async def test_whoever_is_invited_twice_at_the_same_moment_is_invited_once(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    anna = await member(town.app, town.operator, company, "anna@client.test")

    answers = await town.at_once(*(town.invite(own(company, anna), mode="existing") for _ in range(4)))

    codes = [row["code"] for (row,) in answers]
    assert sorted(codes, key=str) == [None, *["already_invited_to_app"] * 3]
    assert len([each for each in await told(town.database, InvitationSent) if each.apps]) == 1


async def test_a_row_of_one_mode_is_none_of_the_other(town: Town) -> None:
    company = await town.company("The client")
    row = own(company, town.ada)

    for body in ({"mode": "new", "rows": [row]}, {"mode": "all", "rows": [row]}, {"rows": [row]}):
        assert (await town.call(body)).status_code == 400
