"""What can go wrong with a call: no answer, an answer that can't be read, or a problem told by a service."""

from typing import Any

import msgspec


class FullmaktError(Exception):
    """Whatever a call can fail with. Texts name the operation and say what the service says, never what was sent."""


class NoAnswerError(FullmaktError):
    """No service answered in time. Whether a request without an Idempotency-Key took effect is not known."""


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field of the request."""

    field: str
    message: str


class ApiError(FullmaktError):
    """An answer that is no success. `code` is stable; the classes of this package are named after it."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        operation: str,
        title: str | None = None,
        fields: tuple[FieldError, ...] = (),
        more: dict[str, Any] | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
    ) -> None:
        wrong = "; ".join(f"{each.field}: {each.message}" for each in fields)
        super().__init__(f"{operation}: {status} {code}: {detail}" + (f" ({wrong})" if wrong else ""))
        self.operation = operation
        self.status = status
        self.code = code
        self.title = title or code.replace("_", " ")
        self.detail = detail
        self.fields = fields
        self.more = more or {}
        self.retry_after = retry_after
        self.request_id = request_id

    def __reduce__(self) -> tuple[Any, ...]:
        """To be copied and pickled: errors cross processes, such as those of a pool."""
        return _again, (type(self), {name: value for name, value in vars(self).items() if name != "__notes__"})


def _again(kind: type[ApiError], told: dict[str, Any]) -> ApiError:
    return kind(**told)


class UnexpectedAnswerError(ApiError):
    """A success whose body is not as the API describes it, or an answer that is no service's, such as a proxy's."""


class InvalidError(ApiError):
    """Something in the request is not as it should be; `fields` names what."""


class UnauthenticatedError(ApiError):
    """No valid access token, or wrong credentials."""


class ForbiddenError(ApiError):
    """You may see it, but not do it."""


class NotFoundError(ApiError):
    """There is no such thing, or it is another tenant's."""


class ConflictError(ApiError):
    """It can't be done in the present state; nothing was changed."""


class UnavailableError(ApiError):
    """Something needed can't be reached just now, or there are too many requests; `retry_after` is in seconds."""


class TooManyRequestsError(UnavailableError):
    """There were too many tries lately; `retry_after` is in seconds."""


FAMILIES: dict[int, type[ApiError]] = {
    400: InvalidError,
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    413: InvalidError,
    415: InvalidError,
    429: TooManyRequestsError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}
