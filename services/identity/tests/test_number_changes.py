from typing import Any
from uuid import UUID

import pytest
from fullmakt.events import OrganisationChanged, VerificationRequested, VerificationSettled
from sqlalchemy import text

from services.identity.tests.organisations import SOLE_TRADER, AppOf, Connect, Office, office_of
from tests.kit import told


@pytest.fixture
async def office(app: AppOf, connect: Connect) -> Office:
    """A company with an administrator."""
    return await office_of(app, connect)


async def test_the_number_stays_until_the_new_one_is_verified_and_then_every_list_follows(office: Office) -> None:
    asked = await office.renumber(office.anna, "SE 556042-7220")
    meanwhile = await office.seen()
    decided = await office.decide("verified")

    assert asked.status_code == 201
    assert (meanwhile["organisation_number"], meanwhile["pending_number_change"]) == ("5560125790", "5560427220")
    assert (decided.status_code, decided.json()["organisation_number"]) == (200, "5560427220")
    assert decided.json()["pending_number_change"] is None
    numbers = [event.organisation_number for event in await told(office.app.database, OrganisationChanged)]
    assert numbers == ["5560125790", "5560125790", "5560427220"]  # registered, administered, renumbered


async def test_a_number_that_is_refused_changes_nothing_and_another_may_be_asked_for(office: Office) -> None:
    await office.renumber(office.anna, "556042-7220")
    before = await office.seen()

    decided = await office.decide("refused", reason="name_differs")

    refused = {"organisation_number": "5560427220", "reason": "name_differs"}
    assert decided.json() == before | {"pending_number_change": None, "refused_number_change": refused}
    assert decided.json()["state"] == "verified"
    assert any('"reason":"name_differs"' in entry for entry in await office.trail())
    assert (await office.renumber(office.anna, "556009-4178")).status_code == 201


