"""What the portal asks of identity and clients, over their public HTTP APIs."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec
from fullmakt.terms import Terms

from libs.shared.trace import current_trace

TIMEOUT = httpx.Timeout(10, connect=2)


class SignInOver(Exception):
    """The access token is no longer good; the person has to sign in again."""


class ServiceLost(Exception):
    """A service can't be reached, or can't answer just now."""


class Refused(Exception):
    """A service said no, with a stable code and the fields that are wrong."""

    def __init__(self, status: int, code: str, fields: frozenset[str]) -> None:
        super().__init__(code)
        self.status, self.code, self.fields = status, code, fields


class FieldError(msgspec.Struct, frozen=True):
    """Which field of the request is wrong."""

    field: str


class ProblemDetails(msgspec.Struct, frozen=True):
    """What of a problem details answer (RFC 9457) the portal goes by."""

    code: str = "failed"
    errors: tuple[FieldError, ...] = ()


class Token(msgspec.Struct, frozen=True):
    """An access token; `expires_in` is in seconds."""

    access_token: str
    expires_in: int


class Place(msgspec.Struct, frozen=True):
    """An organisation that the person belongs to, and the roles held there."""

    organisation_id: UUID
    roles: frozenset[str]


class Me(msgspec.Struct, frozen=True):
    """Who is signed in."""

    person_id: UUID
    name: str | None
    email: str | None
    time_zone: str | None
    memberships: tuple[Place, ...]

    def holds(self, role: str, organisation_id: UUID) -> bool:
        """Whether this person has a role at an organisation of their own."""
        return any(place.organisation_id == organisation_id and role in place.roles for place in self.memberships)


class Located(msgspec.Struct, frozen=True):
    """What a mailed link tells whoever holds it."""

    link_request_id: UUID
    company_id: UUID
    company_name: str | None
    agency_name: str | None
    state: str
    expires_at: datetime


class LinkRequest(msgspec.Struct, frozen=True):
    """A link request as a member of the company sees it."""

    company_number: str | None
    state: str
    terms: Terms
    requested_by_name: str | None
    sent_at: datetime
    decided_by_name: str | None
    decided_at: datetime | None
    decline_reason: str | None


class Done(msgspec.Struct, frozen=True):
    """A service did as asked; the page asks anew for what there is to show."""


T = TypeVar("T")


class Backend:
    """The services behind the pages. Every method may raise ServiceLost, and Refused unless it says otherwise."""

    def __init__(self, http: httpx.AsyncClient, *, identity_url: str, clients_url: str) -> None:
        self.http, self.identity_url, self.clients_url = http, identity_url, clients_url

    async def sign_in(self, *, email: str, password: str) -> Token:
        """An access token for who knows the password."""
        body = {"email": email, "password": password}
        return await self._call("POST", f"{self.identity_url}/v1/sign-in", Token, body=body)

    async def me(self, access_token: str) -> Me:
        """The signed-in person. Raises SignInOver."""
        return await self._call("GET", f"{self.identity_url}/v1/me", Me, by=access_token)

    async def accept_invitation(self, token: str, *, password: str | None, by: str | None) -> None:
        """Accept an invitation: with a new password, or as the person who is signed in. Raises SignInOver."""
        url = f"{self.identity_url}/v1/invitations/{token}/accept"
        await self._call("POST", url, Done, body={"password": password} if password else {}, by=by)

    async def locate(self, token: str) -> Located:
        """The link request that a mailed link names."""
        return await self._call("GET", f"{self.clients_url}/v1/approvals/{token}", Located)

    async def link_request(self, located: Located, *, by: str) -> LinkRequest | None:
        """All of the request, or None for whoever is no member of the company. Raises SignInOver."""
        try:
            return await self._call("GET", self._address(located), LinkRequest, by=by)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    async def accept(self, located: Located, *, by: str, key: str) -> None:
        """Approve the request. Raises SignInOver."""
        await self._call("POST", f"{self._address(located)}/accept", Done, by=by, key=key)

    async def decline(self, located: Located, *, reason: str | None, by: str, key: str) -> None:
        """Decline the request. Raises SignInOver."""
        body = {"reason": reason}
        await self._call("POST", f"{self._address(located)}/decline", Done, by=by, key=key, body=body)

    def _address(self, located: Located) -> str:
        return f"{self.clients_url}/v1/organisations/{located.company_id}/link-requests/{located.link_request_id}"

    async def _call(
        self, method: str, url: str, kind: type[T], *, by: str | None = None, key: str | None = None, body: Any = None
    ) -> T:
        given = {"traceparent": current_trace.get(), "idempotency-key": key, "authorization": by and f"Bearer {by}"}
        headers = {name: value for name, value in given.items() if value}
        try:
            answer = await self.http.request(method, url, json=body, headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError as error:
            raise ServiceLost from error
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=kind)
        if answer.status_code == 401 and by is not None:
            raise SignInOver
        raise _refusal(answer)


def _refusal(answer: httpx.Response) -> Exception:
    """What a refused request is raised as; whatever no service of ours would say counts as a lost service."""
    if not 400 <= answer.status_code < 500:
        return ServiceLost()
    try:
        problem = msgspec.json.decode(answer.content, type=ProblemDetails)
    except msgspec.MsgspecError:
        return ServiceLost()
    return Refused(answer.status_code, problem.code, frozenset(error.field for error in problem.errors))
