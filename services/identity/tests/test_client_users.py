"""Inviting new users of clients, many in one go (I8)."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from fullmakt.events import InvitationSent, MembershipChanged, PersonChanged
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.mail_tokens import write_token
from services.identity.tests.kit import PASSWORD, SECRET, member, operator, organisation
from services.identity.tests.town import Town, new
from tests.kit import App, told

COUNTED = "SELECT (SELECT count(*) FROM membership), (SELECT count(*) FROM invitation)"


async def accept(town: Town, company: UUID, person: UUID, *, by: UUID | None = None, body: Any = None) -> int:
    """The status that accepting the person's invitation to the company answers with."""
    rows = await town.rows(company, f"SELECT id FROM invitation WHERE person_id = '{person}'")  # noqa: S608
    token = write_token(SECRET, "invitation", rows[0].id, person, 1)
    answer = await town.app.call("POST", f"/identity/v1/invitations/{token}/accept", by=by, body=body or {})
    return answer.status_code


async def test_users_of_many_clients_are_invited_in_one_call_to_the_receipts_app_and_without_a_role(town: Town) -> None:
    companies = [await town.company(f"Client {n}") for n in range(3)]
    for company in companies:
        await town.client(company)

    results = await town.invite(
        *(new(company, f"Anna{n}@Client.test", mobile="+46 70 174 06 05") for n, company in enumerate(companies))
    )

    assert [each["outcome"] for each in results] == ["invited"] * 3
    assert [(each["position"], each["company_id"]) for each in results] == list(enumerate(map(str, companies)))
    assert [each["username"] for each in results] == ["anna.svensson", "anna.svensson2", "anna.svensson3"]
    for company, result in zip(companies, results, strict=True):
        query = "SELECT person_id, state, roles, apps, username FROM membership"
        assert await town.rows(company, query) == [
            (UUID(result["person_id"]), "invited", [], ["receipts"], result["username"])
        ]
    people = {each.person_id: each for each in await told(town.database, PersonChanged)}
    first = people[UUID(results[0]["person_id"])]
    assert (first.name, first.email, first.mobile) == ("Anna Svensson", "anna0@client.test", "+46701740605")
    assert (first.language, first.time_zone) == ("sv", "Europe/Stockholm")
    sent = [each for each in await told(town.database, InvitationSent) if each.apps]
    assert [(each.organisation_id, each.invited_by, each.inviting_agency_id) for each in sent] == [
        (company, town.ada, town.agency) for company in companies
    ]
    assert {(each.apps, each.accepted, each.by_service) for each in sent} == {(("receipts",), False, False)}


