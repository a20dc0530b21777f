"""What several use cases need of people's details: which addresses, numbers and time zones there are."""

import unicodedata
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

import idna
import msgspec
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from libs.shared.errors import Invalid

MOBILE_KINDS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
NAMELESS = "A name has at least one letter or digit."
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\w")]
UNSEEN = ("Cc", "Cs", "Zl", "Zp")
"""Categories of Unicode that have no place in a name."""
TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
Mobile = Annotated[str, msgspec.Meta(max_length=30)]
TimeZone = Annotated[str, msgspec.Meta(max_length=64)]
Language = Literal["sv", "da", "nb", "en"]


def clean_name(typed: str) -> str:
    """A name as it is kept; Invalid if it has no letter or digit, or characters that are never seen."""
    name = typed.strip()
    if not any(c.isalnum() for c in name):
        raise Invalid(NAMELESS, field="name")
    if any(_is_unseen(c) for c in name):
        raise Invalid("A name has no control characters, such as NUL or a line break.", field="name")
    return name


def _is_unseen(c: str) -> bool:
    """Control characters, line breaks, half characters, and what turns round the text that follows."""
    return unicodedata.category(c) in UNSEEN or unicodedata.bidirectional(c) in TURNING


def clean_email(typed: str) -> str:
    """An address as it is kept: NFC, case-folded, its domain as people write it; Invalid if it is none.

    Nobody is asked whether the domain is there. Domains that never get mail (RFC 6761) are refused, but not `.test`.
    """
    try:
        found = validate_email(typed.strip(), check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid("This is no e-mail address.", field="email") from error
    address = found.normalized
    folded = unicodedata.normalize("NFC", address.casefold())
    seems_ascii = found.local_part.isascii() and not typed.partition("@")[0].isascii()  # the Kelvin sign is no K
    if seems_ascii or address.casefold() != address.lower():  # ß would become ss, and the mail go to another domain
        raise Invalid("This address has letters that mail can't be sure of, such as ß; take another.", field="email")
    return folded


def fold_login(typed: str) -> str:
    """What somebody signs in with, as it is kept: an address, or a username; it need be none."""
    try:
        return clean_email(typed)
    except Invalid:
        return typed.strip().casefold()


def spellings(address: str) -> list[str]:
    """The address as it is kept, and as it may have been kept before addresses were normalised."""
    local, _, domain = address.rpartition("@")
    ascii_domain = domain if domain.isascii() else idna.encode(domain).decode()
    return list(dict.fromkeys((address, f"{local}@{ascii_domain}", unicodedata.normalize("NFD", address))))


def clean_mobile(typed: str | None) -> str | None:
    """A telephone number in E.164; Invalid if it is none."""
    if typed is None:
        return None
    try:
        number = phonenumbers.parse(typed)
    except phonenumbers.NumberParseException as error:
        raise Invalid("A mobile number is written +46701234567.", field="mobile") from error
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILE_KINDS:
        raise Invalid("This is no mobile number; write it as +46701234567.", field="mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def check_time_zone(given: str) -> None:
    """Refuse what is no IANA name."""
    if given not in time_zones():
        raise Invalid("A time zone is an IANA name, such as Europe/Stockholm.", field="time_zone")


@cache
def time_zones() -> frozenset[str]:
    """All IANA names of places; a machine's own zone, and what stands for none, are no places."""
    return frozenset(available_timezones() - {"localtime", "Factory"})
