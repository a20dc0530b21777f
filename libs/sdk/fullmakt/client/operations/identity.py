"""The operations of identity."""
# Made from docs/openapi by `make generate`.

from typing import Literal
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

    def get_provider(self) -> models.MetadataView:
        """The addresses and abilities of the OpenID provider (OpenID Connect Discovery, 4)."""
        call: Call[models.MetadataView] = Call(
            name="identity.getProvider",
            method="GET",
            path="/identity/.well-known/openid-configuration",
            answer=models.MetadataView,
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

    def introspect_token(self, body: models.AboutToken, *, credentials: ClientCredentials) -> models.IntrospectionView:
        """Whether an access token is good at this moment (RFC 7662).

        For programs that keep a secret, about their own.

        Errors: invalid, wrong_client_credentials, too_large, not_a_form, unavailable.
        """
        call: Call[models.IntrospectionView] = Call(
            name="identity.introspectToken",
            method="POST",
            path="/identity/introspect",
            answer=models.IntrospectionView,
            headers={"Authorization": credentials.authorization()},
            form=body,
            needs_token=False,
            repeatable=True,
        )
        return self._transport.call(call)

    def revoke_token(self, body: models.AboutToken, *, credentials: ClientCredentials) -> None:
        """Give a token back: the session that it is of ends (RFC 7009).

        A token that is none of yours changes nothing.

        Errors: invalid, unsupported_token_type, wrong_client_credentials, too_large, not_a_form, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.revokeToken",
                method="POST",
                path="/identity/revoke",
                answer=models.Nothing,
                headers={"Authorization": credentials.authorization()},
                form=body,
                needs_token=False,
            )
        )

    def get_user_info(self) -> models.UserInfoView:
        """The person whom a program's token names, as its scopes allow (OpenID Connect Core, 5.3).

        Errors: unauthenticated, forbidden, unavailable.
        """
        call: Call[models.UserInfoView] = Call(
            name="identity.getUserInfo",
            method="GET",
            path="/identity/userinfo",
            answer=models.UserInfoView,
        )
        return self._transport.call(call)

    def grant_authorization(self, body: models.OpenAuthorization) -> models.RedirectView:
        """Sign the caller in to the program.

        Where they don't reach the client with it, the program is told so.

        Errors: invalid, unauthenticated, forbidden, authorization_over, sign_in_again, simultaneous_change,
        too_large, not_json, unavailable.
        """
        call: Call[models.RedirectView] = Call(
            name="identity.grantAuthorization",
            method="POST",
            path="/identity/v1/authorizations",
            answer=models.RedirectView,
            body=body,
        )
        return self._transport.call(call)

    def read_authorization(self, body: models.OpenAuthorization) -> models.AuthorizationView:
        """What a program asks for, for the portal to show.

        Errors: invalid, authorization_over, too_large, not_json, unavailable.
        """
        call: Call[models.AuthorizationView] = Call(
            name="identity.readAuthorization",
            method="POST",
            path="/identity/v1/authorizations/read",
            answer=models.AuthorizationView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return self._transport.call(call)

    def refuse_authorization(self, body: models.RefuseAuthorization) -> models.RedirectView:
        """Send the browser back without a sign-in: nobody is signed in, or they don't want to.

        Errors: invalid, authorization_over, too_large, not_json, unavailable.
        """
        call: Call[models.RedirectView] = Call(
            name="identity.refuseAuthorization",
            method="POST",
            path="/identity/v1/authorizations/refuse",
            answer=models.RedirectView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return self._transport.call(call)

    def confirm_email_change(self, token: str) -> models.Confirmation:
        """Confirm another e-mail address, by the token of the mail to the old one or to the new one.

        Once both have, the other sessions end: all of them where the caller is not signed in.

        Errors: invalid, unauthenticated, not_found, address_taken, email_change_over, simultaneous_change,
        unavailable.
        """
        call: Call[models.Confirmation] = Call(
            name="identity.confirmEmailChange",
            method="POST",
            path=f"/identity/v1/email-changes/{segment(token)}/confirm",
            answer=models.Confirmation,
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

        Errors: invalid, password_too_common, sign_in_first, too_short, unauthenticated, not_found, already_accepted,
        invitation_not_open, organisation_was_refused, simultaneous_change, too_large, not_json, unavailable.
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

    def change_me(self, body: models.ChangeMe, *, if_match: str, idempotency_key: str | None = None) -> models.MeView:
        """Change one's own details.

        What is left out stays as it is.

        `if_match`: The ETag of what you looked at, which is its `version` in quotation marks (RFC 9110, 13.1.1).

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, changed_meanwhile,
        too_large, not_json, precondition_required, unavailable.
        """
        call: Call[models.MeView] = Call(
            name="identity.changeMe",
            method="PATCH",
            path="/identity/v1/me",
            answer=models.MeView,
            headers={
                "If-Match": if_match,
            },
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def list_my_audit(
        self, *, from_: str | None = None, to: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Pages[models.AuditPage, models.AuditEntryView]:
        """What you did and what was done to you, wherever it was; newest first.

        `from_`: From this moment on (RFC 3339, with its offset).

        `to`: To before this moment (RFC 3339, with its offset).

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listMyAudit",
                method="GET",
                path="/identity/v1/me/audit",
                answer=models.AuditPage,
                query={
                    "from": from_,
                    "to": to,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def change_email(self, body: models.ChangeEmail) -> models.EmailChangeView:
        """Ask for another e-mail address.

        It holds once both addresses have confirmed by the link that each is mailed.

        Errors: invalid, wrong_password, unauthenticated, not_found, simultaneous_change, too_large, not_json,
        too_many_attempts, unavailable.
        """
        call: Call[models.EmailChangeView] = Call(
            name="identity.changeEmail",
            method="POST",
            path="/identity/v1/me/email",
            answer=models.EmailChangeView,
            body=body,
        )
        return self._transport.call(call)

    def cancel_email_change(self, *, idempotency_key: str | None = None) -> None:
        """Keep the address; a change that was asked for is over.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.cancelEmailChange",
                method="DELETE",
                path="/identity/v1/me/email",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def change_password(self, body: models.ChangePassword) -> models.PasswordChangedView:
        """Change one's password.

        The other sessions end; the device that it is done on stays a known one.

        Errors: invalid, password_too_common, too_short, wrong_password, unauthenticated, not_found,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.PasswordChangedView] = Call(
            name="identity.changePassword",
            method="POST",
            path="/identity/v1/me/password",
            answer=models.PasswordChangedView,
            body=body,
        )
        return self._transport.call(call)

    def renew_recovery_codes(self, body: models.ProveBoth) -> models.RecoveryCodesView:
        """New recovery codes, shown this once.

        Those before are void.

        Errors: invalid, invalid_code, wrong_password, unauthenticated, not_found, no_second_factor,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.RecoveryCodesView] = Call(
            name="identity.renewRecoveryCodes",
            method="POST",
            path="/identity/v1/me/recovery-codes",
            answer=models.RecoveryCodesView,
            body=body,
        )
        return self._transport.call(call)

    def add_second_factor(self, body: models.AddSecondFactor) -> models.NewFactorView:
        """A secret for an authenticator app.

        It is asked for at sign-in once its first code is confirmed.

        Errors: invalid, wrong_password, unauthenticated, not_found, second_factor_in_use, simultaneous_change,
        too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.NewFactorView] = Call(
            name="identity.addSecondFactor",
            method="POST",
            path="/identity/v1/me/second-factor",
            answer=models.NewFactorView,
            body=body,
        )
        return self._transport.call(call)

    def confirm_second_factor(self, body: models.ConfirmSecondFactor) -> models.RecoveryCodesView:
        """Have the second factor asked for from now on.

        The other sessions end; the recovery codes are shown this once.

        Errors: invalid, invalid_code, unauthenticated, not_found, no_second_factor, second_factor_in_use,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.RecoveryCodesView] = Call(
            name="identity.confirmSecondFactor",
            method="POST",
            path="/identity/v1/me/second-factor/confirm",
            answer=models.RecoveryCodesView,
            body=body,
        )
        return self._transport.call(call)

    def remove_second_factor(self, body: models.ProveBoth) -> None:
        """Have the password alone asked for from now on.

        The other sessions end.

        Errors: invalid, invalid_code, wrong_password, unauthenticated, not_found, no_second_factor,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.removeSecondFactor",
                method="POST",
                path="/identity/v1/me/second-factor/remove",
                answer=models.Nothing,
                body=body,
            )
        )

    def list_sessions(
        self, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.SessionPage, models.SessionView]:
        """One's own sessions that go on, newest first.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listSessions",
                method="GET",
                path="/identity/v1/me/sessions",
                answer=models.SessionPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def end_other_sessions(self, *, idempotency_key: str | None = None) -> None:
        """End all of one's own sessions but the present one.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.endOtherSessions",
                method="DELETE",
                path="/identity/v1/me/sessions",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def end_session(self, session_id: UUID, *, idempotency_key: str | None = None) -> None:
        """End one of one's own sessions, wherever it is.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.endSession",
                method="DELETE",
                path=f"/identity/v1/me/sessions/{segment(session_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def name_successors(self, body: models.NameSuccessors, *, idempotency_key: str | None = None) -> models.LeaveView:
        """Name who administers your organisations after you, and leave them: all of the named ones, or none.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, named_twice, not_a_successor, not_your_place, unauthenticated, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.LeaveView] = Call(
            name="identity.nameSuccessors",
            method="POST",
            path="/identity/v1/me/successors",
            answer=models.LeaveView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def list_operators(
        self, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.OperatorPage, models.OperatorView]:
        """Who is a platform operator.

        Platform operators only.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_operator, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listOperators",
                method="GET",
                path="/identity/v1/operators",
                answer=models.OperatorPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def invite_operator(
        self, body: models.InviteOperator, *, idempotency_key: str | None = None
    ) -> models.OperatorView:
        """Add a platform operator, who is mailed a link to choose a password by.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, already_has_sign_in, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.OperatorView] = Call(
            name="identity.inviteOperator",
            method="POST",
            path="/identity/v1/operators",
            answer=models.OperatorView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def remove_operator(self, person_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Let a person be no platform operator any more.

        Platform operators only; one who can sign in always stays.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, last_operator,
        simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.removeOperator",
                method="DELETE",
                path=f"/identity/v1/operators/{segment(person_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def register_organisation(
        self, body: models.RegisterOrganisation, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Register an agency or company.

        Operators, and service accounts with the scope `organisations.register`.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, not_an_operator, already_registered, idempotency_key_reused,
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
        """Company details of an organisation that the caller belongs to, or administers for an agency.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.getOrganisation",
            method="GET",
            path=f"/identity/v1/organisations/{segment(organisation_id)}",
            answer=models.OrganisationView,
        )
        return self._transport.call(call)

    def change_organisation(
        self,
        organisation_id: UUID,
        body: models.ChangeOrganisation,
        *,
        if_match: str,
        idempotency_key: str | None = None,
    ) -> models.OrganisationView:
        """Correct the details.

        System administrators, an agency's among them, and operators.

        `if_match`: The ETag of what you looked at, which is its `version` in quotation marks (RFC 9110, 13.1.1).

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        organisation_was_refused, simultaneous_change, changed_meanwhile, too_large, not_json, precondition_required,
        unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.changeOrganisation",
            method="PATCH",
            path=f"/identity/v1/organisations/{segment(organisation_id)}",
            answer=models.OrganisationView,
            headers={
                "If-Match": if_match,
            },
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def list_audit(
        self,
        organisation_id: UUID,
        *,
        person: UUID | None = None,
        from_: str | None = None,
        to: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Pages[models.AuditPage, models.AuditEntryView]:
        """What happened at the organisation, newest first: its own system administrators, or an operator.

        `person`: Only what this person did, and what was done to them.

        `from_`: From this moment on (RFC 3339, with its offset).

        `to`: To before this moment (RFC 3339, with its offset).

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listAudit",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/audit",
                answer=models.AuditPage,
                query={
                    "person": person,
                    "from": from_,
                    "to": to,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def invite_client_users(
        self,
        organisation_id: UUID,
        body: models.InviteClientUsers | models.InviteOwnUsers,
        *,
        idempotency_key: str | None = None,
    ) -> models.ClientUsersView:
        """Invite up to 50 client users in one go; each row is judged on its own, and done whole or not at all.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, has_no_clients, not_found, idempotency_key_reused, simultaneous_change,
        too_large, not_json, unavailable.
        """
        call: Call[models.ClientUsersView] = Call(
            name="identity.inviteClientUsers",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/client-users",
            answer=models.ClientUsersView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def list_client_user_candidates(
        self,
        organisation_id: UUID,
        *,
        mode: Literal["existing", "new"] | None = None,
        search: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Pages[models.CandidatePage, models.CandidateView]:
        """Clients without own users, or own users without the app, where the caller is system administrator.

        `mode`: Clients without own users (`new`), or own users without the app (`existing`).

        `search`: Only whose name has this in it, whatever the case.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, has_no_clients, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listClientUserCandidates",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/client-users/candidates",
                answer=models.CandidatePage,
                query={
                    "mode": mode,
                    "search": search,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def propose_usernames(self, organisation_id: UUID, body: models.ProposeUsernames) -> models.UsernamesView:
        """Propose a free username for each name; nothing is reserved.

        Errors: invalid, unauthenticated, has_no_clients, not_found, too_large, not_json, unavailable.
        """
        call: Call[models.UsernamesView] = Call(
            name="identity.proposeUsernames",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/client-users/usernames",
            answer=models.UsernamesView,
            body=body,
            repeatable=True,
        )
        return self._transport.call(call)

    def list_invitations(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.OpenInvitationPage, models.OpenInvitationView]:
        """Invitations that wait to be accepted, the last sent first.

        System administrators, and operators. An agency's people who are system administrators here see those of
        client users.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listInvitations",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations",
                answer=models.OpenInvitationPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def invite_member(
        self, organisation_id: UUID, body: models.InviteMember, *, idempotency_key: str | None = None
    ) -> models.InvitationView:
        """Invite somebody, by mail (and SMS): a system administrator of the organisation, or an operator.

        Service accounts with the scope `organisations.register` invite the first system administrators.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, forbidden, not_an_administrator, not_found, already_invited,
        already_member, has_administrator, idempotency_key_reused, organisation_was_refused, simultaneous_change,
        too_large, not_json, too_many_attempts, unavailable.
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

    def withdraw_invitation(
        self, organisation_id: UUID, invitation_id: UUID, *, idempotency_key: str | None = None
    ) -> None:
        """Withdraw an invitation: its link is no longer good, and the username is free.

        System administrators, operators. An agency's people who are system administrators here withdraw those of
        client users.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, already_accepted, idempotency_key_reused,
        invitation_over, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.withdrawInvitation",
                method="DELETE",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations/{segment(invitation_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def resend_invitation(
        self, organisation_id: UUID, invitation_id: UUID, *, idempotency_key: str | None = None
    ) -> models.InvitationView:
        """Send an invitation again, with a new link: older ones are no longer good.

        System administrators, and operators. An agency's people who are system administrators here send those of
        client users. Of an app that a member was invited to, the member is told again.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, already_accepted, idempotency_key_reused,
        invitation_over, organisation_was_refused, simultaneous_change, too_many_attempts, unavailable.
        """
        call: Call[models.InvitationView] = Call(
            name="identity.resendInvitation",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations/{segment(invitation_id)}/resend",
            answer=models.InvitationView,
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

    def end_membership(
        self, organisation_id: UUID, person_id: UUID, *, idempotency_key: str | None = None
    ) -> models.LeaveView:
        """Remove a member, or leave.

        Of an only own system administrator who leaves, that role stays until a successor.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        simultaneous_change, unavailable.
        """
        call: Call[models.LeaveView] = Call(
            name="identity.endMembership",
            method="DELETE",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/members/{segment(person_id)}",
            answer=models.LeaveView,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def change_roles(
        self, organisation_id: UUID, person_id: UUID, body: models.ChangeRoles, *, idempotency_key: str | None = None
    ) -> None:
        """Set what a member is at the organisation.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        is_leaving, last_administrator, simultaneous_change, too_large, not_json, unavailable.
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

    def request_number_change(
        self, organisation_id: UUID, body: models.RequestNumberChange, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Ask for another organisation number.

        The organisation keeps the one that it has until the other is verified.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, already_registered,
        another_kind_of_number, idempotency_key_reused, organisation_was_refused, simultaneous_change,
        verification_pending, too_large, not_json, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.requestNumberChange",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/number-changes",
            answer=models.OrganisationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def withdraw_number_change(
        self, organisation_id: UUID, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Ask for another organisation number no longer.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused, no_number_change,
        simultaneous_change, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.withdrawNumberChange",
            method="DELETE",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/number-changes",
            answer=models.OrganisationView,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def erase_sole_trader(self, organisation_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Erase name and number of a sole trader (GDPR, article 17).

        Operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, not_a_sole_trader,
        simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.eraseSoleTrader",
                method="DELETE",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/personal-data",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def verify_organisation(
        self, organisation_id: UUID, body: models.VerifyOrganisation, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Say what was found.

        Operators, and service accounts with the scope `organisations.verify`. A registration becomes verified or
        refused; another number is taken over, or the organisation keeps what it has.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, not_an_operator, not_found, idempotency_key_reused,
        nothing_to_verify, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.verifyOrganisation",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/verification",
            answer=models.OrganisationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return self._transport.call(call)

    def request_password_reset(self, body: models.RequestPasswordReset) -> None:
        """Have a link mailed to set another password by.

        The answer is the same for an address that nobody has.

        Errors: invalid, too_large, not_json, too_many_attempts, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.requestPasswordReset",
                method="POST",
                path="/identity/v1/password-resets",
                answer=models.Nothing,
                body=body,
                needs_token=False,
            )
        )

    def reset_password(self, token: str, body: models.ResetPassword) -> models.ResetView:
        """Set another password by the token of the mail.

        All sessions end; a second factor is still asked for.

        Errors: invalid, password_too_common, too_short, not_found, reset_link_over, simultaneous_change, too_large,
        not_json, unavailable.
        """
        call: Call[models.ResetView] = Call(
            name="identity.resetPassword",
            method="POST",
            path=f"/identity/v1/password-resets/{segment(token)}",
            answer=models.ResetView,
            body=body,
            needs_token=False,
        )
        return self._transport.call(call)

    def erase_person(self, person_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Erase a person (GDPR, article 17): themselves or a platform operator.

        Whoever is the only system administrator of an organisation with other members names a successor first; the
        organisations stand in `more` of the error.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, last_administrator, simultaneous_change,
        unavailable.
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

    def list_person_audit(
        self,
        person_id: UUID,
        *,
        from_: str | None = None,
        to: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Pages[models.AuditPage, models.AuditEntryView]:
        """What a person did and what was done to them, wherever it was.

        The person, or an operator; newest first.

        `from_`: From this moment on (RFC 3339, with its offset).

        `to`: To before this moment (RFC 3339, with its offset).

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listPersonAudit",
                method="GET",
                path=f"/identity/v1/people/{segment(person_id)}/audit",
                answer=models.AuditPage,
                query={
                    "from": from_,
                    "to": to,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    def export_person(self, person_id: UUID) -> models.ExportView:
        """Everything that identity has of a person (GDPR, articles 15 and 20).

        Themselves, or a platform operator.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.ExportView] = Call(
            name="identity.exportPerson",
            method="GET",
            path=f"/identity/v1/people/{segment(person_id)}/export",
            answer=models.ExportView,
        )
        return self._transport.call(call)

    def list_programs(self) -> models.ProgramListView:
        """All programs, and where they are opened; for whoever is signed in.

        Errors: unauthenticated, unavailable.
        """
        call: Call[models.ProgramListView] = Call(
            name="identity.listPrograms",
            method="GET",
            path="/identity/v1/programs",
            answer=models.ProgramListView,
        )
        return self._transport.call(call)

    def register_program(self, program: str, body: models.RegisterProgram) -> models.RegisteredProgramView:
        """Register a program, or change it.

        Platform operators only; a secret is shown once.

        Errors: invalid, unauthenticated, not_an_operator, not_found, simultaneous_change, too_large, not_json,
        unavailable.
        """
        call: Call[models.RegisteredProgramView] = Call(
            name="identity.registerProgram",
            method="PUT",
            path=f"/identity/v1/programs/{segment(program)}",
            answer=models.RegisteredProgramView,
            body=body,
        )
        return self._transport.call(call)

    def remove_program(self, program: str, *, idempotency_key: str | None = None) -> None:
        """Remove a program; whoever is signed in to it no longer is.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, simultaneous_change,
        unavailable.
        """
        self._transport.call(
            Call(
                name="identity.removeProgram",
                method="DELETE",
                path=f"/identity/v1/programs/{segment(program)}",
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

    def list_service_accounts(
        self, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.AccountPage, models.AccountView]:
        """Which other systems are let in, and which were.

        Platform operators only.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_operator, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listServiceAccounts",
                method="GET",
                path="/identity/v1/service-accounts",
                answer=models.AccountPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

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

    def revoke_service_account(self, account_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Let another system in no more, for good.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, simultaneous_change,
        unavailable.
        """
        self._transport.call(
            Call(
                name="identity.revokeServiceAccount",
                method="DELETE",
                path=f"/identity/v1/service-accounts/{segment(account_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    def rotate_secret(self, account_id: UUID) -> models.ServiceAccountView:
        """Give a service account a new secret.

        Platform operators only; it is shown this once, and the old one is dead.

        Errors: invalid, unauthenticated, not_an_operator, not_found, account_revoked, simultaneous_change,
        unavailable.
        """
        call: Call[models.ServiceAccountView] = Call(
            name="identity.rotateSecret",
            method="POST",
            path=f"/identity/v1/service-accounts/{segment(account_id)}/secret",
            answer=models.ServiceAccountView,
        )
        return self._transport.call(call)

    def get_current_session(self) -> models.CurrentSessionView:
        """The session of this token, if it goes on at this moment; 401 once it has ended.

        Errors: unauthenticated, unavailable.
        """
        call: Call[models.CurrentSessionView] = Call(
            name="identity.getCurrentSession",
            method="GET",
            path="/identity/v1/sessions/current",
            answer=models.CurrentSessionView,
        )
        return self._transport.call(call)

    def use_session(self, body: models.UseSession) -> models.TokenView:
        """A new access token for a session, which goes on for 12 hours from now, and for 7 days at most.

        Errors: invalid, session_over, too_large, not_json, unavailable.
        """
        call: Call[models.TokenView] = Call(
            name="identity.useSession",
            method="POST",
            path="/identity/v1/sessions/token",
            answer=models.TokenView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return self._transport.call(call)

    def sign_in(self, body: models.SignIn) -> models.SignedInView:
        """Sign in with e-mail (or the username of a client user) and password.

        Errors: invalid, second_factor_required, wrong_sign_in, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.SignedInView] = Call(
            name="identity.signIn",
            method="POST",
            path="/identity/v1/sign-in",
            answer=models.SignedInView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return self._transport.call(call)

    def answer_challenge(self, body: models.AnswerChallenge) -> models.SignedInView:
        """Go on signing in where a second factor is asked for: with a code of it, or a recovery code.

        Errors: invalid, challenge_over, wrong_code, simultaneous_change, too_large, not_json, too_many_attempts,
        unavailable.
        """
        call: Call[models.SignedInView] = Call(
            name="identity.answerChallenge",
            method="POST",
            path="/identity/v1/sign-in/second-factor",
            answer=models.SignedInView,
            body=body,
            needs_token=False,
        )
        return self._transport.call(call)

    def sign_out(self, *, idempotency_key: str | None = None) -> None:
        """Sign out: the session of the access token ends, and with it what was begun from it at programs.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        self._transport.call(
            Call(
                name="identity.signOut",
                method="POST",
                path="/identity/v1/sign-out",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

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

    def get_service_token(self, body: models.TokenRequest, *, credentials: ClientCredentials) -> models.GrantedView:
        """A token for a service account or a program (RFC 6749).

        The grant types are those that the metadata lists.

        Errors: access_gone, grant_over, invalid, invalid_token_request, subject_token_over, unauthorized_client,
        unknown_scope, unknown_target, unsupported_grant_type, wrong_client_credentials, too_large, not_a_form,
        unavailable.
        """
        call: Call[models.GrantedView] = Call(
            name="identity.getServiceToken",
            method="POST",
            path="/identity/v1/token",
            answer=models.GrantedView,
            headers={"Authorization": credentials.authorization()},
            form=body,
            needs_token=False,
        )
        return self._transport.call(call)

    def list_verifications(
        self, *, after: str | None = None, limit: int | None = None
    ) -> Pages[models.VerificationPage, models.VerificationView]:
        """What waits to be verified.

        Operators, and service accounts with the scope `organisations.verify`.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, forbidden, not_an_operator, unavailable.
        """
        return Pages(
            self._transport,
            Call(
                name="identity.listVerifications",
                method="GET",
                path="/identity/v1/verifications",
                answer=models.VerificationPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )


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

    async def get_provider(self) -> models.MetadataView:
        """The addresses and abilities of the OpenID provider (OpenID Connect Discovery, 4)."""
        call: Call[models.MetadataView] = Call(
            name="identity.getProvider",
            method="GET",
            path="/identity/.well-known/openid-configuration",
            answer=models.MetadataView,
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

    async def introspect_token(
        self, body: models.AboutToken, *, credentials: ClientCredentials
    ) -> models.IntrospectionView:
        """Whether an access token is good at this moment (RFC 7662).

        For programs that keep a secret, about their own.

        Errors: invalid, wrong_client_credentials, too_large, not_a_form, unavailable.
        """
        call: Call[models.IntrospectionView] = Call(
            name="identity.introspectToken",
            method="POST",
            path="/identity/introspect",
            answer=models.IntrospectionView,
            headers={"Authorization": credentials.authorization()},
            form=body,
            needs_token=False,
            repeatable=True,
        )
        return await self._transport.call(call)

    async def revoke_token(self, body: models.AboutToken, *, credentials: ClientCredentials) -> None:
        """Give a token back: the session that it is of ends (RFC 7009).

        A token that is none of yours changes nothing.

        Errors: invalid, unsupported_token_type, wrong_client_credentials, too_large, not_a_form, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.revokeToken",
                method="POST",
                path="/identity/revoke",
                answer=models.Nothing,
                headers={"Authorization": credentials.authorization()},
                form=body,
                needs_token=False,
            )
        )

    async def get_user_info(self) -> models.UserInfoView:
        """The person whom a program's token names, as its scopes allow (OpenID Connect Core, 5.3).

        Errors: unauthenticated, forbidden, unavailable.
        """
        call: Call[models.UserInfoView] = Call(
            name="identity.getUserInfo",
            method="GET",
            path="/identity/userinfo",
            answer=models.UserInfoView,
        )
        return await self._transport.call(call)

    async def grant_authorization(self, body: models.OpenAuthorization) -> models.RedirectView:
        """Sign the caller in to the program.

        Where they don't reach the client with it, the program is told so.

        Errors: invalid, unauthenticated, forbidden, authorization_over, sign_in_again, simultaneous_change,
        too_large, not_json, unavailable.
        """
        call: Call[models.RedirectView] = Call(
            name="identity.grantAuthorization",
            method="POST",
            path="/identity/v1/authorizations",
            answer=models.RedirectView,
            body=body,
        )
        return await self._transport.call(call)

    async def read_authorization(self, body: models.OpenAuthorization) -> models.AuthorizationView:
        """What a program asks for, for the portal to show.

        Errors: invalid, authorization_over, too_large, not_json, unavailable.
        """
        call: Call[models.AuthorizationView] = Call(
            name="identity.readAuthorization",
            method="POST",
            path="/identity/v1/authorizations/read",
            answer=models.AuthorizationView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return await self._transport.call(call)

    async def refuse_authorization(self, body: models.RefuseAuthorization) -> models.RedirectView:
        """Send the browser back without a sign-in: nobody is signed in, or they don't want to.

        Errors: invalid, authorization_over, too_large, not_json, unavailable.
        """
        call: Call[models.RedirectView] = Call(
            name="identity.refuseAuthorization",
            method="POST",
            path="/identity/v1/authorizations/refuse",
            answer=models.RedirectView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return await self._transport.call(call)

    async def confirm_email_change(self, token: str) -> models.Confirmation:
        """Confirm another e-mail address, by the token of the mail to the old one or to the new one.

        Once both have, the other sessions end: all of them where the caller is not signed in.

        Errors: invalid, unauthenticated, not_found, address_taken, email_change_over, simultaneous_change,
        unavailable.
        """
        call: Call[models.Confirmation] = Call(
            name="identity.confirmEmailChange",
            method="POST",
            path=f"/identity/v1/email-changes/{segment(token)}/confirm",
            answer=models.Confirmation,
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

        Errors: invalid, password_too_common, sign_in_first, too_short, unauthenticated, not_found, already_accepted,
        invitation_not_open, organisation_was_refused, simultaneous_change, too_large, not_json, unavailable.
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

    async def change_me(
        self, body: models.ChangeMe, *, if_match: str, idempotency_key: str | None = None
    ) -> models.MeView:
        """Change one's own details.

        What is left out stays as it is.

        `if_match`: The ETag of what you looked at, which is its `version` in quotation marks (RFC 9110, 13.1.1).

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, changed_meanwhile,
        too_large, not_json, precondition_required, unavailable.
        """
        call: Call[models.MeView] = Call(
            name="identity.changeMe",
            method="PATCH",
            path="/identity/v1/me",
            answer=models.MeView,
            headers={
                "If-Match": if_match,
            },
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    def list_my_audit(
        self, *, from_: str | None = None, to: str | None = None, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.AuditPage, models.AuditEntryView]:
        """What you did and what was done to you, wherever it was; newest first.

        `from_`: From this moment on (RFC 3339, with its offset).

        `to`: To before this moment (RFC 3339, with its offset).

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listMyAudit",
                method="GET",
                path="/identity/v1/me/audit",
                answer=models.AuditPage,
                query={
                    "from": from_,
                    "to": to,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def change_email(self, body: models.ChangeEmail) -> models.EmailChangeView:
        """Ask for another e-mail address.

        It holds once both addresses have confirmed by the link that each is mailed.

        Errors: invalid, wrong_password, unauthenticated, not_found, simultaneous_change, too_large, not_json,
        too_many_attempts, unavailable.
        """
        call: Call[models.EmailChangeView] = Call(
            name="identity.changeEmail",
            method="POST",
            path="/identity/v1/me/email",
            answer=models.EmailChangeView,
            body=body,
        )
        return await self._transport.call(call)

    async def cancel_email_change(self, *, idempotency_key: str | None = None) -> None:
        """Keep the address; a change that was asked for is over.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.cancelEmailChange",
                method="DELETE",
                path="/identity/v1/me/email",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def change_password(self, body: models.ChangePassword) -> models.PasswordChangedView:
        """Change one's password.

        The other sessions end; the device that it is done on stays a known one.

        Errors: invalid, password_too_common, too_short, wrong_password, unauthenticated, not_found,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.PasswordChangedView] = Call(
            name="identity.changePassword",
            method="POST",
            path="/identity/v1/me/password",
            answer=models.PasswordChangedView,
            body=body,
        )
        return await self._transport.call(call)

    async def renew_recovery_codes(self, body: models.ProveBoth) -> models.RecoveryCodesView:
        """New recovery codes, shown this once.

        Those before are void.

        Errors: invalid, invalid_code, wrong_password, unauthenticated, not_found, no_second_factor,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.RecoveryCodesView] = Call(
            name="identity.renewRecoveryCodes",
            method="POST",
            path="/identity/v1/me/recovery-codes",
            answer=models.RecoveryCodesView,
            body=body,
        )
        return await self._transport.call(call)

    async def add_second_factor(self, body: models.AddSecondFactor) -> models.NewFactorView:
        """A secret for an authenticator app.

        It is asked for at sign-in once its first code is confirmed.

        Errors: invalid, wrong_password, unauthenticated, not_found, second_factor_in_use, simultaneous_change,
        too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.NewFactorView] = Call(
            name="identity.addSecondFactor",
            method="POST",
            path="/identity/v1/me/second-factor",
            answer=models.NewFactorView,
            body=body,
        )
        return await self._transport.call(call)

    async def confirm_second_factor(self, body: models.ConfirmSecondFactor) -> models.RecoveryCodesView:
        """Have the second factor asked for from now on.

        The other sessions end; the recovery codes are shown this once.

        Errors: invalid, invalid_code, unauthenticated, not_found, no_second_factor, second_factor_in_use,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.RecoveryCodesView] = Call(
            name="identity.confirmSecondFactor",
            method="POST",
            path="/identity/v1/me/second-factor/confirm",
            answer=models.RecoveryCodesView,
            body=body,
        )
        return await self._transport.call(call)

    async def remove_second_factor(self, body: models.ProveBoth) -> None:
        """Have the password alone asked for from now on.

        The other sessions end.

        Errors: invalid, invalid_code, wrong_password, unauthenticated, not_found, no_second_factor,
        simultaneous_change, too_large, not_json, too_many_attempts, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.removeSecondFactor",
                method="POST",
                path="/identity/v1/me/second-factor/remove",
                answer=models.Nothing,
                body=body,
            )
        )

    def list_sessions(
        self, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.SessionPage, models.SessionView]:
        """One's own sessions that go on, newest first.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listSessions",
                method="GET",
                path="/identity/v1/me/sessions",
                answer=models.SessionPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def end_other_sessions(self, *, idempotency_key: str | None = None) -> None:
        """End all of one's own sessions but the present one.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.endOtherSessions",
                method="DELETE",
                path="/identity/v1/me/sessions",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def end_session(self, session_id: UUID, *, idempotency_key: str | None = None) -> None:
        """End one of one's own sessions, wherever it is.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.endSession",
                method="DELETE",
                path=f"/identity/v1/me/sessions/{segment(session_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def name_successors(
        self, body: models.NameSuccessors, *, idempotency_key: str | None = None
    ) -> models.LeaveView:
        """Name who administers your organisations after you, and leave them: all of the named ones, or none.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, named_twice, not_a_successor, not_your_place, unauthenticated, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.LeaveView] = Call(
            name="identity.nameSuccessors",
            method="POST",
            path="/identity/v1/me/successors",
            answer=models.LeaveView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    def list_operators(
        self, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.OperatorPage, models.OperatorView]:
        """Who is a platform operator.

        Platform operators only.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_operator, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listOperators",
                method="GET",
                path="/identity/v1/operators",
                answer=models.OperatorPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def invite_operator(
        self, body: models.InviteOperator, *, idempotency_key: str | None = None
    ) -> models.OperatorView:
        """Add a platform operator, who is mailed a link to choose a password by.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, already_has_sign_in, idempotency_key_reused,
        simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.OperatorView] = Call(
            name="identity.inviteOperator",
            method="POST",
            path="/identity/v1/operators",
            answer=models.OperatorView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def remove_operator(self, person_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Let a person be no platform operator any more.

        Platform operators only; one who can sign in always stays.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, last_operator,
        simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.removeOperator",
                method="DELETE",
                path=f"/identity/v1/operators/{segment(person_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def register_organisation(
        self, body: models.RegisterOrganisation, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Register an agency or company.

        Operators, and service accounts with the scope `organisations.register`.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, not_an_operator, already_registered, idempotency_key_reused,
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
        """Company details of an organisation that the caller belongs to, or administers for an agency.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.getOrganisation",
            method="GET",
            path=f"/identity/v1/organisations/{segment(organisation_id)}",
            answer=models.OrganisationView,
        )
        return await self._transport.call(call)

    async def change_organisation(
        self,
        organisation_id: UUID,
        body: models.ChangeOrganisation,
        *,
        if_match: str,
        idempotency_key: str | None = None,
    ) -> models.OrganisationView:
        """Correct the details.

        System administrators, an agency's among them, and operators.

        `if_match`: The ETag of what you looked at, which is its `version` in quotation marks (RFC 9110, 13.1.1).

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        organisation_was_refused, simultaneous_change, changed_meanwhile, too_large, not_json, precondition_required,
        unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.changeOrganisation",
            method="PATCH",
            path=f"/identity/v1/organisations/{segment(organisation_id)}",
            answer=models.OrganisationView,
            headers={
                "If-Match": if_match,
            },
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    def list_audit(
        self,
        organisation_id: UUID,
        *,
        person: UUID | None = None,
        from_: str | None = None,
        to: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> AsyncPages[models.AuditPage, models.AuditEntryView]:
        """What happened at the organisation, newest first: its own system administrators, or an operator.

        `person`: Only what this person did, and what was done to them.

        `from_`: From this moment on (RFC 3339, with its offset).

        `to`: To before this moment (RFC 3339, with its offset).

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listAudit",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/audit",
                answer=models.AuditPage,
                query={
                    "person": person,
                    "from": from_,
                    "to": to,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def invite_client_users(
        self,
        organisation_id: UUID,
        body: models.InviteClientUsers | models.InviteOwnUsers,
        *,
        idempotency_key: str | None = None,
    ) -> models.ClientUsersView:
        """Invite up to 50 client users in one go; each row is judged on its own, and done whole or not at all.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, has_no_clients, not_found, idempotency_key_reused, simultaneous_change,
        too_large, not_json, unavailable.
        """
        call: Call[models.ClientUsersView] = Call(
            name="identity.inviteClientUsers",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/client-users",
            answer=models.ClientUsersView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    def list_client_user_candidates(
        self,
        organisation_id: UUID,
        *,
        mode: Literal["existing", "new"] | None = None,
        search: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> AsyncPages[models.CandidatePage, models.CandidateView]:
        """Clients without own users, or own users without the app, where the caller is system administrator.

        `mode`: Clients without own users (`new`), or own users without the app (`existing`).

        `search`: Only whose name has this in it, whatever the case.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, has_no_clients, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listClientUserCandidates",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/client-users/candidates",
                answer=models.CandidatePage,
                query={
                    "mode": mode,
                    "search": search,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def propose_usernames(self, organisation_id: UUID, body: models.ProposeUsernames) -> models.UsernamesView:
        """Propose a free username for each name; nothing is reserved.

        Errors: invalid, unauthenticated, has_no_clients, not_found, too_large, not_json, unavailable.
        """
        call: Call[models.UsernamesView] = Call(
            name="identity.proposeUsernames",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/client-users/usernames",
            answer=models.UsernamesView,
            body=body,
            repeatable=True,
        )
        return await self._transport.call(call)

    def list_invitations(
        self, organisation_id: UUID, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.OpenInvitationPage, models.OpenInvitationView]:
        """Invitations that wait to be accepted, the last sent first.

        System administrators, and operators. An agency's people who are system administrators here see those of
        client users.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listInvitations",
                method="GET",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations",
                answer=models.OpenInvitationPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def invite_member(
        self, organisation_id: UUID, body: models.InviteMember, *, idempotency_key: str | None = None
    ) -> models.InvitationView:
        """Invite somebody, by mail (and SMS): a system administrator of the organisation, or an operator.

        Service accounts with the scope `organisations.register` invite the first system administrators.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, forbidden, not_an_administrator, not_found, already_invited,
        already_member, has_administrator, idempotency_key_reused, organisation_was_refused, simultaneous_change,
        too_large, not_json, too_many_attempts, unavailable.
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

    async def withdraw_invitation(
        self, organisation_id: UUID, invitation_id: UUID, *, idempotency_key: str | None = None
    ) -> None:
        """Withdraw an invitation: its link is no longer good, and the username is free.

        System administrators, operators. An agency's people who are system administrators here withdraw those of
        client users.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, already_accepted, idempotency_key_reused,
        invitation_over, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.withdrawInvitation",
                method="DELETE",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations/{segment(invitation_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def resend_invitation(
        self, organisation_id: UUID, invitation_id: UUID, *, idempotency_key: str | None = None
    ) -> models.InvitationView:
        """Send an invitation again, with a new link: older ones are no longer good.

        System administrators, and operators. An agency's people who are system administrators here send those of
        client users. Of an app that a member was invited to, the member is told again.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, already_accepted, idempotency_key_reused,
        invitation_over, organisation_was_refused, simultaneous_change, too_many_attempts, unavailable.
        """
        call: Call[models.InvitationView] = Call(
            name="identity.resendInvitation",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/invitations/{segment(invitation_id)}/resend",
            answer=models.InvitationView,
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
    ) -> models.LeaveView:
        """Remove a member, or leave.

        Of an only own system administrator who leaves, that role stays until a successor.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        simultaneous_change, unavailable.
        """
        call: Call[models.LeaveView] = Call(
            name="identity.endMembership",
            method="DELETE",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/members/{segment(person_id)}",
            answer=models.LeaveView,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def change_roles(
        self, organisation_id: UUID, person_id: UUID, body: models.ChangeRoles, *, idempotency_key: str | None = None
    ) -> None:
        """Set what a member is at the organisation.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unknown_role, unauthenticated, not_an_administrator, not_found, idempotency_key_reused,
        is_leaving, last_administrator, simultaneous_change, too_large, not_json, unavailable.
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

    async def request_number_change(
        self, organisation_id: UUID, body: models.RequestNumberChange, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Ask for another organisation number.

        The organisation keeps the one that it has until the other is verified.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, already_registered,
        another_kind_of_number, idempotency_key_reused, organisation_was_refused, simultaneous_change,
        verification_pending, too_large, not_json, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.requestNumberChange",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/number-changes",
            answer=models.OrganisationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def withdraw_number_change(
        self, organisation_id: UUID, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Ask for another organisation number no longer.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_administrator, not_found, idempotency_key_reused, no_number_change,
        simultaneous_change, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.withdrawNumberChange",
            method="DELETE",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/number-changes",
            answer=models.OrganisationView,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def erase_sole_trader(self, organisation_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Erase name and number of a sole trader (GDPR, article 17).

        Operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, not_a_sole_trader,
        simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.eraseSoleTrader",
                method="DELETE",
                path=f"/identity/v1/organisations/{segment(organisation_id)}/personal-data",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def verify_organisation(
        self, organisation_id: UUID, body: models.VerifyOrganisation, *, idempotency_key: str | None = None
    ) -> models.OrganisationView:
        """Say what was found.

        Operators, and service accounts with the scope `organisations.verify`. A registration becomes verified or
        refused; another number is taken over, or the organisation keeps what it has.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, forbidden, not_an_operator, not_found, idempotency_key_reused,
        nothing_to_verify, simultaneous_change, too_large, not_json, unavailable.
        """
        call: Call[models.OrganisationView] = Call(
            name="identity.verifyOrganisation",
            method="POST",
            path=f"/identity/v1/organisations/{segment(organisation_id)}/verification",
            answer=models.OrganisationView,
            body=body,
            idempotency_key=key(idempotency_key),
        )
        return await self._transport.call(call)

    async def request_password_reset(self, body: models.RequestPasswordReset) -> None:
        """Have a link mailed to set another password by.

        The answer is the same for an address that nobody has.

        Errors: invalid, too_large, not_json, too_many_attempts, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.requestPasswordReset",
                method="POST",
                path="/identity/v1/password-resets",
                answer=models.Nothing,
                body=body,
                needs_token=False,
            )
        )

    async def reset_password(self, token: str, body: models.ResetPassword) -> models.ResetView:
        """Set another password by the token of the mail.

        All sessions end; a second factor is still asked for.

        Errors: invalid, password_too_common, too_short, not_found, reset_link_over, simultaneous_change, too_large,
        not_json, unavailable.
        """
        call: Call[models.ResetView] = Call(
            name="identity.resetPassword",
            method="POST",
            path=f"/identity/v1/password-resets/{segment(token)}",
            answer=models.ResetView,
            body=body,
            needs_token=False,
        )
        return await self._transport.call(call)

    async def erase_person(self, person_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Erase a person (GDPR, article 17): themselves or a platform operator.

        Whoever is the only system administrator of an organisation with other members names a successor first; the
        organisations stand in `more` of the error.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, last_administrator, simultaneous_change,
        unavailable.
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

    def list_person_audit(
        self,
        person_id: UUID,
        *,
        from_: str | None = None,
        to: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> AsyncPages[models.AuditPage, models.AuditEntryView]:
        """What a person did and what was done to them, wherever it was.

        The person, or an operator; newest first.

        `from_`: From this moment on (RFC 3339, with its offset).

        `to`: To before this moment (RFC 3339, with its offset).

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listPersonAudit",
                method="GET",
                path=f"/identity/v1/people/{segment(person_id)}/audit",
                answer=models.AuditPage,
                query={
                    "from": from_,
                    "to": to,
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

    async def export_person(self, person_id: UUID) -> models.ExportView:
        """Everything that identity has of a person (GDPR, articles 15 and 20).

        Themselves, or a platform operator.

        Errors: invalid, unauthenticated, not_found, unavailable.
        """
        call: Call[models.ExportView] = Call(
            name="identity.exportPerson",
            method="GET",
            path=f"/identity/v1/people/{segment(person_id)}/export",
            answer=models.ExportView,
        )
        return await self._transport.call(call)

    async def list_programs(self) -> models.ProgramListView:
        """All programs, and where they are opened; for whoever is signed in.

        Errors: unauthenticated, unavailable.
        """
        call: Call[models.ProgramListView] = Call(
            name="identity.listPrograms",
            method="GET",
            path="/identity/v1/programs",
            answer=models.ProgramListView,
        )
        return await self._transport.call(call)

    async def register_program(self, program: str, body: models.RegisterProgram) -> models.RegisteredProgramView:
        """Register a program, or change it.

        Platform operators only; a secret is shown once.

        Errors: invalid, unauthenticated, not_an_operator, not_found, simultaneous_change, too_large, not_json,
        unavailable.
        """
        call: Call[models.RegisteredProgramView] = Call(
            name="identity.registerProgram",
            method="PUT",
            path=f"/identity/v1/programs/{segment(program)}",
            answer=models.RegisteredProgramView,
            body=body,
        )
        return await self._transport.call(call)

    async def remove_program(self, program: str, *, idempotency_key: str | None = None) -> None:
        """Remove a program; whoever is signed in to it no longer is.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, simultaneous_change,
        unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.removeProgram",
                method="DELETE",
                path=f"/identity/v1/programs/{segment(program)}",
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

    def list_service_accounts(
        self, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.AccountPage, models.AccountView]:
        """Which other systems are let in, and which were.

        Platform operators only.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, not_an_operator, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listServiceAccounts",
                method="GET",
                path="/identity/v1/service-accounts",
                answer=models.AccountPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )

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

    async def revoke_service_account(self, account_id: UUID, *, idempotency_key: str | None = None) -> None:
        """Let another system in no more, for good.

        Platform operators only.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_an_operator, not_found, idempotency_key_reused, simultaneous_change,
        unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.revokeServiceAccount",
                method="DELETE",
                path=f"/identity/v1/service-accounts/{segment(account_id)}",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

    async def rotate_secret(self, account_id: UUID) -> models.ServiceAccountView:
        """Give a service account a new secret.

        Platform operators only; it is shown this once, and the old one is dead.

        Errors: invalid, unauthenticated, not_an_operator, not_found, account_revoked, simultaneous_change,
        unavailable.
        """
        call: Call[models.ServiceAccountView] = Call(
            name="identity.rotateSecret",
            method="POST",
            path=f"/identity/v1/service-accounts/{segment(account_id)}/secret",
            answer=models.ServiceAccountView,
        )
        return await self._transport.call(call)

    async def get_current_session(self) -> models.CurrentSessionView:
        """The session of this token, if it goes on at this moment; 401 once it has ended.

        Errors: unauthenticated, unavailable.
        """
        call: Call[models.CurrentSessionView] = Call(
            name="identity.getCurrentSession",
            method="GET",
            path="/identity/v1/sessions/current",
            answer=models.CurrentSessionView,
        )
        return await self._transport.call(call)

    async def use_session(self, body: models.UseSession) -> models.TokenView:
        """A new access token for a session, which goes on for 12 hours from now, and for 7 days at most.

        Errors: invalid, session_over, too_large, not_json, unavailable.
        """
        call: Call[models.TokenView] = Call(
            name="identity.useSession",
            method="POST",
            path="/identity/v1/sessions/token",
            answer=models.TokenView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return await self._transport.call(call)

    async def sign_in(self, body: models.SignIn) -> models.SignedInView:
        """Sign in with e-mail (or the username of a client user) and password.

        Errors: invalid, second_factor_required, wrong_sign_in, too_large, not_json, too_many_attempts, unavailable.
        """
        call: Call[models.SignedInView] = Call(
            name="identity.signIn",
            method="POST",
            path="/identity/v1/sign-in",
            answer=models.SignedInView,
            body=body,
            needs_token=False,
            repeatable=True,
        )
        return await self._transport.call(call)

    async def answer_challenge(self, body: models.AnswerChallenge) -> models.SignedInView:
        """Go on signing in where a second factor is asked for: with a code of it, or a recovery code.

        Errors: invalid, challenge_over, wrong_code, simultaneous_change, too_large, not_json, too_many_attempts,
        unavailable.
        """
        call: Call[models.SignedInView] = Call(
            name="identity.answerChallenge",
            method="POST",
            path="/identity/v1/sign-in/second-factor",
            answer=models.SignedInView,
            body=body,
            needs_token=False,
        )
        return await self._transport.call(call)

    async def sign_out(self, *, idempotency_key: str | None = None) -> None:
        """Sign out: the session of the access token ends, and with it what was begun from it at programs.

        `idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call.

        Errors: invalid, unauthenticated, not_found, idempotency_key_reused, simultaneous_change, unavailable.
        """
        await self._transport.call(
            Call(
                name="identity.signOut",
                method="POST",
                path="/identity/v1/sign-out",
                answer=models.Nothing,
                idempotency_key=key(idempotency_key),
            )
        )

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

    async def get_service_token(
        self, body: models.TokenRequest, *, credentials: ClientCredentials
    ) -> models.GrantedView:
        """A token for a service account or a program (RFC 6749).

        The grant types are those that the metadata lists.

        Errors: access_gone, grant_over, invalid, invalid_token_request, subject_token_over, unauthorized_client,
        unknown_scope, unknown_target, unsupported_grant_type, wrong_client_credentials, too_large, not_a_form,
        unavailable.
        """
        call: Call[models.GrantedView] = Call(
            name="identity.getServiceToken",
            method="POST",
            path="/identity/v1/token",
            answer=models.GrantedView,
            headers={"Authorization": credentials.authorization()},
            form=body,
            needs_token=False,
        )
        return await self._transport.call(call)

    def list_verifications(
        self, *, after: str | None = None, limit: int | None = None
    ) -> AsyncPages[models.VerificationPage, models.VerificationView]:
        """What waits to be verified.

        Operators, and service accounts with the scope `organisations.verify`.

        `after`: The `next` of the page before; without it, the first page.

        `limit`: How many items a page has at most.

        Errors: invalid, unauthenticated, forbidden, not_an_operator, unavailable.
        """
        return AsyncPages(
            self._transport,
            Call(
                name="identity.listVerifications",
                method="GET",
                path="/identity/v1/verifications",
                answer=models.VerificationPage,
                query={
                    "after": after,
                    "limit": limit,
                },
            ),
            Paging("after", lambda page: page.items, lambda page: page.next),
        )
