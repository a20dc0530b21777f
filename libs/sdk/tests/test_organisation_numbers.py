import random

import pytest
from fullmakt.organisation_numbers import (
    DIGITS,
    OrganisationNumberError,
    clean_organisation_number,
    is_sole_trader,
    mask_number,
)

GOOD = [
    ("SE", "5560125790", "5560125790"),
    ("SE", "556012-5790", "5560125790"),
    ("SE", " 556012 5790 ", "5560125790"),
    ("SE", "SE 556012-5790", "5560125790"),
    ("SE", "se5560125790", "5560125790"),
    ("SE", "165560125790", "5560125790"),
    ("SE", "16 556012-5790", "5560125790"),
    ("SE", "556012\u20135790", "5560125790"),
    ("SE", "556012\u22125790", "5560125790"),
    ("SE", "556012\u00a05790", "5560125790"),
    ("SE", "\uff15\uff15\uff16\uff10\uff11\uff12\uff0d\uff15\uff17\uff19\uff10", "5560125790"),
    ("SE", "8112189876", "8112189876"),
    ("SE", "811218-9876", "8112189876"),
    ("SE", "SE 811218 9876", "8112189876"),
    ("SE", "19811218-9876", "8112189876"),
    ("SE", "198112189876", "8112189876"),
    ("SE", "16811218-9876", "8112189876"),
    ("SE", "16 8112189876", "8112189876"),
    ("SE", "811218+9876", "8112189876"),
    ("SE", "18811218+9876", "8112189876"),
    ("SE", "20000229-1235", "0002291235"),
    ("SE", "701063-2391", "7010632391"),
    ("SE", "19701063-2391", "7010632391"),
    ("DK", "13585628", "13585628"),
    ("DK", "DK 13 58 56 28", "13585628"),
    ("NO", "988077917", "988077917"),
    ("NO", "988 077 917 MVA", "988077917"),
    ("NO", "NO 988077917MVA", "988077917"),
    ("NO", "no988077917mva", "988077917"),
    ("FI", "2077474-0", "20774740"),
    ("FI", "FI20774740", "20774740"),
]
BAD = [
    ("SE", "5560125791", "the check digit is wrong"),
    ("SE", "556012579", "has 10 digits"),
    ("SE", "55601257900", "has 10 digits"),
    ("SE", "", "no organisation number|has [0-9]+ digits"),
    ("SE", "abc", "no organisation number|has [0-9]+ digits"),
    ("SE", "DK13585628", "no organisation number|has [0-9]+ digits"),
    ("SE", "13585628", "has 10 digits"),
    ("SE", "5560125790MVA", "no organisation number|has [0-9]+ digits"),
    ("SE", "811218-9877", "the check digit is wrong"),
    ("SE", "19811218-9877", "the check digit is wrong"),
    ("SE", "811318-9876", "begins with a day of birth"),
    ("SE", "810229-1230", "begins with a day of birth"),
    ("SE", "811200-9876", "begins with a day of birth"),
    ("SE", "811292-9876", "begins with a day of birth"),
    ("SE", "19000229-1235", "begins with a day of birth"),
    ("SE", "17811218-9876", "no organisation number|has [0-9]+ digits"),
    ("SE", "195560125790", "has 10 digits"),
    ("SE", "556012+5790", "no organisation number|has [0-9]+ digits"),
    ("SE", "+8112189876", "no organisation number|has [0-9]+ digits"),
    ("DK", "811218-9876", "no organisation number|has [0-9]+ digits"),
    ("SE", "\u0665\u0665\u0666\u0660\u0661\u0662\u0665\u0667\u0669\u0660", "no organisation number|has [0-9]+ digits"),
    ("SE", "5560125790" + " " * 200 + "x", "no organisation number|has [0-9]+ digits"),
    ("DK", "13585627", "the check digit is wrong"),
    ("DK", "1613585628", "no organisation number|has [0-9]+ digits"),
    ("DK", "13585628MVA", "no organisation number|has [0-9]+ digits"),
    ("NO", "988077918", "the check digit is wrong"),
    ("NO", "16988077917", "no organisation number|has [0-9]+ digits"),
    ("NO", "MVA", "no organisation number|has [0-9]+ digits"),
    ("FI", "2077474-1", "the check digit is wrong"),
]


@pytest.mark.parametrize(("country", "typed", "number"), GOOD)
def test_a_number_as_people_type_it_becomes_its_digits(country: str, typed: str, number: str) -> None:
    assert clean_organisation_number(country, typed) == number


@pytest.mark.parametrize(("country", "typed", "message"), BAD)
def test_what_is_no_number_says_what_is_wrong(country: str, typed: str, message: str) -> None:
    with pytest.raises(OrganisationNumberError, match=message) as told:
        clean_organisation_number(country, typed)
    assert told.value.field == "organisation_number"


@pytest.mark.parametrize("country", ["", "se", "DE", "S", "SE ", "\0", "x" * 1000])
def test_an_unknown_country_is_told_as_such(country: str) -> None:
    with pytest.raises(OrganisationNumberError) as told:
        clean_organisation_number(country, "5560125790")
    assert told.value.field == "country"
    assert len(str(told.value)) < 200


def test_whatever_is_typed_it_is_digits_or_an_error_in_words() -> None:
    chance = random.Random(1)  # noqa: S311
    some = [typed for _, typed, _ in GOOD] + ["", "0" * 10, "0" * 8, "\uff10" * 10, "SE", "MVA", "16"]
    letters = "0123456789 -.,/:+SEDKNOFIMVA\u0660\u06f5\uff15\u00b2\u2460\u1d7ce\u2013\u0131\u00df\ufb01\n\0\ud800"
    for _ in range(40_000):
        typed = list(chance.choice(some))
        for _ in range(chance.randrange(4)):
            typed.insert(chance.randrange(len(typed) + 1), chance.choice(letters))
        country = chance.choice(list(DIGITS))
        try:
            number = clean_organisation_number(country, "".join(typed))
        except OrganisationNumberError:
            continue
        assert number.isascii()
        assert number.isdigit()
        assert len(number) == DIGITS[country]


def test_a_sole_traders_number_is_told_from_a_companys_and_masked() -> None:
    numbers = [(country, clean_organisation_number(country, typed)) for country, typed, _ in GOOD]
    personal = {number for country, number in numbers if is_sole_trader(country, number)}

    assert personal == {"8112189876", "0002291235", "7010632391"}
    assert mask_number("SE", "8112189876") == "81****-****"
    assert mask_number("SE", "5560125790") == "5560125790"
    assert mask_number("DK", "13058562") == "13058562"
