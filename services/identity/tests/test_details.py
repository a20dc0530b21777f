"""Which addresses, names and time zones there are, without a database."""

import pytest

from libs.shared.errors import Invalid
from services.identity.details import check_time_zone, clean_email, clean_name, fold_login, spellings


@pytest.mark.parametrize(
    "typed",
    [
        "anna",
        "a@b",
        "a@x..se",
        "a@.x.se",
        ".a@x.se",
        "a..b@x.se",
        "a,b@x.se",
        "a\0b@x.se",
        "a\nb@x.se",
        "a\u200bb@x.se",
        "a\u202eb@x.se",
        "a@x\u200b.se",
        "<a@x.se>",
        "a@x.local",
        "mar\u212a@x.se",
        "stra\u00dfe@x.se",
        "\ud800@x.se",
    ],
)
def test_what_is_no_address_or_looks_like_another_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_email(typed)

    assert refused.value.field == "email"


@pytest.mark.parametrize("typed", ["o'b+c@x.se", "a@x.test", "a@x.example", "a_b.c@sub.x-y.se", "åsa@x.se"])
def test_what_is_an_address_is_kept_as_it_is(typed: str) -> None:
    assert clean_email(typed) == typed


def test_spellings_of_one_address_are_kept_as_one() -> None:
    for spelt in (
        (" Anna@Client.TEST ", "anna@client.test"),
        ("e\u0301va@x.se", "\u00c9VA@x.se", "\u00e9va@x.se"),
        ("a@xn--exmple-cua.se", "a@EX\u00c4MPLE.se", "a@ex\u00e4mple.se"),
    ):
        *others, kept = spelt
        assert {clean_email(each) for each in others} == {kept}
        assert {fold_login(each) for each in others} == {kept}
        assert clean_email(kept) == kept


def test_an_address_is_looked_for_in_the_spellings_it_was_kept_in_before() -> None:
    assert "a@xn--exmple-cua.se" in spellings("a@ex\u00e4mple.se")
    assert "e\u0301va@x.se" in spellings("\u00e9va@x.se")
    assert spellings("a@x.se") == ["a@x.se"]


def test_what_somebody_signs_in_with_need_be_no_address() -> None:
    assert fold_login(" Anna.Svensson ") == "anna.svensson"
    assert fold_login("Straße@x.se") == "strasse@x.se"


@pytest.mark.parametrize("typed", ["", "  ", "---", "A\0", "A\nBcc: b@x.se", "A\u2028B", "A\u202eB"])
def test_a_name_has_a_letter_and_nothing_that_is_never_seen(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(typed)

    assert refused.value.field == "name"


@pytest.mark.parametrize("typed", ["Åsa Ødegård-Æbelø", "D'Arcy", "王", "\u0645\u06cc\u200c\u062e"])
def test_names_of_all_scripts_are_names(typed: str) -> None:
    assert clean_name(f" {typed} ") == typed


@pytest.mark.parametrize("given", ["localtime", "Factory", "Europe/Nowhere", "", "../etc/passwd"])
def test_what_is_no_place_is_no_time_zone(given: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_time_zone(given)

    assert refused.value.field == "time_zone"
    check_time_zone("Europe/Stockholm")
