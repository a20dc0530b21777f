"""Organisation numbers as people type them, and what is wrong with those that are none (L22).

The check digits are python-stdnum's. A Swedish number whose third digit is 0 or 1 has the form of a
personal identity number: a sole trader's.
"""

import re
from types import ModuleType

from stdnum.dk import cvr
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.fi import ytunnus
from stdnum.no import orgnr as norwegian
from stdnum.se import orgnr as swedish

KINDS: dict[str, ModuleType] = {"SE": swedish, "DK": cvr, "NO": norwegian, "FI": ytunnus}
DIGITS = {"SE": 10, "DK": 8, "NO": 9, "FI": 8}
PREFIX = re.compile(r"^(SE|DK|NO|FI)")


class OrganisationNumberError(ValueError):
    """What is wrong, in words for the person who typed it; `field` is `country` or `organisation_number`."""

    def __init__(self, message: str, *, field: str = "organisation_number") -> None:
        super().__init__(message)
        self.field = field


def clean_organisation_number(country: str, typed: str) -> str:
    """The number as digits alone; OrganisationNumberError says what is wrong with it.

    Spaces, hyphens, the country's prefix, a Norwegian MVA and a Swedish 16 may be there.
    """
    kind = KINDS.get(country)
    if kind is None:
        raise OrganisationNumberError(f"unknown country {country[:20]!r}: it is one of SE, DK, NO, FI", field="country")
    digits = re.sub(r"[\s.\-\u2010-\u2015]", "", PREFIX.sub("", typed.strip().upper()))
    digits = digits.removesuffix("MVA").removeprefix("16") if len(digits) > DIGITS[country] else digits
    try:
        number: str = kind.compact(kind.validate(digits))
    except InvalidLength as error:
        raise OrganisationNumberError(f"an organisation number of {country} has {DIGITS[country]} digits") from error
    except InvalidChecksum as error:
        raise OrganisationNumberError("the check digit is wrong") from error
    except ValidationError as error:
        raise OrganisationNumberError(f"this is no organisation number of {country}") from error
    if country == "SE" and number[2] in "01":
        raise OrganisationNumberError("this has the form of a personal identity number; sole traders are not taken yet")
    return number
