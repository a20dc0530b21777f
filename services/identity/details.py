"""What people are reached by, as they type it, and what is wrong with what can't be right."""

import re
from zoneinfo import available_timezones

import phonenumbers

from libs.shared.errors import Invalid

ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,190}\.[^\s@<>\".]{2,63}")


def clean_email(typed: str) -> str:
    """The address as it is kept, case-folded; Invalid for what is none."""
    email = typed.strip().casefold()
    if not ADDRESS.fullmatch(email):
        raise Invalid("This is no e-mail address.", field="email")
    return email


def clean_mobile(typed: str | None) -> str | None:
    """The number as E.164; Invalid for what is none, or not written internationally."""
    if typed is None:
        return None
    try:
        number = phonenumbers.parse(typed)
    except phonenumbers.NumberParseException as error:
        raise Invalid("A mobile number is written +46701234567.", field="mobile") from error
    if not phonenumbers.is_valid_number(number):
        raise Invalid("This is no telephone number; write it as +46701234567.", field="mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def check_time_zone(name: str) -> None:
    """Refuse what is no time zone."""
    if name not in available_timezones():
        raise Invalid("A time zone is an IANA name, such as Europe/Stockholm.", field="time_zone")
