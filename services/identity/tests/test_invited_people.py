"""People who are invited: what is kept of them, and for how long."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fullmakt.events import InvitationSent, PersonChanged

from libs.shared.auth import Actor, Caller
from libs.shared.mail_tokens import write_token
from services.identity.limits import Limits
from services.identity.queries import OPERATOR
from services.identity.sealing import Sealer
from services.identity.tests.kit import PASSWORD, SECRET, member, organisation
from services.identity.tests.places import ADMIN, rows, waits
from services.identity.tests.town import Town, new
from services.identity.usecases.erase_person import erase_person
from services.identity.usecases.forget_never_joined import forget_never_joined
from services.identity.usecases.invite_member import InviteMember, invite_member
from tests.kit import KEY_SECRET, eventually, move_clock, told

EMAIL, WRONG, RIGHT = "bo@c.test", "+46701740605", "+46701740606"
PATH = "/identity/v1/organisations"


async def invite(town: Town, company: UUID, email: str = EMAIL, **more: Any) -> dict[str, Any]:
    """Have the operator invite somebody; the answer, with its status."""
    body = {"name": "Bo Berg", "email": email, **more}
    answer = await town.app.call("POST", f"{PATH}/{company}/invitations", by=town.operator, body=body)
    return {"status": answer.status_code, "retry_after": answer.headers.get("retry-after"), **answer.json()}


async def withdraw(town: Town, company: UUID, invited: dict[str, Any]) -> None:
    """Withdraw what was invited to."""
    path = f"{PATH}/{company}/invitations/{invited['id']}"
    assert (await town.app.call("DELETE", path, by=town.operator)).status_code == 200


async def resend(town: Town, company: UUID, invited: dict[str, Any]) -> int:
    """The status of sending an invitation again."""
    path = f"{PATH}/{company}/invitations/{invited['id']}/resend"
    return (await town.app.call("POST", path, by=town.operator)).status_code


async def accept(town: Town, invited: dict[str, Any]) -> None:
    """Accept by the link of the first mail."""
    token = write_token(SECRET, "invitation", UUID(invited["id"]), UUID(invited["person_id"]), 1)
    answer = await town.app.call("POST", f"/identity/v1/invitations/{token}/accept", body={"password": PASSWORD})
    assert answer.status_code == 200, answer.text


async def kept(town: Town, person: object) -> tuple[Any, ...]:
    """What identity knows of a person."""
    query = "SELECT name, email, mobile, language, time_zone FROM person WHERE id = :id"
    (found,) = await rows(town.app, UUID(str(person)), query, id=person)
    return tuple(found)


async def test_of_who_is_invited_anew_and_never_joined_what_was_typed_last_counts(town: Town) -> None:
    company = await organisation(town.app, town.operator)
    first = await invite(town, company, name="Bo Breg", mobile=WRONG, language="sv", time_zone="Europe/Oslo")
    await withdraw(town, company, first)

    second = await invite(town, company, name="Bo Berg", mobile=RIGHT, language="da", time_zone="Europe/Copenhagen")

    assert second["person_id"] == first["person_id"]
    right = ("Bo Berg", EMAIL, RIGHT, "da", "Europe/Copenhagen")
    assert await kept(town, first["person_id"]) == right
    people = [each for each in await told(town.database, PersonChanged) if str(each.person_id) == first["person_id"]]
    assert [each.mobile for each in people] == [WRONG, RIGHT]
    sent = [each for each in await told(town.database, InvitationSent) if str(each.person_id) == first["person_id"]]
    assert [each.person_version for each in sent] == [1, 2]


async def test_of_a_client_user_invited_anew_what_was_typed_last_counts_too(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    (first,) = await town.invite(new(company, EMAIL, mobile=WRONG))
    await withdraw(town, company, {"id": first["invitation_id"]})

    (second,) = await town.invite(new(company, EMAIL, name="Bo Berg", language="nb"))

    assert await kept(town, second["person_id"]) == ("Bo Berg", EMAIL, None, "nb", "Europe/Stockholm")


@pytest.mark.parametrize("how", ["invited elsewhere", "a member elsewhere", "an operator who has not chosen yet"])
async def test_of_who_is_known_otherwise_nothing_is_changed_by_inviting(town: Town, how: str) -> None:
    elsewhere, company = [await organisation(town.app, town.operator) for _ in range(2)]
    match how:
        case "invited elsewhere":
            person = (await invite(town, elsewhere, name="Bo Known", mobile=RIGHT))["person_id"]
        case "a member elsewhere":
            person = await member(town.app, town.operator, elsewhere, EMAIL)
        case _:
            body = {"name": "Bo Known", "email": EMAIL}
            answer = await town.app.call("POST", "/identity/v1/operators", by=town.operator, body=body)
            person = answer.json()["person_id"]
    before = await kept(town, person)

    invited = await invite(town, company, name="Somebody Else", mobile=WRONG, language="da")

    assert invited["person_id"] == str(person)
    assert await kept(town, person) == before


async def test_who_is_erased_while_they_are_invited_is_invited_as_somebody_new(town: Town) -> None:
    company, other = [await organisation(town.app, town.operator) for _ in range(2)]
    first = await invite(town, company)
    person = UUID(first["person_id"])

    async with town.database.begin(None) as tx:
        await erase_person(tx, caller=None, person_id=person)
        await tx.session.flush()
        inviting = asyncio.create_task(invite(town, other))
        await eventually(lambda: waits(town.app))
    second = await inviting

    assert second["status"] == 201
    assert second["person_id"] != str(person)
    assert await rows(town.app, other, "SELECT person_id, email FROM invitation") == [
        (UUID(second["person_id"]), EMAIL)
    ]
    assert await rows(town.app, person, "SELECT state FROM membership") == [("ended",)]


async def test_an_address_is_one_persons_however_it_is_spelt(town: Town) -> None:
    company = await organisation(town.app, town.operator)
    invited = await invite(town, company, "e\u0301va@ex\u00e4mple.se")
    await accept(town, invited)

    again = await invite(town, company, "\u00c9VA@xn--exmple-cua.se")
    body = {"email": "\u00e9va@xn--exmple-cua.se", "password": PASSWORD}
    signed_in = await town.app.call("POST", "/identity/v1/sign-in", body=body)

    assert (again["status"], again["code"]) == (409, "already_member")
    assert signed_in.status_code == 200


@pytest.mark.parametrize("before", ["a@xn--exmple-cua.se", "e\u0301va@x.se"])
async def test_who_was_kept_by_another_spelling_signs_in_and_is_found_by_it(town: Town, before: str) -> None:
    company = await organisation(town.app, town.operator)
    person = await member(town.app, town.operator, company, "old@x.se")
    await rows(town.app, person, "UPDATE person SET email = :email WHERE id = :id RETURNING 1", email=before, id=person)

    signed_in = await town.app.call("POST", "/identity/v1/sign-in", body={"email": before, "password": PASSWORD})
    again = await invite(town, company, before)

    assert signed_in.status_code == 200
    assert (again["status"], again["code"]) == (409, "already_member")


async def test_what_no_name_or_address_may_hold_is_refused_by_its_field(town: Town) -> None:
    company = await organisation(town.app, town.operator)

    answers = [await invite(town, company, **each) for each in ({"name": "A\0"}, {"email": "a\0b@x.se"})]

    assert [(each["status"], each["errors"][0]["field"]) for each in answers] == [(400, "name"), (400, "email")]


@pytest.mark.parametrize("way", ["resend", "withdraw and invite"])
async def test_one_organisation_sends_somebody_five_invitations_an_hour(town: Town, way: str) -> None:
    company, other = [await organisation(town.app, town.operator) for _ in range(2)]
    invited = await invite(town, company)
    if way == "resend":
        statuses = [await resend(town, company, invited) for _ in range(5)]
        assert statuses == [200] * 4 + [429]
        await withdraw(town, company, invited)
    else:
        for _ in range(4):
            await withdraw(town, company, invited)
            invited = await invite(town, company)
        await withdraw(town, company, invited)

    refused = await invite(town, company)

    assert (refused["status"], refused["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused["retry_after"]) <= 3600
    assert (await invite(town, company, "other@c.test"))["status"] == 201
    assert (await invite(town, other))["status"] == 201
    assert len([each for each in await told(town.database, InvitationSent) if each.organisation_id == company]) == 6


async def days_later(town: Town, days: int) -> None:
    """So many days after the beginning the worker looks."""
    await move_clock(town.database, timedelta(days=days))
    await forget_never_joined(town.database)


async def test_who_never_joined_is_forgotten_thirty_days_after_the_last_place_was_gone(town: Town) -> None:
    first, second = [await organisation(town.app, town.operator) for _ in range(2)]
    bo, _ = [await invite(town, each, mobile=WRONG) for each in (first, second)]
    await withdraw(town, first, bo)
    ((open_,),) = await rows(town.app, second, "SELECT id FROM invitation")
    person = bo["person_id"]

    await days_later(town, 100)
    while_invited = await kept(town, person)
    await withdraw(town, second, {"id": open_})
    await days_later(town, 129)
    soon = await kept(town, person)
    await days_later(town, 131)

    assert while_invited == soon
    assert while_invited[:3] == ("Bo Berg", EMAIL, WRONG)
    assert await kept(town, person) == (None, None, None, None, None)
    last = [each for each in await told(town.database, PersonChanged) if str(each.person_id) == person][-1]
    assert last.erased
    assert (await invite(town, first))["person_id"] != person


async def test_who_was_invited_to_an_organisation_that_was_refused_is_forgotten_too(town: Town) -> None:
    body = {"kind": "company", "name": "New", "country": "SE", "organisation_number": "556042-7220"}
    answer = await town.app.call("POST", PATH, by=town.operator, body=body | {"in_verification": True})
    company = UUID(answer.json()["id"])
    bo = await invite(town, company, roles=[ADMIN])
    await days_later(town, 40)
    await town.refuse(company)

    await days_later(town, 69)
    soon = await kept(town, bo["person_id"])
    await days_later(town, 71)

    assert soon[1] == EMAIL
    assert await kept(town, bo["person_id"]) == (None, None, None, None, None)
    assert await rows(town.app, company, "SELECT name, email FROM invitation") == [(None, None)]


async def test_who_has_joined_once_or_is_to_be_an_operator_is_not_forgotten(town: Town) -> None:
    company = await organisation(town.app, town.operator)
    left = await member(town.app, town.operator, company, "left@c.test")
    await town.app.call("DELETE", f"{PATH}/{company}/members/{left}", by=left)
    gone = await invite(town, company, "olga@vendor.test")
    await withdraw(town, company, gone)
    body = {"name": "Olga", "email": "olga@vendor.test"}
    await town.app.call("POST", "/identity/v1/operators", by=town.operator, body=body)

    await days_later(town, 100)

    assert (await kept(town, left))[1] == "left@c.test"
    assert (await kept(town, gone["person_id"]))[1] == "olga@vendor.test"


async def test_who_is_invited_anew_while_they_are_to_be_forgotten_is_not(town: Town) -> None:
    company = await organisation(town.app, town.operator)
    first = await invite(town, company)
    await withdraw(town, company, first)
    await move_clock(town.database, timedelta(days=31))
    actor = Actor(caller=Caller(kind="person", id=town.operator), tenant=company, roles=frozenset({OPERATOR}))
    limits = Limits(town.database, Sealer(KEY_SECRET))

    async with town.database.begin(company) as tx:
        await invite_member(tx, actor=actor, given=InviteMember(name="Bo Berg", email=EMAIL), limits=limits)
        await tx.session.flush()
        forgetting = asyncio.create_task(forget_never_joined(town.database))
        await eventually(lambda: waits(town.app))
    await forgetting

    assert (await kept(town, first["person_id"]))[1] == EMAIL
