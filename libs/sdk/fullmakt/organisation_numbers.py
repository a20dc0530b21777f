"""Organisation numbers as people type them, and what is wrong with those that are none (L22).

The check digits are python-stdnum's. A Swedish number whose third digit is 0 or 1 has the form of a
personal identity number: a sole trader's.
"""

import re
import unicodedata
from types import ModuleType

from stdnum.dk import cvr
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.fi import ytunnus
from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish

KINDS: dict[str, ModuleType] = {"SE": swedish, "DK": cvr, "NO": norwegian, "FI": ytunnus}
DIGITS = {"SE": 10, "DK": 8, "NO": 9, "FI": 8}
LONGEST = 100
PERSONAL = re.compile(r"(18|19|20)?[0-9]{2}[01][0-9]{7}|[0-9]{6}\+[0-9]{4}")
"""A Swedish personal identity number, with or without the century; a plus sign marks who is over a hundred."""


class OrganisationNumberError(ValueError):
    """What is wrong, in words for the person who typed it; `field` is `country` or `organisation_number`."""

    def __init__(self, message: str, *, field: str = "organisation_number") -> None:
        super().__init__(message)
        self.field = field


class SoleTrader(OrganisationNumberError):
    """The number has the form of a personal identity number."""

    def __init__(self) -> None:
        super().__init__("this has the form of a personal identity number; sole traders are not taken yet")


def clean_organisation_number(country: str, typed: str) -> str:
    """The number as digits alone; OrganisationNumberError says what is wrong with it.

    Spaces, hyphens, the country's prefix, a Norwegian MVA and a Swedish 16 may be there.
    """
    kind = KINDS.get(country)
    if kind is None:
        raise OrganisationNumberError(f"unknown country {country[:20]!r}: it is one of SE, DK, NO, FI", field="country")
    if len(typed) > LONGEST:
        raise OrganisationNumberError(f"an organisation number of {country} has {DIGITS[country]} digits")
    digits = _without_trimmings(country, typed)
    if country == "SE" and PERSONAL.fullmatch(digits):
        raise SoleTrader
    try:
        number: str = kind.compact(kind.validate(digits))
    except InvalidLength as error:
        raise OrganisationNumberError(f"an organisation number of {country} has {DIGITS[country]} digits") from error
    except InvalidChecksum as error:
        raise OrganisationNumberError("the check digit is wrong") from error
    except ValidationError as error:
        raise OrganisationNumberError(f"this is no organisation number of {country}") from error
    return number


def _without_trimmings(country: str, typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed).upper()
    digits = re.sub(r"[\s.\-\u2010-\u2015\u2212]", "", plain).removeprefix(country)
    if country == "NO":
        return digits.removesuffix("MVA")
    if country == "SE" and len(digits) == 12:
        return digits.removeprefix("16")
    return digits
