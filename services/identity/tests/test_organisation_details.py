from typing import Any
from uuid import UUID

import pytest
from fullmakt.events import OrganisationChanged
from fullmakt.roles import program_administrator

from services.identity.tests.kit import member
from services.identity.tests.organisations import ADMINISTRATOR, AppOf, Connect, Office, office_of
from tests.kit import told


@pytest.fixture
async def office(app: AppOf, connect: Connect) -> Office:
    """A company with an administrator."""
    return await office_of(app, connect)


async def changes(office: Office, of: UUID | None = None) -> list[OrganisationChanged]:
    """What was told of the organisation."""
    wanted = of or office.company
    return [event for event in await told(office.app.database, OrganisationChanged) if event.organisation_id == wanted]


async def test_a_corrected_name_and_language_are_told_within_the_same_change(office: Office) -> None:
    answer = await office.change(office.anna, name=" Åkeriet i Norr AB ", language="en")

    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["language"]) == ("Åkeriet i Norr AB", "en")
    assert await office.seen() == answer.json()
    newest = (await changes(office))[-1]
    assert (newest.name, newest.language, newest.organisation_number) == ("Åkeriet i Norr AB", "en", "5560125790")
    (entry,) = [entry for entry in await office.trail() if "change_organisation" in entry]
    assert f"person:{office.anna}" in entry
    assert '"changed":["language","name"]' in entry
    assert "Åkeriet" not in entry


async def test_an_edit_that_changes_nothing_is_told_to_nobody(office: Office) -> None:
    before = await office.seen()

    same = await office.change(office.anna, name=before["name"])
    nothing = await office.change(office.anna)

    assert same.json() == nothing.json() == before
    assert len(await changes(office)) == before["version"]


async def test_an_edit_names_the_version_that_its_sender_looked_at(office: Office) -> None:
    looked = await office.app.call("GET", office.path(), by=office.anna)
    tag = looked.headers["etag"]

    without = await office.app.call("PATCH", office.path(), by=office.anna, body={"name": "A"})
    first = await office.app.call("PATCH", office.path(), by=office.anna, body={"name": "B"}, headers={"If-Match": tag})
    late = await office.app.call("PATCH", office.path(), by=office.anna, body={"name": "C"}, headers={"If-Match": tag})

    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    assert first.status_code == 200
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert (await office.seen())["name"] == "B"


async def test_of_ten_who_looked_at_the_same_version_and_edit_at_once_one_is_not_refused(office: Office) -> None:
    version = (await office.seen())["version"]

    answers = await office.at_once(*(office.change(office.anna, version=version, name=f"N{n}") for n in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]
    assert (await office.seen())["version"] == version + 1


async def test_only_system_administrators_of_the_company_and_operators_correct_its_details(office: Office) -> None:
    plain = await member(office.app, office.operator, office.company, "plain@c.test")
    stranger = await office.agency_person()

    by_plain = await office.change(plain, name="X")
    renumbered = await office.renumber(plain, "556042-7220")
    by_stranger = await office.change(stranger, name="X")
    by_operator = await office.change(office.operator, name="Y")

    assert (by_plain.status_code, by_plain.json()["code"]) == (403, "not_an_administrator")
    assert renumbered.status_code == 403
    assert by_stranger.status_code == 404
    assert by_operator.status_code == 200


async def test_an_agency_person_who_is_system_administrator_there_corrects_the_details(office: Office) -> None:
    karl = await office.agency_person(ADMINISTRATOR)

    seen = await office.app.call("GET", office.path(), by=karl)
    answer = await office.change(karl, name="Åkeriet")
    renumbered = await office.renumber(karl, "556042-7220")

    assert (seen.status_code, answer.status_code, renumbered.status_code) == (200, 200, 201)
    assert (await office.seen())["name"] == "Åkeriet"
    assert any(f"person:{karl}" in entry for entry in await office.trail())


async def test_an_agency_person_with_another_role_or_at_another_company_finds_nothing(office: Office) -> None:
    karl = await office.agency_person(program_administrator("payroll"))
    other = await office.registered()

    with_other_role = await office.app.call("GET", office.path(), by=karl)
    office.held[karl] = {other: (ADMINISTRATOR,)}
    elsewhere = await office.change(karl, name="X")
    members = await office.app.call("GET", office.path(other, "members"), by=karl)

    assert [answer.status_code for answer in (with_other_role, elsewhere, members)] == [404, 404, 404]


async def test_an_agency_person_who_lost_the_role_a_moment_ago_is_refused(office: Office) -> None:
    karl = await office.agency_person(ADMINISTRATOR)
    assert (await office.change(karl, name="First")).status_code == 200

    office.held.clear()
    again = await office.change(karl, name="Second")

    assert again.status_code == 404
    assert (await office.seen())["name"] == "First"


async def test_no_answer_from_access_means_not_now_and_stops_no_member(app: AppOf, connect: Connect) -> None:
    office = await office_of(app, connect)
    karl = await office.agency_person(ADMINISTRATOR)
    await office.app.app.state.bus.client.drain()

    by_karl = await office.change(karl, name="X")
    by_anna = await office.change(office.anna, name="Y")

    assert (by_karl.status_code, by_karl.headers["retry-after"]) == (503, "1")
    assert by_anna.status_code == 200


async def test_a_repeat_with_the_same_key_is_answered_as_the_first_time(office: Office) -> None:
    headers = {"If-Match": f'"{(await office.seen())["version"]}"', "Idempotency-Key": "once"}

    answers = [
        await office.app.call("PATCH", office.path(), by=office.anna, body={"name": "B"}, headers=headers)
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": ""}, "name"), ({"name": "!"}, "name"), ({"language": "fi"}, "language"), ({"number": "1"}, "number")],
)
async def test_what_is_wrong_with_an_edit_is_named_by_field(office: Office, body: dict[str, Any], field: str) -> None:
    answer = await office.change(office.anna, **body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
