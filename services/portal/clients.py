"""What the portal asks of clients."""

from datetime import datetime
from uuid import UUID

import msgspec
from fullmakt.terms import Terms

from services.portal.calls import Done, Refused, Service


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


class Clients(Service):
    """Link requests, as the approval page shows and answers them."""

    async def locate(self, token: str) -> Located:
        """The link request that a mailed link names."""
        return await self.call("GET", f"/v1/approvals/{token}", Located)

    async def link_request(self, located: Located, *, by: str) -> LinkRequest | None:
        """All of the request, or None for whoever is no member of the company."""
        try:
            return await self.call("GET", _path(located), LinkRequest, by=by)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    async def accept(self, located: Located, *, by: str, key: str) -> None:
        """Approve the request."""
        await self.call("POST", f"{_path(located)}/accept", Done, by=by, key=key)

    async def decline(self, located: Located, *, reason: str | None, by: str, key: str) -> None:
        """Decline the request."""
        await self.call("POST", f"{_path(located)}/decline", Done, by=by, key=key, body={"reason": reason})


def _path(located: Located) -> str:
    return f"/v1/organisations/{located.company_id}/link-requests/{located.link_request_id}"
