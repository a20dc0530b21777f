"""Reading an answer: what was asked for, or the error that it tells."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import msgspec

from fullmakt.client.call import Call
from fullmakt.client.errors.base import FAMILIES, ApiError, FieldError, UnexpectedAnswerError
from fullmakt.client.errors.codes import BY_CODE

T = TypeVar("T")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details (RFC 9457) as the services answer with."""

    code: str
    title: str | None = None
    detail: str = ""
    errors: list[FieldError] = []
    more: dict[str, Any] = {}


def read(call: Call[T], response: httpx.Response) -> T:
    """What the call asked for; raises ApiError."""
    if not response.is_success:
        raise _error(call, response)
    kinds = call.answer if isinstance(call.answer, tuple) else (call.answer,)
    misfit = "nothing was answered"
    for kind in kinds:
        try:
            if kind is str:
                return msgspec.convert(response.text, kind)
            return msgspec.json.decode(response.content, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            misfit = str(error)
    detail = f"The answer is not as described: {misfit}"
    raise UnexpectedAnswerError(response.status_code, "unexpected_answer", detail, operation=call.name)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that the service asks to wait for, if it asks: RFC 9110, 10.2.3."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _error(call: Call[Any], response: httpx.Response) -> ApiError:
    status = response.status_code
    family = FAMILIES.get(status, ApiError)
    told: dict[str, Any] = {
        "operation": call.name,
        "retry_after": retry_after(response),
        "request_id": response.headers.get("X-Request-ID"),
    }
    try:
        problem = msgspec.json.decode(response.content, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        detail = "The answer is no problem details; something between here and the service may have given it."
        kind = family if family is not ApiError else UnexpectedAnswerError
        return kind(status, "unexpected_answer", detail, **told)
    kind = BY_CODE.get(problem.code, family)
    told |= {"title": problem.title, "fields": tuple(problem.errors), "more": problem.more}
    return kind(status, problem.code, problem.detail, **told)
