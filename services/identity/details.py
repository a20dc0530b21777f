"""What several use cases need of people's details: which addresses, numbers and time zones there are."""

import re
from typing import Annotated, Literal
from zoneinfo import available_timezones

import msgspec
import phonenumbers

from libs.shared.errors import Invalid

ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,190}\.[^\s@<>\".]{2,63}")
MOBILE_KINDS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\w")]
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
Mobile = Annotated[str, msgspec.Meta(max_length=30)]
TimeZone = Annotated[str, msgspec.Meta(max_length=64)]
Language = Literal["sv", "da", "nb", "en"]


def clean_email(typed: str) -> str:
    """An address as it is kept, case-folded; Invalid if it is none."""
    address = typed.strip()
    if not ADDRESS.fullmatch(address):
        raise Invalid("This is no e-mail address.", field="email")
    if address.casefold() != address.lower():  # ß would become ss, and the mail go to another domain
        raise Invalid("This address has letters that mail can't be sure of, such as ß; take another.", field="email")
    return address.casefold()


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
    if given not in available_timezones():
        raise Invalid("A time zone is an IANA name, such as Europe/Stockholm.", field="time_zone")
