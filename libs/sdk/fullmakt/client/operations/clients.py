"""The operations of clients."""
# Made from docs/openapi by `make generate`.

from uuid import UUID

from fullmakt.client.call import Call, key, segment
from fullmakt.client.models import clients as models
from fullmakt.client.pages import AsyncPages, Pages, Paging
from fullmakt.client.transport import Transport
from fullmakt.client.transport_async import AsyncTransport


class Clients:
    """The operations of clients."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="clients.live",
            method="GET",
            path="/clients/health/live",
            answer=str,
            needs_token=False,
        )
        return self._transport.call(call)

    def ready(self) -> str:
        """Whether requests can be answered: the database is reached.

        For who sends requests here, or elsewhere.

        Errors: unavailable.
        """
        call: Call[str] = Call(
            name="clients.ready",
            method="GET",
            path="/clients/health/ready",
            answer=str,
            needs_token=False,
        )
        return self._transport.call(call)

    def locate_link_request(self, token: str) -> models.LocatedView:
        """The request that a mailed link names, without a sign-in.

        Looking at it changes nothing.

        Errors: invalid, not_found, unavailable.
        """
        call: Call[models.LocatedView] = Call(
            name="clients.locateLinkRequest",
            method="GET",
            path=f"/clients/v1/approvals/{segment(token)}",
            answer=models.LocatedView,
            needs_token=False,
        )
        return self._transport.call(call)

    def read_feed(
        self, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.FeedPage, models.FeedItem]:
        """Events after a cursor.

        The `next` of the last page is where to look for more, later. For service accounts with the scope
        `events.read`; people's with `people.read` as well.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, forbidden, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="clients.readFeed",
                method="GET",
                path="/clients/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_clients(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.ClientPage, models.ClientView]:
        """The agency's clients by name, with their state.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="clients.listClients",
                method="GET",
                path=f"/clients/v1/organisations/{segment(organisation_id)}/clients",
                answer=models.ClientPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def search_directory(
        self,
        organisation_id: UUID,
        *,
        organisation_number: str | None = None,
        country: str | None = None,
        subscription_number: str | None = None,
    ) -> models.SearchView:
        """Find a company by its exact organisation number or subscription number, before asking it for a link.

        A sole trader's number is a person's own and is not taken here: see `findCompany`.

        `organisation_number`: As people write it: with or without separators and country.

        `country`: SE, DK, NO or FI; without it, wherever the number's check digit is right.

        `subscription_number`: For a company with several subscriptions.

        Errors: invalid, not_in_an_address, unauthenticated, only_agencies, not_found, unavailable.
        """
        call: Call[models.SearchView] = Call(
            name="clients.searchDirectory",
            method="GET",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/directory",
            answer=models.SearchView,
            query={
                "organisation_number": organisation_number,
                "country": country,
                "subscription_number": subscription_number,
            },
        )
        return self._transport.call(call)

    def find_company(self, organisation_id: UUID, body: models.SearchCompany) -> models.SearchView:
        """Find a company by its exact organisation number, a sole trader too.

        The number stands in the body, and so in no log of addresses.

        Errors: invalid, unauthenticated, only_agencies, not_found, too_large, not_json, unavailable.
        """
        call: Call[models.SearchView] = Call(
            name="clients.findCompany",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/directory",
            answer=models.SearchView,
            body=body,
            repeatable=True,
        )
        return self._transport.call(call)

    def list_link_requests(
        self, organisation_id: UUID, *, pending: bool | None = None, after: str | None = None, limit: int | None = None
    ) -> Pages[models.LinkRequestPage, models.LinkRequestView]:
        """The requests that the organisation sent or got, the newest first.

        `pending`: True: only those that still wait for an answer.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="clients.listLinkRequests",
                method="GET",
                path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests",
                answer=models.LinkRequestPage,
                query={
                    "pending": pending,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def send_link_request(
        self, organisation_id: UUID, body: models.SendLinkRequest, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Ask a company for a link: every system administrator of its own gets a mail.

        A pending request with the same terms is answered as it is, and nobody is mailed again.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_verified, only_agencies, not_found, already_linked,
        idempotency_key_reused, no_own_administrator, pending_with_other_terms, simultaneous_change, too_large,
        not_json, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.sendLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests",
            answer=models.LinkRequestView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def get_link_request(self, organisation_id: UUID, link_request_id: UUID) -> models.LinkRequestView:
        """A request with what became of it: who decided it, and when.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.getLinkRequest",
            method="GET",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}",
            answer=models.LinkRequestView,
        )
        return self._transport.call(call)

    def accept_link_request(
        self, organisation_id: UUID, link_request_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Approve a request: a system administrator of the company's own, at this moment.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_own_administrator, not_verified, not_found, already_decided,
        idempotency_key_reused, request_cancelled, request_expired, simultaneous_change, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.acceptLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/accept",
            answer=models.LinkRequestView,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def cancel_link_request(
        self, organisation_id: UUID, link_request_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Take a pending request back: its sender or an admin of the agency.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_the_sender, not_found, already_decided, idempotency_key_reused,
        request_cancelled, request_expired, simultaneous_change, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.cancelLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/cancel",
            answer=models.LinkRequestView,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def decline_link_request(
        self,
        organisation_id: UUID,
        link_request_id: UUID,
        body: models.DeclineLinkRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.LinkRequestView:
        """Say no to a request: a system administrator of the company's own, at this moment.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_own_administrator, not_found, already_decided, idempotency_key_reused,
        request_cancelled, request_expired, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.declineLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/decline",
            answer=models.LinkRequestView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def resend_link_request(
        self, organisation_id: UUID, link_request_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Send a pending request anew: 168 hours from now, new links, the old ones dead.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_the_sender, not_found, already_decided, idempotency_key_reused,
        no_own_administrator, request_cancelled, request_expired, simultaneous_change, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.resendLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/resend",
            answer=models.LinkRequestView,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def end_link(self, organisation_id: UUID, link_id: UUID, *, idempotency_key: str | None = None) -> models.LinkView:
        """End a link for good: admins of the agency, or system administrators of the company, at this moment.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, may_not_end_link, not_found, idempotency_key_reused, simultaneous_change,
        unavailable.
        """
        call: Call[models.LinkView] = Call(
            name="clients.endLink",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/links/{segment(link_id)}/end",
            answer=models.LinkView,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def set_clock(self, body: models.SetClock, *, idempotency_key: str | None = None) -> models.SetClock:
        """Move this service's business time forward.

        Only in a sandbox, and only by a service account.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, clock_only_moves_forward, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.SetClock] = Call(
            name="clients.setClock",
            method="PUT",
            path="/clients/v1/sandbox/clock",
            answer=models.SetClock,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def read_snapshot(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        type: list[str] | None = None,
        tenant: UUID | None = None,
    ) -> Pages[models.SnapshotPage, models.SnapshotItem]:
        """Of each thing the newest event of each type: what a newcomer reads once its durable is made.

        For service accounts with the scope `events.read`; people's with `people.read` as well. `type` (may be
        repeated) and `tenant` (an agency or a company) leave out everything else.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        `type`: Only events of this type; may be repeated.

        `tenant`: Only events of this organisation.

        Errors: invalid, unauthenticated, forbidden, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="clients.readSnapshot",
                method="GET",
                path="/clients/v1/snapshot",
                answer=models.SnapshotPage,
                query={
                    "after": after,
                    "limit": limit,
                    "type": type,
                    "tenant": tenant,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )


class AsyncClients:
    """The operations of clients."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="clients.live",
            method="GET",
            path="/clients/health/live",
            answer=str,
            needs_token=False,
        )
        return await self._transport.call(call)

    async def ready(self) -> str:
        """Whether requests can be answered: the database is reached.

        For who sends requests here, or elsewhere.

        Errors: unavailable.
        """
        call: Call[str] = Call(
            name="clients.ready",
            method="GET",
            path="/clients/health/ready",
            answer=str,
            needs_token=False,
        )
        return await self._transport.call(call)

    async def locate_link_request(self, token: str) -> models.LocatedView:
        """The request that a mailed link names, without a sign-in.

        Looking at it changes nothing.

        Errors: invalid, not_found, unavailable.
        """
        call: Call[models.LocatedView] = Call(
            name="clients.locateLinkRequest",
            method="GET",
            path=f"/clients/v1/approvals/{segment(token)}",
            answer=models.LocatedView,
            needs_token=False,
        )
        return await self._transport.call(call)

    def read_feed(
        self, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.FeedPage, models.FeedItem]:
        """Events after a cursor.

        The `next` of the last page is where to look for more, later. For service accounts with the scope
        `events.read`; people's with `people.read` as well.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, forbidden, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="clients.readFeed",
                method="GET",
                path="/clients/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_clients(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.ClientPage, models.ClientView]:
        """The agency's clients by name, with their state.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="clients.listClients",
                method="GET",
                path=f"/clients/v1/organisations/{segment(organisation_id)}/clients",
                answer=models.ClientPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def search_directory(
        self,
        organisation_id: UUID,
        *,
        organisation_number: str | None = None,
        country: str | None = None,
        subscription_number: str | None = None,
    ) -> models.SearchView:
        """Find a company by its exact organisation number or subscription number, before asking it for a link.

        A sole trader's number is a person's own and is not taken here: see `findCompany`.

        `organisation_number`: As people write it: with or without separators and country.

        `country`: SE, DK, NO or FI; without it, wherever the number's check digit is right.

        `subscription_number`: For a company with several subscriptions.

        Errors: invalid, not_in_an_address, unauthenticated, only_agencies, not_found, unavailable.
        """
        call: Call[models.SearchView] = Call(
            name="clients.searchDirectory",
            method="GET",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/directory",
            answer=models.SearchView,
            query={
                "organisation_number": organisation_number,
                "country": country,
                "subscription_number": subscription_number,
            },
        )
        return await self._transport.call(call)

    async def find_company(self, organisation_id: UUID, body: models.SearchCompany) -> models.SearchView:
        """Find a company by its exact organisation number, a sole trader too.

        The number stands in the body, and so in no log of addresses.

        Errors: invalid, unauthenticated, only_agencies, not_found, too_large, not_json, unavailable.
        """
        call: Call[models.SearchView] = Call(
            name="clients.findCompany",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/directory",
            answer=models.SearchView,
            body=body,
            repeatable=True,
        )
        return await self._transport.call(call)

    def list_link_requests(
        self, organisation_id: UUID, *, pending: bool | None = None, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.LinkRequestPage, models.LinkRequestView]:
        """The requests that the organisation sent or got, the newest first.

        `pending`: True: only those that still wait for an answer.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="clients.listLinkRequests",
                method="GET",
                path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests",
                answer=models.LinkRequestPage,
                query={
                    "pending": pending,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def send_link_request(
        self, organisation_id: UUID, body: models.SendLinkRequest, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Ask a company for a link: every system administrator of its own gets a mail.

        A pending request with the same terms is answered as it is, and nobody is mailed again.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_verified, only_agencies, not_found, already_linked,
        idempotency_key_reused, no_own_administrator, pending_with_other_terms, simultaneous_change, too_large,
        not_json, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.sendLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests",
            answer=models.LinkRequestView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def get_link_request(self, organisation_id: UUID, link_request_id: UUID) -> models.LinkRequestView:
        """A request with what became of it: who decided it, and when.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.getLinkRequest",
            method="GET",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}",
            answer=models.LinkRequestView,
        )
        return await self._transport.call(call)

    async def accept_link_request(
        self, organisation_id: UUID, link_request_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Approve a request: a system administrator of the company's own, at this moment.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_own_administrator, not_verified, not_found, already_decided,
        idempotency_key_reused, request_cancelled, request_expired, simultaneous_change, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.acceptLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/accept",
            answer=models.LinkRequestView,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def cancel_link_request(
        self, organisation_id: UUID, link_request_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Take a pending request back: its sender or an admin of the agency.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_the_sender, not_found, already_decided, idempotency_key_reused,
        request_cancelled, request_expired, simultaneous_change, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.cancelLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/cancel",
            answer=models.LinkRequestView,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def decline_link_request(
        self,
        organisation_id: UUID,
        link_request_id: UUID,
        body: models.DeclineLinkRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.LinkRequestView:
        """Say no to a request: a system administrator of the company's own, at this moment.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_own_administrator, not_found, already_decided, idempotency_key_reused,
        request_cancelled, request_expired, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.declineLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/decline",
            answer=models.LinkRequestView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def resend_link_request(
        self, organisation_id: UUID, link_request_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LinkRequestView:
        """Send a pending request anew: 168 hours from now, new links, the old ones dead.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_the_sender, not_found, already_decided, idempotency_key_reused,
        no_own_administrator, request_cancelled, request_expired, simultaneous_change, unavailable.
        """
        call: Call[models.LinkRequestView] = Call(
            name="clients.resendLinkRequest",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/link-requests/{segment(link_request_id)}/resend",
            answer=models.LinkRequestView,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def end_link(
        self, organisation_id: UUID, link_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LinkView:
        """End a link for good: admins of the agency, or system administrators of the company, at this moment.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, may_not_end_link, not_found, idempotency_key_reused, simultaneous_change,
        unavailable.
        """
        call: Call[models.LinkView] = Call(
            name="clients.endLink",
            method="POST",
            path=f"/clients/v1/organisations/{segment(organisation_id)}/links/{segment(link_id)}/end",
            answer=models.LinkView,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def set_clock(self, body: models.SetClock, *, idempotency_key: str | None = None) -> models.SetClock:
        """Move this service's business time forward.

        Only in a sandbox, and only by a service account.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, clock_only_moves_forward, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.SetClock] = Call(
            name="clients.setClock",
            method="PUT",
            path="/clients/v1/sandbox/clock",
            answer=models.SetClock,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    def read_snapshot(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        type: list[str] | None = None,
        tenant: UUID | None = None,
    ) -> AsyncPages[models.SnapshotPage, models.SnapshotItem]:
        """Of each thing the newest event of each type: what a newcomer reads once its durable is made.

        For service accounts with the scope `events.read`; people's with `people.read` as well. `type` (may be
        repeated) and `tenant` (an agency or a company) leave out everything else.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        `type`: Only events of this type; may be repeated.

        `tenant`: Only events of this organisation.

        Errors: invalid, unauthenticated, forbidden, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="clients.readSnapshot",
                method="GET",
                path="/clients/v1/snapshot",
                answer=models.SnapshotPage,
                query={
                    "after": after,
                    "limit": limit,
                    "type": type,
                    "tenant": tenant,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )
