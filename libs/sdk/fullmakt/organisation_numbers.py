"""Organisation numbers as people type them, and what is wrong with those that are none (L22).

The check digits are python-stdnum's. A Swedish number whose third digit is 0 or 1 is a personal identity number: a
sole trader's, and personal data.
"""

import re
import unicodedata
from types import ModuleType

from stdnum import luhn
from stdnum.dk import cvr
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.fi import ytunnus
from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish
from stdnum.se import personnummer

KINDS: dict[str, ModuleType] = {"SE": swedish, "DK": cvr, "NO": norwegian, "FI": ytunnus}
DIGITS = {"SE": 10, "DK": 8, "NO": 9, "FI": 8}
LONGEST = 100
PERSONAL = re.compile(r"(?:16|(18|19|20))?([0-9]{2}[01][0-9])([0-9]{2})([+]?)([0-9]{4})")
"""A Swedish personal identity number: century or prefix, year and month, day, a plus for who is over a hundred."""
COORDINATION = 60
"""Is added to the day of birth in a coordination number, which somebody has who is not registered in Sweden."""


class OrganisationNumberError(ValueError):
    """What is wrong, in words for the person who typed it; `field` is `country` or `organisation_number`."""

    def __init__(self, message: str, *, field: str = "organisation_number") -> None:
        super().__init__(message)
        self.field = field


def clean_organisation_number(country: str, typed: str) -> str:
    """The number as digits alone; OrganisationNumberError says what is wrong with it.

    Spaces, hyphens, the country's prefix, a Norwegian MVA and a Swedish 16 may be there; in a sole trader's number the
    century as well, which is left out, and the plus of who is over a hundred.
    """
    kind = KINDS.get(country)
    if kind is None:
        raise OrganisationNumberError(f"unknown country {country[:20]!r}: it is one of SE, DK, NO, FI", field="country")
    if len(typed) > LONGEST:
        raise OrganisationNumberError(f"an organisation number of {country} has {DIGITS[country]} digits")
    digits = _without_trimmings(country, typed)
    if country == "SE" and (personal := PERSONAL.fullmatch(digits)):
        return _personal_number(*personal.groups(default=""))
    try:
        number: str = kind.compact(kind.validate(digits))
    except InvalidLength as error:
        raise OrganisationNumberError(f"an organisation number of {country} has {DIGITS[country]} digits") from error
    except InvalidChecksum as error:
        raise OrganisationNumberError("the check digit is wrong") from error
    except ValidationError as error:
        raise OrganisationNumberError(f"this is no organisation number of {country}") from error
    return number


def is_sole_trader(country: str, number: str) -> bool:
    """Whether a number of digits alone is a person's own: then it is personal data, and so is the name (L22)."""
    return country == "SE" and PERSONAL.fullmatch(number) is not None


def mask_number(country: str, number: str) -> str:
    """The number as it may stand in mails, logs and addresses: of a sole trader's, the year of birth alone (L22)."""
    return f"{number[:2]}****-****" if is_sole_trader(country, number) else number


def _personal_number(century: str, year_and_month: str, day: str, plus: str, last: str) -> str:
    """Ten digits, once there is such a day of birth and the check digit is right."""
    number = f"{year_and_month}{day}{last}"
    born = int(day) - COORDINATION if int(day) > COORDINATION else int(day)
    try:
        personnummer.get_birth_date(f"{century}{year_and_month}{born:02d}{plus or '-'}{last}")
        luhn.validate(number)
    except InvalidChecksum as error:
        raise OrganisationNumberError("the check digit is wrong") from error
    except ValidationError as error:
        raise OrganisationNumberError("a personal identity number begins with a day of birth: YYMMDD") from error
    return number


def _without_trimmings(country: str, typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed).upper()
    digits = re.sub(r"[\s.\-\u2010-\u2015\u2212]", "", plain).removeprefix(country)
    if country == "NO":
        return digits.removesuffix("MVA")
    if country == "SE" and len(digits) == 12:
        return digits.removeprefix("16")
    return digits
