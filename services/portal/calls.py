"""How the portal calls a service over its public HTTP API, and what can come of that."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

import httpx
import msgspec

from libs.shared.trace import current_trace

TIMEOUT = httpx.Timeout(10, connect=2)


class SignInOver(Exception):
    """The access token is no longer good; the person has to sign in again."""


class ServiceLost(Exception):
    """A service can't be reached, or can't answer just now."""


class FieldError(msgspec.Struct, frozen=True):
    """Which field of the request is wrong."""

    field: str


class ProblemDetails(msgspec.Struct, frozen=True):
    """What of a problem details answer (RFC 9457) the portal goes by."""

    code: str = "failed"
    errors: tuple[FieldError, ...] = ()
    more: Mapping[str, Any] = {}


class Refused(Exception):
    """A service said no: with a stable code, the fields that are wrong, and what else there is to know.

    `wait`: seconds until it is worth another try; 0 where the service doesn't say.
    """

    def __init__(self, status: int, problem: ProblemDetails, wait: int) -> None:
        super().__init__(problem.code)
        self.status, self.code, self.more, self.wait = status, problem.code, problem.more, wait
        self.fields = frozenset(error.field for error in problem.errors)

    @property
    def speaks_of_the_token(self) -> bool:
        """Whether it is the access token that is no good, where one was sent, and not a password or a code."""
        return self.status == 401 and not self.code.startswith("wrong_")


class Done(msgspec.Struct, frozen=True):
    """A service did as asked; the page asks anew for what there is to show."""


class Visitor(msgspec.Struct, frozen=True):
    """Whose browser a request came from: services limit and list people, not the portal."""

    address: str = ""
    user_agent: str = ""

    @classmethod
    def of(cls, address: str, user_agent: str) -> "Visitor":
        """The visitor, as headers can carry it: in ASCII, and no longer than anybody reads."""
        return cls(address, user_agent.encode("ascii", "replace").decode()[:300])


current_visitor: ContextVar[Visitor | None] = ContextVar("current_visitor", default=None)

T = TypeVar("T")


class Service:
    """One service. Every call may raise ServiceLost, and Refused; one that is made `by` somebody, SignInOver."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self.http, self.url = http, url

    async def call(
        self, method: str, path: str, kind: type[T], *, by: str | None = None, key: str | None = None, body: Any = None
    ) -> T:
        """Call the service. `by`: an access token. `key`: an idempotency key."""
        visitor = current_visitor.get() or Visitor()
        given = {
            "traceparent": current_trace.get(),
            "idempotency-key": key,
            "authorization": by and f"Bearer {by}",
            "x-forwarded-for": visitor.address,
        }
        headers = {name: value for name, value in given.items() if value} | {"user-agent": visitor.user_agent}
        try:
            answer = await self.http.request(method, self.url + path, json=body, headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError as error:
            raise ServiceLost from error
        if answer.is_success:
            return msgspec.json.decode(answer.content or b"{}", type=kind)
        problem = _refusal(answer)
        if by is not None and isinstance(problem, Refused) and problem.speaks_of_the_token:
            raise SignInOver
        raise problem


def _refusal(answer: httpx.Response) -> Exception:
    """What a refused request is raised as; whatever no service of ours would say counts as a lost service."""
    if not 400 <= answer.status_code < 500:
        return ServiceLost()
    try:
        problem = msgspec.json.decode(answer.content, type=ProblemDetails)
    except msgspec.MsgspecError:
        return ServiceLost()
    wait = answer.headers.get("retry-after", "")
    return Refused(answer.status_code, problem, int(wait) if wait.isdecimal() else 0)
