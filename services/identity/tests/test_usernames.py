"""Usernames of client users (I8)."""

import pytest

from libs.shared.errors import Invalid
from services.identity.tests.town import Town, new
from services.identity.usernames import NUMBERED, clean_username, stem_of


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Anna Svensson", "anna.svensson"),
        ("  Åsa-Märta  Von Öst ", "asa.ost"),
        ("Søren Kjærgård", "soren.kjaergard"),
        ("Zoë O'Brien", "zoe.obrien"),
        ("Łukasz Weiß", "lukasz.weiss"),
        ("Þór Guðmundsson", "thor.gudmundsson"),
        ("Bo", "user.bo"),
        ("Anna", "anna"),
        ("李雷", "user"),
        ("Anna Anna", "anna"),
        ("x" * 200, "x" * 56),
    ],
)
def test_a_name_is_written_in_plain_letters(name: str, stem: str) -> None:
    assert stem_of(name) == stem
    assert clean_username(stem) == stem


@pytest.mark.parametrize("typed", ["ab", "x" * 65, "anna@client.test", "anna svensson", "åsa", ".anna", "anna.", ""])
def test_what_is_no_username_is_told_what_one_is_like(typed: str) -> None:
    with pytest.raises(Invalid, match="3 to 64 letters"):
        clean_username(typed)


async def test_proposals_are_free_and_all_different(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)
    await town.invite(new(company, username="Anna.Svensson"))

    names = ["Anna Svensson", "Bo Berg", "anna svensson", "Ånna Svensson"]
    answer = await town.app.call("POST", town.path("/usernames"), by=town.ada, body={"names": names})

    assert answer.status_code == 200, answer.text
    assert answer.json()["usernames"] == ["anna.svensson2", "bo.berg", "anna.svensson3", "anna.svensson4"]


async def test_a_name_that_is_very_common_still_gets_one(town: Town) -> None:
    company, other = await town.company("The client"), await town.company("Another")
    await town.client(company)
    await town.client(other)
    many = ["anna.svensson", *(f"anna.svensson{n}" for n in range(2, NUMBERED + 2))]
    await town.invite(*(new(company, f"user{n}@client.test", username=each) for n, each in enumerate(many)))

    (result,) = await town.invite(new(other))

    assert result["username"].startswith("anna.svensson")
    assert result["username"] not in many


async def test_one_that_is_proposed_is_none_that_a_later_row_has_chosen(town: Town) -> None:
    company = await town.company("The client")
    await town.client(company)

    results = await town.invite(new(company), new(company, "two@client.test", username="anna.svensson"))

    assert [each["username"] for each in results] == ["anna.svensson2", "anna.svensson"]


async def test_51_names_are_refused(town: Town) -> None:
    answer = await town.app.call("POST", town.path("/usernames"), by=town.ada, body={"names": ["Anna"] * 51})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "names")


async def test_a_username_is_free_again_once_its_membership_has_ended(town: Town) -> None:
    company, other = await town.company("The client"), await town.company("Another")
    await town.client(company)
    await town.client(other)
    (first,) = await town.invite(new(company, username="anna"))
    path = f"/identity/v1/organisations/{company}/members/{first['person_id']}"
    assert (await town.app.call("DELETE", path, by=town.operator)).status_code == 200

    (second,) = await town.invite(new(other, username="anna"))

    assert second["outcome"] == "invited"
