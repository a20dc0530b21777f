"""The operations of notify."""
# Made from docs/openapi by `make generate`.

from typing import Literal
from uuid import UUID

from fullmakt.client.call import Call, key, segment
from fullmakt.client.models import notify as models
from fullmakt.client.pages import AsyncPages, Pages, Paging
from fullmakt.client.transport import Transport
from fullmakt.client.transport_async import AsyncTransport


class Notify:
    """The operations of notify."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="notify.live",
            method="GET",
            path="/notify/health/live",
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
            name="notify.ready",
            method="GET",
            path="/notify/health/ready",
            answer=str,
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
                name="notify.readFeed",
                method="GET",
                path="/notify/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_deliveries(
        self,
        organisation_id: UUID,
        *,
        state: Literal["due", "given_up", "lapsed", "sent"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Pages[models.DeliveryPage, models.DeliveryView]:
        """Mails and SMS to the organisation's people, the newest first.

        Its administrators only.

        `state`: Only those in this state.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, may_not_see_deliveries, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="notify.listDeliveries",
                method="GET",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/deliveries",
                answer=models.DeliveryPage,
                query={
                    "state": state,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def retry_delivery(self, organisation_id: UUID, delivery_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Send again what was given up.

        The organisation's administrators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, may_not_see_deliveries, not_found, idempotency_key_reused, not_given_up,
        simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="notify.retryDelivery",
                method="POST",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/deliveries/{segment(delivery_id)}/retry",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def list_notices(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.NoticePage, models.NoticeView]:
        """The caller's own notices at an organisation, the newest first, in the caller's language.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="notify.listNotices",
                method="GET",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/notices",
                answer=models.NoticePage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def read_notice(self, organisation_id: UUID, notice_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Mark a notice of the caller's as read.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="notify.readNotice",
                method="POST",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/notices/{segment(notice_id)}/read",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def set_clock(self, body: models.SetClock, *, idempotency_key: str | None = None) -> models.SetClock:
        """Move this service's business time forward.

        Only in a sandbox, and only by a service account.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, clock_only_moves_forward, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.SetClock] = Call(
            name="notify.setClock",
            method="PUT",
            path="/notify/v1/sandbox/clock",
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
                name="notify.readSnapshot",
                method="GET",
                path="/notify/v1/snapshot",
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


class AsyncNotify:
    """The operations of notify."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="notify.live",
            method="GET",
            path="/notify/health/live",
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
            name="notify.ready",
            method="GET",
            path="/notify/health/ready",
            answer=str,
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
                name="notify.readFeed",
                method="GET",
                path="/notify/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_deliveries(
        self,
        organisation_id: UUID,
        *,
        state: Literal["due", "given_up", "lapsed", "sent"] | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> AsyncPages[models.DeliveryPage, models.DeliveryView]:
        """Mails and SMS to the organisation's people, the newest first.

        Its administrators only.

        `state`: Only those in this state.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, may_not_see_deliveries, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="notify.listDeliveries",
                method="GET",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/deliveries",
                answer=models.DeliveryPage,
                query={
                    "state": state,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def retry_delivery(
        self, organisation_id: UUID, delivery_id: UUID, *, idempotency_key: str | None = None
    ) -> None:
        """Send again what was given up.

        The organisation's administrators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, may_not_see_deliveries, not_found, idempotency_key_reused, not_given_up,
        simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="notify.retryDelivery",
                method="POST",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/deliveries/{segment(delivery_id)}/retry",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def list_notices(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.NoticePage, models.NoticeView]:
        """The caller's own notices at an organisation, the newest first, in the caller's language.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="notify.listNotices",
                method="GET",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/notices",
                answer=models.NoticePage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def read_notice(self, organisation_id: UUID, notice_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Mark a notice of the caller's as read.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="notify.readNotice",
                method="POST",
                path=f"/notify/v1/organisations/{segment(organisation_id)}/notices/{segment(notice_id)}/read",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def set_clock(self, body: models.SetClock, *, idempotency_key: str | None = None) -> models.SetClock:
        """Move this service's business time forward.

        Only in a sandbox, and only by a service account.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, clock_only_moves_forward, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.SetClock] = Call(
            name="notify.setClock",
            method="PUT",
            path="/notify/v1/sandbox/clock",
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
                name="notify.readSnapshot",
                method="GET",
                path="/notify/v1/snapshot",
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