async def test_the_link_of_the_mail_lets_a_new_client_user_set_a_password_and_sign_in(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    (result,) = await town.invite(new(company))
    person = UUID(result["person_id"])

    assert await accept(town, company, person, body={"password": PASSWORD}) == 200

    signed_in = await town.app.call(
        "POST", "/identity/v1/sign-in", body={"email": "anna@client.test", "password": PASSWORD}
    )
    assert signed_in.status_code == 200, signed_in.text
    joined = (await told(town.database, MembershipChanged))[-1]
    assert (joined.person_id, joined.state, joined.roles, joined.apps) == (person, "active", (), ("receipts",))


async def test_whoever_has_a_sign_in_is_invited_with_the_same_answer_and_nothing_of_theirs_changes(town: Town) -> None:
    elsewhere = await organisation(town.app, town.operator)
    known = await member(town.app, town.operator, elsewhere, "known@else.test", SYSTEM_ADMINISTRATOR)
    first, second = await town.company("First"), await town.company("Second")
    await town.client(first)
    await town.client(second)
    before = await town.rows(known, f"SELECT * FROM person WHERE id = '{known}'")  # noqa: S608
    events = len(await told(town.database, PersonChanged))

    stranger = await town.call({"mode": "new", "rows": [new(first, "nobody@else.test", mobile="+46701740605")]})
    somebody = await town.call({"mode": "new", "rows": [new(second, "Known@Else.test", mobile="+46701740605")]})

    assert _without_ids(stranger.content, first) == _without_ids(somebody.content, second).replace(
        "anna.svensson2", "anna.svensson"
    )
    assert stranger.headers.keys() == somebody.headers.keys()
    assert somebody.json()["rows"][0]["person_id"] == str(known)
    assert await town.rows(known, f"SELECT * FROM person WHERE id = '{known}'") == before  # noqa: S608
    assert [each.person_id for each in (await told(town.database, PersonChanged))[events:]] != [known]
    assert len(await told(town.database, PersonChanged)) == events + 1
    assert await accept(town, second, known, body={"password": PASSWORD}) == 400
    assert await accept(town, second, known, by=known) == 200
    assert await town.rows(known, f"SELECT * FROM person WHERE id = '{known}'") == before  # noqa: S608


def _without_ids(content: bytes, company: UUID) -> str:
    row = json.loads(content)["rows"][0]
    return content.decode().replace(row["person_id"], "").replace(row["invitation_id"], "").replace(str(company), "")


async def test_each_row_is_judged_on_its_own_and_told_what_is_wrong_with_it(town: Town) -> None:
    good, narrow, taken, other = [await town.company(name) for name in ("Good", "Narrow", "Taken", "Other")]
    await town.client(good)
    await town.client(narrow, roles=("program_administrator:payroll",))
    await town.client(taken)
    agency = await organisation(town.app, town.operator, "agency")
    await town.client(other, agency=agency)
    await member(town.app, town.operator, taken, "own@taken.test", SYSTEM_ADMINISTRATOR)

    results = await town.invite(
        new(good, "one@good.test", username="One.User"),
        new(good, "two@good.test", username="one.user"),
        new(good, "ONE@good.test"),
        new(good, "no address"),
        new(good, "three@good.test", mobile="070-174 06 05"),
        new(good, "three@good.test", username="x!"),
        new(good, "three@good.test", name="  "),
        new(narrow),
        new(taken),
        new(other),
        new(uuid4()),
        new(good, "three@good.test", name="Åsa Ødegård-Æbelø", language="nb"),
    )

    assert [(each["outcome"], each["code"], each["field"]) for each in results] == [
        ("invited", None, None),
        ("refused", "username_taken", "username"),
        ("refused", "duplicate", "email"),
        ("refused", "invalid", "email"),
        ("refused", "invalid", "mobile"),
        ("refused", "invalid", "username"),
        ("refused", "invalid", "name"),
        ("refused", "not_administrator_there", None),
        ("refused", "has_own_users", None),
        ("refused", "client_unknown", None),
        ("refused", "client_unknown", None),
        ("invited", None, None),
    ]
    assert [each["position"] for each in results] == list(range(12))
    assert [each["username"] for each in results if each["username"]] == ["one.user", "asa.aebelo"]
    assert all(each["message"] for each in results if each["outcome"] == "refused")
    assert results[9] | {"position": 10, "company_id": results[10]["company_id"]} == results[10]
    assert await town.rows(good, COUNTED) == [(2, 2)]
    assert [row.count for row in await town.rows(narrow, "SELECT count(*) FROM membership")] == [0]


async def test_what_no_text_may_hold_is_told_by_its_row_and_field_and_the_others_are_invited(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)

    results = await town.invite(
        new(company, "one@client.test", username="anna\0"),
        new(company, "two@client.test", name="Anna\0"),
        new(company, "three\0@client.test"),
        new(company, "four@client.test", mobile="\0"),
        new(company, "five@client.test"),
    )

    assert [(each["code"], each["field"]) for each in results] == [
        ("invalid", "username"),
        ("invalid", "name"),
        ("invalid", "email"),
        ("invalid", "mobile"),
        (None, None),
    ]


async def test_a_row_of_a_client_that_was_refused_says_so(town: Town) -> None:
    body = {"kind": "company", "name": "New", "country": "SE", "organisation_number": "556042-7220"}
    path = "/identity/v1/organisations"
    answer = await town.app.call("POST", path, by=town.operator, body=body | {"in_verification": True})
    company = UUID(answer.json()["id"])
    await town.client(company)
    await town.refuse(company)

    (result,) = await town.invite(new(company))

    assert (result["outcome"], result["code"]) == ("refused", "organisation_was_refused")


async def test_somebody_whom_a_client_has_sent_enough_is_told_by_their_row(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    path = f"/identity/v1/organisations/{company}/invitations"
    for _ in range(5):
        (invited,) = await town.invite(new(company))
        await town.app.call("DELETE", f"{path}/{invited['invitation_id']}", by=town.operator)

    one, other = await town.invite(new(company), new(company, "other@client.test"))

    assert (one["outcome"], one["code"]) == ("refused", "too_many_attempts")
    assert other["outcome"] == "invited"


async def test_51_rows_are_refused_whole_by_the_name_of_the_field(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    rows = [new(company, f"user{n}@client.test") for n in range(51)]

    refused = await town.call({"mode": "new", "rows": rows})
    none = await town.call({"mode": "new", "rows": []})
    at_company = await town.rows(company, COUNTED)
    fifty = await town.invite(*rows[:50])

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "rows")
    assert (none.status_code, none.json()["errors"][0]["field"]) == (400, "rows")
    assert at_company == [(0, 0)]
    assert {each["outcome"] for each in fifty} == {"invited"}
    assert len({each["username"] for each in fifty}) == 50


async def test_an_administrator_is_asked_about_live_and_without_an_answer_nothing_is_done(
    app: Callable[[str], Awaitable[App]],
) -> None:
    town = Town(await app("identity"))
    await town.settle()
    company = await town.company("The client")
    await town.client(company)

    answer = await town.call({"mode": "new", "rows": [new(company)]})

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert await town.rows(company, COUNTED) == [(0, 0)]


async def test_a_copy_that_still_shows_administration_does_not_count(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    town.held[town.ada].clear()

    (result,) = await town.invite(new(company))
    await town.end(company)
    (ended,) = await town.invite(new(company))

    assert (result["code"], ended["code"]) == ("not_administrator_there", "client_unknown")


async def test_of_two_agencies_that_invite_the_same_client_at_the_same_moment_one_wins(town: Town) -> None:
    other = await organisation(town.app, town.operator, "agency")
    eve = await member(town.app, town.operator, other, "eve@other.test", SYSTEM_ADMINISTRATOR)
    companies = [await town.company(f"Client {n}") for n in range(4)]
    for company in companies:
        await town.client(company)
        await town.client(company, eve, agency=other)
    callers = ((town.agency, town.ada, companies), (other, eve, companies[::-1]), (town.agency, town.ada, companies))

    answers = await town.at_once(
        *(
            town.app.call(
                "POST",
                town.path(agency=agency),
                by=by,
                body={"mode": "new", "rows": [new(each, f"{n}-{each}@client.test") for each in order]},
            )
            for n, (agency, by, order) in enumerate(callers)
        )
    )

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    outcomes = [(row["company_id"], row["outcome"], row["code"]) for each in answers for row in each.json()["rows"]]
    for company in companies:
        mine = sorted(outcome for outcome in outcomes if outcome[0] == str(company))
        assert [each[1:] for each in mine] == [("invited", None), *[("refused", "has_own_users")] * 2]
        assert await town.rows(company, COUNTED) == [(1, 1)]


async def test_one_address_at_two_clients_is_one_person_and_at_one_moment_too(town: Town) -> None:
    companies = [await town.company(f"Client {n}") for n in range(4)]
    for company in companies:
        await town.client(company)

    both = await town.invite(*(new(company, "one@person.test") for company in companies[:2]))
    at_once = await town.at_once(*(town.invite(new(company, "new@person.test")) for company in companies[2:]))

    assert len({row["person_id"] for row in both}) == 1
    assert len({row["person_id"] for (row,) in at_once}) == 1
    assert len({row["username"] for (row,) in at_once}) == 2


async def test_a_repeat_with_the_same_key_gets_the_same_answer_and_nothing_is_done_twice(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    body = {"mode": "new", "rows": [new(company)]}

    first = await town.call(body, key="once")
    again = await town.call(body, key="once")

    assert first.json()["rows"][0]["outcome"] == "invited"
    assert again.json() == first.json()
    assert await town.rows(company, COUNTED) == [(1, 1)]


async def test_the_trail_of_the_company_names_who_was_invited_and_the_agencys_tells_of_the_call(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)

    (result, _) = await town.invite(new(company), new(uuid4()))

    query = "SELECT convert_from(body, 'UTF8')::jsonb AS body FROM audit_entry WHERE actor_id = '{}' ORDER BY at"
    (invited,) = await town.rows(company, query.format(town.ada))
    (called,) = await town.rows(town.agency, query.format(town.ada) + " DESC LIMIT 1")
    assert invited.body["action"] == "invite_client_user"
    assert invited.body["on_behalf_of"] == str(town.agency)
    assert invited.body["details"] == {"person": result["person_id"], "apps": ["receipts"]}
    assert called.body["action"] == "invite_client_users"
    assert [outcome for _, outcome in called.body["details"]["rows"]] == ["invited", "client_unknown"]
    assert "Anna" not in json.dumps([invited.body, called.body])


@pytest.mark.parametrize(("who", "status", "code"), [("eve", 404, "not_found"), ("olle", 404, "not_found")])
async def test_only_members_of_the_agency_invite_for_it(
    app: Callable[[str], Awaitable[App]], who: str, status: int, code: str
) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    agency, company = await organisation(identity, olle, "agency"), await organisation(identity, olle)
    eve = await member(identity, olle, company, "eve@company.test", SYSTEM_ADMINISTRATOR)
    by = {"eve": eve, "olle": olle}[who]
    path = f"/identity/v1/organisations/{agency}/client-users"

    answers = [
        await identity.call("POST", path, by=by, body={"mode": "new", "rows": [new(company)]}),
        await identity.call("GET", f"{path}/candidates", by=by),
        await identity.call("POST", f"{path}/usernames", by=by, body={"names": ["Anna"]}),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(status, code)}


async def test_a_company_has_no_clients_to_invite_users_of(town: Town) -> None:
    company = await town.company("The client")
    anna = await member(town.app, town.operator, company, "anna@client.test", SYSTEM_ADMINISTRATOR)

    answer = await town.app.call(
        "POST", town.path(agency=company), by=anna, body={"mode": "new", "rows": [new(company)]}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "has_no_clients")
