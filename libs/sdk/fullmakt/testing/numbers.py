"""Organisation numbers that are valid and nobody's: a test's organisations are to meet no others."""

import secrets

from stdnum import luhn


def organisation_number() -> str:
    """A Swedish organisation number, ten digits: 5, any digit, a third of 2 or more, a check digit at the end."""
    digits = f"5{secrets.randbelow(10)}{2 + secrets.randbelow(8)}{secrets.randbelow(10**6):06d}"
    return digits + luhn.calc_check_digit(digits)