async def test_one_number_change_waits_at_a_time_also_of_ten_that_are_asked_for_at_once(office: Office) -> None:
    answers = await office.at_once(*(office.renumber(office.anna, "556042-7220") for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"verification_pending"}


async def test_a_withdrawn_number_change_is_not_decided_any_more(office: Office) -> None:
    await office.renumber(office.anna, "556042-7220")
    looked_at = (await office.waiting())["id"]

    withdrawn = await office.app.call("DELETE", office.path(None, "number-changes"), by=office.anna)
    again = await office.app.call("DELETE", office.path(None, "number-changes"), by=office.anna)
    decided = await office.decide("verified", verification=looked_at)

    assert (withdrawn.status_code, withdrawn.json()["pending_number_change"]) == (200, None)
    assert (again.status_code, again.json()["code"]) == (409, "no_number_change")
    assert (decided.status_code, decided.json()["code"]) == (409, "nothing_to_verify")


async def test_a_registration_that_waits_is_no_number_change_to_withdraw(office: Office) -> None:
    new = await office.registered(in_verification=True)

    withdrawn = await office.app.call("DELETE", office.path(new, "number-changes"), by=office.operator)
    asked = await office.renumber(office.operator, "556009-4178", of=new)

    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "no_number_change")
    assert (asked.status_code, asked.json()["code"]) == (409, "verification_pending")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"number": "556042-7221"}, "organisation_number"),
        ({"number": "5560125790"}, "organisation_number"),
        ({"number": "988077917", "country": "XX"}, "country"),
    ],
)
async def test_a_number_that_is_none_or_the_same_is_named_by_field(
    office: Office, body: dict[str, Any], field: str
) -> None:
    answer = await office.renumber(office.anna, **body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_number_of_another_country_is_taken_with_the_country(office: Office) -> None:
    await office.renumber(office.anna, "988 077 917 MVA", country="NO")

    decided = (await office.decide("verified")).json()

    assert (decided["country"], decided["organisation_number"]) == ("NO", "988077917")


async def test_a_number_that_others_have_and_had_is_one_more_subscription_of_it(office: Office) -> None:
    first = await office.registered(organisation_number="556042-7220")
    second = await office.registered(organisation_number="556042-7220", second_subscription=True)
    await office.renumber(office.operator, "556009-4178", of=first)
    await office.decide("verified", of=first)

    for one in (office.company, first):
        asked = await office.renumber(office.operator, "556042-7220", of=one, second_subscription=True)
        assert asked.status_code == 201
    decided = [await office.decide("verified", of=one) for one in (office.company, first)]

    assert [answer.status_code for answer in decided] == [200, 200]
    numbers = {(await office.seen(each))["organisation_number"] for each in (office.company, first, second)}
    assert numbers == {"5560427220"}


async def test_a_number_that_others_have_is_asked_for_by_an_explicit_yes_and_who_verifies_sees_how_many(
    office: Office,
) -> None:
    await office.registered(organisation_number="556042-7220")

    without = await office.renumber(office.anna, "556042-7220")
    with_yes = await office.renumber(office.anna, "556042-7220", second_subscription=True)
    first = (await office.waiting())["subscriptions"]
    registering = await office.registered(second_subscription=True, in_verification=True)

    assert (without.status_code, without.json()["code"]) == (409, "already_registered")
    assert [error["field"] for error in without.json()["errors"]] == ["organisation_number"]
    assert (with_yes.status_code, first) == (201, 1)
    assert [(await office.waiting(each))["subscriptions"] for each in (office.company, registering)] == [2, 1]


async def test_the_administrators_see_which_number_was_refused_and_why_until_they_ask_for_another(
    office: Office,
) -> None:
    await office.renumber(office.anna, "556042-7220")
    await office.decide("refused", reason="ceased")

    read = await office.app.call("GET", office.path(), by=office.anna)
    again = await office.renumber(office.anna, "556009-4178")
    withdrawn = await office.app.call("DELETE", office.path(None, "number-changes"), by=office.anna)
    await office.renumber(office.anna, "556009-4178")
    verified = await office.decide("verified")

    assert read.json()["refused_number_change"] == {"organisation_number": "5560427220", "reason": "ceased"}
    assert [each.json()["refused_number_change"] for each in (again, withdrawn, verified)] == [None] * 3


async def test_each_verification_is_told_when_it_is_asked_for_and_when_it_is_over(office: Office) -> None:
    new = await office.registered(in_verification=True)
    await office.decide("refused", of=new, reason="ceased")
    await office.renumber(office.anna, "556042-7220")
    await office.app.call("DELETE", office.path(None, "number-changes"), by=office.anna)
    await office.renumber(office.anna, "556009-4178")
    await office.decide("verified")

    asked = await told(office.app.database, VerificationRequested)
    over = await told(office.app.database, VerificationSettled)

    number = (office.company, "number")
    assert [(each.organisation_id, each.kind) for each in asked] == [(new, "registration"), number, number]
    assert [(each.outcome, each.reason) for each in over] == [
        ("refused", "ceased"),
        ("withdrawn", None),
        ("verified", None),
    ]
    assert [each.verification_id for each in over] == [each.verification_id for each in asked]
    assert await versions(office, asked[0].verification_id) == [1, 2]


async def versions(office: Office, verification: UUID) -> list[int]:
    """How what was told of a verification is numbered."""
    query = text("SELECT version FROM outbox WHERE stream = 'identity' AND thing = :id ORDER BY id")
    async with office.app.database.begin(None) as tx:
        return list(await tx.session.scalars(query, {"id": verification}))


async def test_a_company_does_not_become_a_sole_trader_nor_the_other_way(office: Office) -> None:
    elsa = await office.registered(**SOLE_TRADER)

    to_person = await office.renumber(office.anna, "811218-9876")
    to_company = await office.renumber(office.operator, "556042-7220", of=elsa)

    assert {answer.json()["code"] for answer in (to_person, to_company)} == {"another_kind_of_number"}
