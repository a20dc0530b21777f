"""What the control API answers when it can't do what it was asked."""

import re

from litestar.exceptions import HTTPException, NotFoundException, ValidationException


class BadName(ValidationException):
    """It can't be a name."""


def check_name(name: str, pattern: re.Pattern[str]) -> None:
    """Refuse what would mean more than itself in a subject, such as `*`, `>` or a dot.

    Raises BadName: it doesn't match.
    """
    if not pattern.fullmatch(name):
        raise BadName(f"{name!r} is no name: it must match {pattern.pattern}")


class Unknown(NotFoundException):
    """There is nothing of this name."""


class Refused(HTTPException):
    """It can't be done in the present state, or at all."""

    status_code = 409


class NotNow(HTTPException):
    """A part that is needed doesn't answer; ask again."""

    status_code = 503
