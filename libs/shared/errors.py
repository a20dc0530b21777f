"""The families of errors that a caller can do something about.

An error is a class beside the code that raises it: its name is the code, its docstring the public message.
"""

import re
from typing import ClassVar


class Problem(Exception):
    """Something the caller can do something about, told as problem details (RFC 9457)."""

    status: ClassVar[int] = 400
    challenge: ClassVar[str] = 'Bearer realm="fullmakt"'
    """How to authenticate, where the status is 401."""
    oauth: ClassVar[str | None] = None
    """The `error` of RFC 6749, 5.2, at the token endpoint."""

    def __init__(self, detail: str | None = None, *, field: str | None = None, **extra: object) -> None:
        super().__init__(detail or self.message())
        self.field = field
        self.extra = extra

    @classmethod
    def code(cls) -> str:
        """The stable name of the error: `AlreadyLinked` is `already_linked`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The code in words."""
        return cls.code().replace("_", " ")

    @classmethod
    def uri(cls) -> str:
        """The `type` of problem details."""
        return f"urn:fullmakt:problem:{cls.code()}"

    @classmethod
    def message(cls) -> str:
        """The public message: the docstring, as one line."""
        return " ".join((cls.__doc__ or "").split())


class NotFound(Problem):
    """There is no such thing here, or it is not yours to see."""

    status = 404


class Forbidden(Problem):
    """You may see this but not do it."""

    status = 403


class Conflict(Problem):
    """This can't be done in the present state."""

    status = 409


class Invalid(Problem):
    """Something in the request is not as it should be."""

    status = 400


class Unauthenticated(Problem):
    """Sign in first: send a valid access token as `Authorization: Bearer …`."""

    status = 401


class Unavailable(Problem):
    """Something this answer depends on can't be reached just now. Nothing was changed; try again shortly."""

    status = 503


class TooManyRequests(Problem):
    """Too many tries just now; try again later."""

    status = 429

    def __init__(self, *, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after
        """Seconds."""


class MethodNotAllowed(Invalid):
    """This address is there, but not for this method."""

    status = 405


class TooLarge(Invalid):
    """The body is too large: 1,000,000 bytes at most."""

    status = 413


class NotJson(Invalid):
    """Send the body as JSON, with Content-Type: application/json."""

    status = 415


class NotAForm(NotJson):
    """Send the body as a form, with Content-Type: application/x-www-form-urlencoded."""


FAMILIES: tuple[type[Problem], ...] = (
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooManyRequests,
    Unavailable,
)


def family_of(kind: type[Problem]) -> type[Problem]:
    """The family that an error belongs to."""
    return next(family for family in FAMILIES if issubclass(kind, family))
