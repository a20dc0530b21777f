"""The operations of identity."""
# Made from docs/openapi by `make generate`.

from uuid import UUID

from fullmakt.client.call import Call, key, segment
from fullmakt.client.credentials import ClientCredentials
from fullmakt.client.models import identity as models
from fullmakt.client.pages import AsyncPages, Pages, Paging
from fullmakt.client.transport import Transport
from fullmakt.client.transport_async import AsyncTransport


class Identity:
    """The operations of identity."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_keys(self) -> models.KeySetView:
        """The public keys that access tokens are checked by (RFC 7517)."""
        call: Call[models.KeySetView] = Call(
            name="identity.getKeys",
            method="GET",
            path="/identity/.well-known/jwks.json",
            answer=models.KeySetView,
            needs_token=False,
        )
        return self._transport.call(call)

    def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="identity.live",
            method="GET",
            path="/identity/health/live",
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
            name="identity.ready",
            method="GET",
            path="/identity/health/ready",
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
                name="identity.readFeed",
                method="GET",
                path="/identity/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def accept_invitation(self, token: str, body: models.AcceptInvitation) -> models.InvitationView:
        """Accept an invitation by the token of its mail.

        A new person chooses a password, others are signed in.

        Errors: invalid, sign_in_first, too_short, unauthenticated, not_found, already_accepted, invitation_not_open,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.InvitationView] = Call(
            name="identity.acceptInvitation",
            method="POST",
            path=f"/identity/v1/invitations/{segment(token)}/accept",
            answer=models.InvitationView,
            body=body,
        )
        return self._transport.call(call)

    def get_me(self) -> models.MeView:
        """The signed-in person and the organisations they belong to.

        Errors: unauthenticated, not_found, unavailable.
        """
        call: Call[models.MeView] = Call(
            name="identity.getMe",
            method="GET",
            path="/identity/v1/me",
            answer=models.MeView,
        )
        return self._transport.call(call)

    def register_organisation(
        self, body: models.RegisterOrganisation, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Register an agency or company.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, already_registered, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.registerOrganisation",
            method="POST",
            path="/identity/v1/organisations",
            answer=models.OrganisationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def get_organisation(self, organisation_id: UUID) -> models.OrganisationView:
        """Company details of an organisation that the caller belongs to.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.getOrganisation",
            method="GET",
            path=f"/identity/v1/organisations/{segment(organisation_id)}",
            answer=models.OrganisationView,
        )
        return self._transport.call(call)

    def invite_member(
        self, organisation_id: UUID, body: models.InviteMember, *, idempotency_key: str | None = None
    ) -> models.InvitationView:
        """Invite somebody, by mail (and SMS): a system administrator of the organisation, or an operator.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, not_an_administrator, not_found, already_member,
        idempotency_key_reused, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.InvitationView] = Call(
            name="identity.inviteMember",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations",
            answer=models.InvitationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def list_members(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.MemberPage, models.MemberView]:
        """The organisation's members, by name.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listMembers",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/members",
                answer=models.MemberPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def end_membership(self, organisation_id: UUID, person_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Remove a member, or leave.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        last_administrator, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.endMembership",
                method="DELETE",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/members/{segment(person_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def change_roles(
        self, organisation_id: UUID, person_id: UUID, body: models.ChangeRoles, *, idempotency_key: str | None = None
    ) -> None:
        """Set what a member is at the organisation.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        last_administrator, simultaneous_change, too_large, not_json, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.changeRoles",
                method="PUT",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/members/{segment(person_id)}/roles",
                answer=models.Nothing,
                body=body,
                idempotency_key=key(idempotency_key),
            )
        )

    def erase_person(self, person_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Erase a person (GDPR, article 17): themselves or a platform operator.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.erasePerson",
                method="DELETE",
                path=f"/identity/v1/people/{segment(person_id)}",
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
            name="identity.setClock",
            method="PUT",
            path="/identity/v1/sandbox/clock",
            answer=models.SetClock,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def open_service_account(self, body: models.OpenServiceAccount) -> models.ServiceAccountView:
        """Let another system in.

        Platform operators only; the secret is shown this once.

        Errors: invalid, unauthenticated, not_an_operator, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.ServiceAccountView] = Call(
            name="identity.openServiceAccount",
            method="POST",
            path="/identity/v1/service-accounts",
            answer=models.ServiceAccountView,
            body=body,
        )
        return self._transport.call(call)

    def sign_in(self, body: models.SignIn) -> models.TokenView:
        """Sign in with e-mail and password.

        Errors: invalid, wrong_sign_in, too_large, not_json, unavailable.
        """
        call: Call[models.TokenView] = Call(
            name="identity.signIn",
            method="POST",
            path="/identity/v1/sign-in",
            answer=models.TokenView,
            body=body,
            needs_token=False,
            repeatable=True,
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
                name="identity.readSnapshot",
                method="GET",
                path="/identity/v1/snapshot",
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

    def get_service_token(self, body: models.TokenRequest, *, credentials: ClientCredentials) -> models.TokenView:
        """A token for a service account: client credentials (RFC 6749, 4.4), with HTTP Basic.

        Errors: invalid, unsupported_grant_type, wrong_client_credentials, too_large, not_json, unavailable.
        """
        call: Call[models.TokenView] = Call(
            name="identity.getServiceToken",
            method="POST",
            path="/identity/v1/token",
            answer=models.TokenView,
            headers={"Authorization": credentials.authorization()},
            form=body,
            needs_token=False,
            repeatable=True,
        )
        return self._transport.call(call)


class AsyncIdentity:
    """The operations of identity."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get_keys(self) -> models.KeySetView:
        """The public keys that access tokens are checked by (RFC 7517)."""
        call: Call[models.KeySetView] = Call(
            name="identity.getKeys",
            method="GET",
            path="/identity/.well-known/jwks.json",
            answer=models.KeySetView,
            needs_token=False,
        )
        return await self._transport.call(call)

    async def live(self) -> str:
        """Whether the process runs at all.

        For a supervisor that restarts it.
        """
        call: Call[str] = Call(
            name="identity.live",
            method="GET",
            path="/identity/health/live",
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
            name="identity.ready",
            method="GET",
            path="/identity/health/ready",
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
                name="identity.readFeed",
                method="GET",
                path="/identity/v1/feed",
                answer=models.FeedPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def accept_invitation(self, token: str, body: models.AcceptInvitation) -> models.InvitationView:
        """Accept an invitation by the token of its mail.

        A new person chooses a password, others are signed in.

        Errors: invalid, sign_in_first, too_short, unauthenticated, not_found, already_accepted, invitation_not_open,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.InvitationView] = Call(
            name="identity.acceptInvitation",
            method="POST",
            path=f"/identity/v1/invitations/{segment(token)}/accept",
            answer=models.InvitationView,
            body=body,
        )
        return await self._transport.call(call)

    async def get_me(self) -> models.MeView:
        """The signed-in person and the organisations they belong to.

        Errors: unauthenticated, not_found, unavailable.
        """
        call: Call[models.MeView] = Call(
            name="identity.getMe",
            method="GET",
            path="/identity/v1/me",
            answer=models.MeView,
        )
        return await self._transport.call(call)

    async def register_organisation(
        self, body: models.RegisterOrganisation, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Register an agency or company.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, already_registered, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.registerOrganisation",
            method="POST",
            path="/identity/v1/organisations",
            answer=models.OrganisationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def get_organisation(self, organisation_id: UUID) -> models.OrganisationView:
        """Company details of an organisation that the caller belongs to.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.getOrganisation",
            method="GET",
            path=f"/identity/v1/organisations/{segment(organisation_id)}",
            answer=models.OrganisationView,
        )
        return await self._transport.call(call)

    async def invite_member(
        self, organisation_id: UUID, body: models.InviteMember, *, idempotency_key: str | None = None
    ) -> models.InvitationView:
        """Invite somebody, by mail (and SMS): a system administrator of the organisation, or an operator.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, not_an_administrator, not_found, already_member,
        idempotency_key_reused, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.InvitationView] = Call(
            name="identity.inviteMember",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations",
            answer=models.InvitationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    def list_members(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.MemberPage, models.MemberView]:
        """The organisation's members, by name.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listMembers",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/members",
                answer=models.MemberPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def end_membership(
        self, organisation_id: UUID, person_id: UUID, *, idempotency_key: str | None = None
    ) -> None:
        """Remove a member, or leave.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        last_administrator, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.endMembership",
                method="DELETE",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/members/{segment(person_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def change_roles(
        self, organisation_id: UUID, person_id: UUID, body: models.ChangeRoles, *, idempotency_key: str | None = None
    ) -> None:
        """Set what a member is at the organisation.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        last_administrator, simultaneous_change, too_large, not_json, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.changeRoles",
                method="PUT",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/members/{segment(person_id)}/roles",
                answer=models.Nothing,
                body=body,
                idempotency_key=key(idempotency_key),
            )
        )

    async def erase_person(self, person_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Erase a person (GDPR, article 17): themselves or a platform operator.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.erasePerson",
                method="DELETE",
                path=f"/identity/v1/people/{segment(person_id)}",
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
            name="identity.setClock",
            method="PUT",
            path="/identity/v1/sandbox/clock",
            answer=models.SetClock,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def open_service_account(self, body: models.OpenServiceAccount) -> models.ServiceAccountView:
        """Let another system in.

        Platform operators only; the secret is shown this once.

        Errors: invalid, unauthenticated, not_an_operator, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.ServiceAccountView] = Call(
            name="identity.openServiceAccount",
            method="POST",
            path="/identity/v1/service-accounts",
            answer=models.ServiceAccountView,
            body=body,
        )
        return await self._transport.call(call)

    async def sign_in(self, body: models.SignIn) -> models.TokenView:
        """Sign in with e-mail and password.

        Errors: invalid, wrong_sign_in, too_large, not_json, unavailable.
        """
        call: Call[models.TokenView] = Call(
            name="identity.signIn",
            method="POST",
            path="/identity/v1/sign-in",
            answer=models.TokenView,
            body=body,
            needs_token=False,
            repeatable=True,
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
                name="identity.readSnapshot",
                method="GET",
                path="/identity/v1/snapshot",
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

    async def get_service_token(self, body: models.TokenRequest, *, credentials: ClientCredentials) -> models.TokenView:
        """A token for a service account: client credentials (RFC 6749, 4.4), with HTTP Basic.

        Errors: invalid, unsupported_grant_type, wrong_client_credentials, too_large, not_json, unavailable.
        """
        call: Call[models.TokenView] = Call(
            name="identity.getServiceToken",
            method="POST",
            path="/identity/v1/token",
            answer=models.TokenView,
            headers={"Authorization": credentials.authorization()},
            form=body,
            needs_token=False,
            repeatable=True,
        )
        return await self._transport.call(call)
