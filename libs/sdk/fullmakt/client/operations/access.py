"""The operations of access."""
# Made from docs/openapi by `make generate`.

from typing import Literal
from uuid import UUID

from fullmakt.client.call import Call, key, segment
from fullmakt.client.models import access as models
from fullmakt.client.pages import AsyncPages, Pages, Paging
from fullmakt.client.transport import Transport
from fullmakt.client.transport_async import AsyncTransport


class Access:
    """The operations of access."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_configuration(self) -> models.Configuration:
        """Where decisions are asked for (AuthZEN 1.0).

        Never built from the request's Host header.
        """
        call: Call[models.Configuration] = Call(
            name="access.getConfiguration",
            method="GET",
            path="/.well-known/authzen-configuration",
            answer=models.Configuration,
            needs_token=False,
        )
        return self._transport.call(call)

    def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="access.live",
            method="GET",
            path="/access/health/live",
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
            name="access.ready",
            method="GET",
            path="/access/health/ready",
            answer=str,
            needs_token=False,
        )
        return self._transport.call(call)

    def evaluate(self, body: models.Evaluation) -> models.Decision:
        """May this user use this program at this client?

        For service accounts with access.decide, and about oneself.

        Errors: invalid, unauthenticated, forbidden, not_your_own_question, too_large, unavailable.
        """
        call: Call[models.Decision] = Call(
            name="access.evaluate",
            method="POST",
            path="/access/v1/evaluation",
            answer=models.Decision,
            body=body,
            repeatable=True,
        )
        return self._transport.call(call)

    def evaluate_many(self, body: models.Evaluations) -> models.Decision | models.DecisionList:
        """Up to 1,000 such questions at once.

        Errors: invalid, unauthenticated, forbidden, not_your_own_question, too_large, unavailable.
        """
        call: Call[models.Decision | models.DecisionList] = Call(
            name="access.evaluateMany",
            method="POST",
            path="/access/v1/evaluations",
            answer=(models.Decision, models.DecisionList),
            body=body,
            repeatable=True,
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
                name="access.readFeed",
                method="GET",
                path="/access/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_activations(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.ClientPage, models.ClientView]:
        """Clients that wait to be activated, oldest first.

        Admins of the agency only.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_agency_admin, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="access.listActivations",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/activation-list",
                answer=models.ClientPage,
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
        """The agency's clients, oldest first: all for admins, those they reach or administer for others.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="access.listClients",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/clients",
                answer=models.ClientPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_client_access(
        self, organisation_id: UUID, link_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.ReachPage, models.ReachView]:
        """Which agency people reach the client.

        For admins of the agency and system administrators of the company.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_yours_to_see, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="access.listClientAccess",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/clients/{segment(link_id)}/access",
                answer=models.ReachPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def activate_client(
        self, organisation_id: UUID, link_id: UUID, body: models.ActivateClient, *, idempotency_key: str | None = None
    ) -> models.ActivatedView:
        """Activate a client.

        Who is an admin of the agency at this moment only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_agency_admin, not_found, already_active, idempotency_key_reused,
        not_eligible, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.ActivatedView] = Call(
            name="access.activateClient",
            method="POST",
            path=f"/access/v1/organisations/{segment(organisation_id)}/clients/{segment(link_id)}/activate",
            answer=models.ActivatedView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def get_my_programs(self, organisation_id: UUID, link_id: UUID) -> models.MyProgramsView:
        """My programs at this client, and if I see none: what is missing, and who can put it right.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.MyProgramsView] = Call(
            name="access.getMyPrograms",
            method="GET",
            path=f"/access/v1/organisations/{segment(organisation_id)}/clients/{segment(link_id)}/my-programs",
            answer=models.MyProgramsView,
        )
        return self._transport.call(call)

    def start_job(
        self, organisation_id: UUID, body: models.StartJob, *, idempotency_key: str | None = None
    ) -> models.JobView:
        """Give consultants access to clients and programs there, in the background; see Location.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_agency, not_found, idempotency_key_reused, simultaneous_change,
        too_large, not_json, unavailable.
        """
        call: Call[models.JobView] = Call(
            name="access.startJob",
            method="POST",
            path=f"/access/v1/organisations/{segment(organisation_id)}/jobs",
            answer=models.JobView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def get_job(self, organisation_id: UUID, job_id: UUID) -> models.JobView:
        """How far a job is: for who started it and for admins of the agency.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.JobView] = Call(
            name="access.getJob",
            method="GET",
            path=f"/access/v1/organisations/{segment(organisation_id)}/jobs/{segment(job_id)}",
            answer=models.JobView,
        )
        return self._transport.call(call)

    def list_job_items(
        self,
        organisation_id: UUID,
        job_id: UUID,
        *,
        after: str | None = None,
        limit: int | None = None,
        outcome: Literal["done", "refused", "unchanged"] | None = None,
    ) -> Pages[models.JobItemPage, models.JobItemView]:
        """What became of each item that is done so far.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        `outcome`: Only items that came out so.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="access.listJobItems",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/jobs/{segment(job_id)}/items",
                answer=models.JobItemPage,
                query={
                    "after": after,
                    "limit": limit,
                    "outcome": outcome,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_programs(self, organisation_id: UUID) -> models.ProgramList:
        """The agency package: programs that the agency may hand to its consultants.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.ProgramList] = Call(
            name="access.listPrograms",
            method="GET",
            path=f"/access/v1/organisations/{segment(organisation_id)}/programs",
            answer=models.ProgramList,
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
            name="access.setClock",
            method="PUT",
            path="/access/v1/sandbox/clock",
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
                name="access.readSnapshot",
                method="GET",
                path="/access/v1/snapshot",
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


class AsyncAccess:
    """The operations of access."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get_configuration(self) -> models.Configuration:
        """Where decisions are asked for (AuthZEN 1.0).

        Never built from the request's Host header.
        """
        call: Call[models.Configuration] = Call(
            name="access.getConfiguration",
            method="GET",
            path="/.well-known/authzen-configuration",
            answer=models.Configuration,
            needs_token=False,
        )
        return await self._transport.call(call)

    async def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="access.live",
            method="GET",
            path="/access/health/live",
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
            name="access.ready",
            method="GET",
            path="/access/health/ready",
            answer=str,
            needs_token=False,
        )
        return await self._transport.call(call)

    async def evaluate(self, body: models.Evaluation) -> models.Decision:
        """May this user use this program at this client?

        For service accounts with access.decide, and about oneself.

        Errors: invalid, unauthenticated, forbidden, not_your_own_question, too_large, unavailable.
        """
        call: Call[models.Decision] = Call(
            name="access.evaluate",
            method="POST",
            path="/access/v1/evaluation",
            answer=models.Decision,
            body=body,
            repeatable=True,
        )
        return await self._transport.call(call)

    async def evaluate_many(self, body: models.Evaluations) -> models.Decision | models.DecisionList:
        """Up to 1,000 such questions at once.

        Errors: invalid, unauthenticated, forbidden, not_your_own_question, too_large, unavailable.
        """
        call: Call[models.Decision | models.DecisionList] = Call(
            name="access.evaluateMany",
            method="POST",
            path="/access/v1/evaluations",
            answer=(models.Decision, models.DecisionList),
            body=body,
            repeatable=True,
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
                name="access.readFeed",
                method="GET",
                path="/access/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_activations(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.ClientPage, models.ClientView]:
        """Clients that wait to be activated, oldest first.

        Admins of the agency only.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_agency_admin, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="access.listActivations",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/activation-list",
                answer=models.ClientPage,
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
        """The agency's clients, oldest first: all for admins, those they reach or administer for others.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="access.listClients",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/clients",
                answer=models.ClientPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def list_client_access(
        self, organisation_id: UUID, link_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.ReachPage, models.ReachView]:
        """Which agency people reach the client.

        For admins of the agency and system administrators of the company.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_yours_to_see, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="access.listClientAccess",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/clients/{segment(link_id)}/access",
                answer=models.ReachPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def activate_client(
        self, organisation_id: UUID, link_id: UUID, body: models.ActivateClient, *, idempotency_key: str | None = None
    ) -> models.ActivatedView:
        """Activate a client.

        Who is an admin of the agency at this moment only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_agency_admin, not_found, already_active, idempotency_key_reused,
        not_eligible, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.ActivatedView] = Call(
            name="access.activateClient",
            method="POST",
            path=f"/access/v1/organisations/{segment(organisation_id)}/clients/{segment(link_id)}/activate",
            answer=models.ActivatedView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def get_my_programs(self, organisation_id: UUID, link_id: UUID) -> models.MyProgramsView:
        """My programs at this client, and if I see none: what is missing, and who can put it right.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.MyProgramsView] = Call(
            name="access.getMyPrograms",
            method="GET",
            path=f"/access/v1/organisations/{segment(organisation_id)}/clients/{segment(link_id)}/my-programs",
            answer=models.MyProgramsView,
        )
        return await self._transport.call(call)

    async def start_job(
        self, organisation_id: UUID, body: models.StartJob, *, idempotency_key: str | None = None
    ) -> models.JobView:
        """Give consultants access to clients and programs there, in the background; see Location.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_agency, not_found, idempotency_key_reused, simultaneous_change,
        too_large, not_json, unavailable.
        """
        call: Call[models.JobView] = Call(
            name="access.startJob",
            method="POST",
            path=f"/access/v1/organisations/{segment(organisation_id)}/jobs",
            answer=models.JobView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def get_job(self, organisation_id: UUID, job_id: UUID) -> models.JobView:
        """How far a job is: for who started it and for admins of the agency.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.JobView] = Call(
            name="access.getJob",
            method="GET",
            path=f"/access/v1/organisations/{segment(organisation_id)}/jobs/{segment(job_id)}",
            answer=models.JobView,
        )
        return await self._transport.call(call)

    def list_job_items(
        self,
        organisation_id: UUID,
        job_id: UUID,
        *,
        after: str | None = None,
        limit: int | None = None,
        outcome: Literal["done", "refused", "unchanged"] | None = None,
    ) -> AsyncPages[models.JobItemPage, models.JobItemView]:
        """What became of each item that is done so far.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        `outcome`: Only items that came out so.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="access.listJobItems",
                method="GET",
                path=f"/access/v1/organisations/{segment(organisation_id)}/jobs/{segment(job_id)}/items",
                answer=models.JobItemPage,
                query={
                    "after": after,
                    "limit": limit,
                    "outcome": outcome,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def list_programs(self, organisation_id: UUID) -> models.ProgramList:
        """The agency package: programs that the agency may hand to its consultants.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.ProgramList] = Call(
            name="access.listPrograms",
            method="GET",
            path=f"/access/v1/organisations/{segment(organisation_id)}/programs",
            answer=models.ProgramList,
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
            name="access.setClock",
            method="PUT",
            path="/access/v1/sandbox/clock",
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
                name="access.readSnapshot",
                method="GET",
                path="/access/v1/snapshot",
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
