"""Requests and answers of identity."""
# Made from docs/openapi by `make generate`.

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from fullmakt.client.model import Model


class AboutToken(Model, frozen=True, kw_only=True):
    """A token, and who asks about it (RFC 7662, RFC 7009); further fields are ignored."""

    token: str
    client_id: str | None = None
    """Of a program that sends no HTTP Basic."""
    client_secret: str | None = None


class AcceptInvitation(Model, frozen=True, kw_only=True):
    """What a new person chooses; somebody with a sign-in is signed in and chooses nothing."""

    password: str | None = None
    """At least 10 characters, and not easily guessed; length matters more than composition."""


class AccountView(Model, frozen=True, kw_only=True):
    """A service account; its secret was shown once."""

    client_id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


class ActorView(Model, frozen=True, kw_only=True):
    """Who acts for the person (RFC 8693, 4.1)."""

    sub: str


class AddSecondFactor(Model, frozen=True, kw_only=True):
    """The password, before a second factor is added."""

    password: str


class AnswerChallenge(Model, frozen=True, kw_only=True):
    """The second factor of a sign-in whose password was right."""

    challenge: str
    code: str
    """Six digits of the authenticator app, or a recovery code."""
    device_token: str | None = None


class AuditEntryView(Model, frozen=True, kw_only=True):
    """Who did what, for whom, to which thing, when and how it ended (X2)."""

    id: UUID
    at: datetime
    tenant: UUID
    """The organisation in whose trail it stands; of what concerns a person alone, the person."""
    actor: str
    """`person:<id>`, `service:<id>` or `system`."""
    actor_name: str | None
    """Null: not a person, not kept, or erased."""
    on_behalf_of: UUID | None
    """The organisation that the actor acted for."""
    action: str
    thing: UUID
    """What it was done to: a membership, an invitation, a person, …"""
    outcome: Literal["done", "refused"]
    reason: str | None
    details: dict[str, Any]
    """`person`: the id of whom it was done to; more by action."""
    trace: str | None


class AuditPage(Model, frozen=True, kw_only=True):
    """Entries of an audit trail, newest first."""

    items: list[AuditEntryView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class AuthorizationView(Model, frozen=True, kw_only=True):
    """What a program asks for, for the portal to show."""

    program: str
    program_name: str
    company_id: UUID | None
    """The client to act for."""
    prompt: Literal["login", "none"] | None
    """`none`: nothing is to be shown; `login`: the person is to sign in anew."""
    login_hint: str | None


class CandidateView(Model, frozen=True, kw_only=True):
    """A client whose first users may be invited, or an own user of a client who may be invited to the app."""

    link_id: UUID
    company_id: UUID
    company_name: str
    country: str
    organisation_number: str
    """A sole trader's is masked: it is a personal identity number (L22)."""
    language: str
    """The company's: what its new users are written to in, unless told."""
    person_id: UUID | None
    """The own user; null in the mode `new`, as are name and e-mail."""
    name: str | None
    email: str | None


class ChangeEmail(Model, frozen=True, kw_only=True):
    """The address that is wanted, and the password."""

    email: str
    password: str


class ChangeMe(Model, frozen=True, kw_only=True):
    """What is to be another from now on; what is left out stays as it is."""

    name: str | UnsetType = UNSET
    mobile: str | None | UnsetType = UNSET
    """International form, such as +46701234567; null: none."""
    language: Literal["da", "en", "nb", "sv"] | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    """IANA name, such as Europe/Stockholm."""


class ChangeOrganisation(Model, frozen=True, kw_only=True):
    """Details to correct; what is left out or null stays as it is."""

    name: str | None = None
    """The registered name."""
    language: Literal["da", "en", "nb", "sv"] | None = None
    """What the organisation is written to in, where a person has no language of their own."""


class ChangePassword(Model, frozen=True, kw_only=True):
    """The password until now, and the one from now on."""

    current_password: str
    new_password: str
    """At least 10 characters, and not easily guessed; length matters more than composition."""
    device_token: str | None = None
    """Of this device, as at a sign-in: it is answered with another one, since this one was of the password before."""


class ChangeRoles(Model, frozen=True, kw_only=True):
    """All roles that the member holds from now on."""

    roles: list[str]
    """`system_administrator`, or `program_administrator:<program>`."""


class ClientUserView(Model, frozen=True, kw_only=True):
    """What became of one row: the same whether or not the address has a sign-in already."""

    position: int
    """Of the row in the request, from 0 on."""
    company_id: UUID
    outcome: Literal["invited", "refused"]
    code: (
        Literal[
            "already_invited_to_app",
            "client_unknown",
            "duplicate",
            "has_own_users",
            "invalid",
            "not_administrator_there",
            "not_an_own_user",
            "organisation_was_refused",
            "too_many_attempts",
            "username_taken",
        ]
        | None
    ) = None
    field_: str | None = field(name="field")
    """What of the row is not as it should be, where it is one thing."""
    message: str | None = None
    """Why it was refused, in words."""
    person_id: UUID | None = None
    username: str | None = None
    invitation_id: UUID | None = None
    """By which it can be sent again."""


class ClientUsersView(Model, frozen=True, kw_only=True):
    """What became of each row, in their order."""

    rows: list[ClientUserView]


class ConfirmSecondFactor(Model, frozen=True, kw_only=True):
    """The first code of the app."""

    code: str


class Confirmation(Model, frozen=True, kw_only=True):
    """How far a change of address has come."""

    state: Literal["done", "waiting"]
    missing: Literal["new", "old"] | None
    """Which address has not confirmed yet."""


class CurrentSessionView(Model, frozen=True, kw_only=True):
    """Whom a token names, and the session it ends with; a service account's token has none."""

    subject: str
    session_id: UUID | None


class EmailChangeView(Model, frozen=True, kw_only=True):
    """Both addresses are mailed a link."""

    expires_at: datetime
    """Until when the links are good."""


class ExportedEmailChange(Model, frozen=True, kw_only=True):
    """That the e-mail address was to change."""

    id: UUID
    state: str
    requested_at: datetime
    expires_at: datetime
    old_confirmed_at: datetime | None
    new_confirmed_at: datetime | None
    settled_at: datetime | None


class ExportedInvitation(Model, frozen=True, kw_only=True):
    """An invitation that was sent to the person."""

    id: UUID
    organisation_id: UUID
    invited_by: UUID
    name: str | None
    """As whoever invites typed it, while the invitation is open."""
    email: str | None
    """As whoever invites typed it, while the invitation is open."""
    apps: list[str]
    sent_at: datetime
    accepted_at: datetime | None


class ExportedMembership(Model, frozen=True, kw_only=True):
    """A place at an organisation, also one that has ended."""

    id: UUID
    organisation_id: UUID
    state: str
    roles: list[str]
    apps: list[str]
    username: str | None
    leaving_since: datetime | None


class ExportedPerson(Model, frozen=True, kw_only=True):
    """The person."""

    id: UUID
    name: str | None
    email: str | None
    pending_email: str | None
    mobile: str | None
    language: str | None
    time_zone: str | None
    operator: bool
    has_password: bool


class ExportedReset(Model, frozen=True, kw_only=True):
    """That a forgotten password was to be replaced."""

    id: UUID
    requested_at: datetime
    expires_at: datetime
    used_at: datetime | None


class ExportedSecondFactor(Model, frozen=True, kw_only=True):
    """Whether a second factor is asked for, and how many recovery codes are left; no secret of it."""

    in_use_since: datetime | None
    recovery_codes_left: int


class ExportedSession(Model, frozen=True, kw_only=True):
    """A session, also one that is over."""

    id: UUID
    kind: str
    program: str | None
    company_id: UUID | None
    agency_id: UUID | None
    methods: list[str]
    scopes: list[str]
    created_at: datetime
    authenticated_at: datetime
    used_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    user_agent: str | None
    address: str | None


class FeedItem(Model, frozen=True, kw_only=True):
    """An event as it is published, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any


class FeedPage(Model, frozen=True, kw_only=True):
    """Events in the order of their commits; `next` continues after the last, also when there is none yet."""

    items: list[FeedItem]
    next: str


class GrantedView(Model, frozen=True, kw_only=True):
    """An access token, and what comes with it; `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] | UnsetType = UNSET
    refresh_token: str | None = None
    """Good once; the next one comes with the answer to it."""
    id_token: str | None = None
    """Who signed in, how and when (OpenID Connect Core, 2)."""
    scope: str | None = None
    issued_token_type: str | None = None
    """After an exchange (RFC 8693, 2.2.1)."""


class IntrospectionView(Model, frozen=True, kw_only=True):
    """Whether a token is good at this moment; if it is, what it says (RFC 7662, 2.2)."""

    active: bool
    token_type: str | None = None
    iss: str | None = None
    sub: str | None = None
    aud: str | None = None
    exp: int | None = None
    iat: int | None = None
    jti: str | None = None
    client_id: str | None = None
    scope: str | None = None
    sid: UUID | None = None
    client: UUID | None = None
    agency: UUID | None = None
    link_id: UUID | None = None
    act: ActorView | None = None


class InvitationView(Model, frozen=True, kw_only=True):
    """An invitation that was sent; the same whether or not the address has a sign-in already."""

    id: UUID
    organisation_id: UUID
    person_id: UUID
    state: Literal["accepted", "invited"]


class InviteMember(Model, frozen=True, kw_only=True):
    """Whom to invite, and what they are to be there."""

    name: str
    email: str
    mobile: str | None = None
    """International form, such as +46701234567; an SMS is sent too."""
    language: Literal["da", "en", "nb", "sv"] = "en"
    time_zone: str = "Europe/Stockholm"
    roles: list[str] = field(default_factory=list)
    """`system_administrator`, or `program_administrator:<program>`."""


class InviteOperator(Model, frozen=True, kw_only=True):
    """Who is to be a platform operator."""

    name: str
    email: str


class KeySetView(Model, frozen=True, kw_only=True):
    """Public keys as JWK (RFC 7517)."""

    keys: list[dict[str, Any]]


class LeaveView(Model, frozen=True, kw_only=True):
    """Whether the place has ended, or all of it but the role of system administrator (I13)."""

    state: Literal["leaving", "left"]
    """`leaving`: the only own system administrator keeps that role alone, until a successor is named."""


class MemberView(Model, frozen=True, kw_only=True):
    """A member of an organisation and the roles held there."""

    person_id: UUID
    name: str | None
    email: str | None
    roles: list[str]
    leaving: bool
    """True: has left, and keeps the role of system administrator alone until a successor is named (I13)."""


class MetadataView(Model, frozen=True, kw_only=True):
    """What an OpenID provider tells of itself (OpenID Connect Discovery, 3; RFC 8414)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    introspection_endpoint: str
    revocation_endpoint: str
    end_session_endpoint: str
    scopes_supported: list[str]
    claims_supported: list[str]
    response_types_supported: list[str] = field(default_factory=lambda: ["code"])
    response_modes_supported: list[str] = field(default_factory=lambda: ["query"])
    grant_types_supported: list[str] = field(
        default_factory=lambda: [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ]
    )
    subject_types_supported: list[str] = field(default_factory=lambda: ["public"])
    id_token_signing_alg_values_supported: list[str] = field(default_factory=lambda: ["ES256"])
    acr_values_supported: list[str] = field(default_factory=lambda: ["aal1", "aal2"])
    prompt_values_supported: list[str] = field(default_factory=lambda: ["none", "login", "select_account"])
    token_endpoint_auth_methods_supported: list[str] = field(
        default_factory=lambda: ["client_secret_basic", "client_secret_post", "none"]
    )
    introspection_endpoint_auth_methods_supported: list[str] = field(
        default_factory=lambda: ["client_secret_basic", "client_secret_post"]
    )
    revocation_endpoint_auth_methods_supported: list[str] = field(
        default_factory=lambda: ["client_secret_basic", "client_secret_post", "none"]
    )
    code_challenge_methods_supported: list[str] = field(default_factory=lambda: ["S256"])
    authorization_response_iss_parameter_supported: bool = True
    request_parameter_supported: bool = False
    request_uri_parameter_supported: bool = False
    claims_parameter_supported: bool = False


class NewClientUser(Model, frozen=True, kw_only=True):
    """Somebody to be added at a client; what is wrong with one of them is told by its row."""

    company_id: UUID
    name: str
    email: str
    mobile: str | None = None
    """International form, such as +46701234567; an SMS is sent too."""
    username: str | None = None
    """3 to 64 letters a to z, digits and dots; without one, one is proposed and taken."""
    language: Literal["da", "en", "nb", "sv"] | None = None
    """What they are written to in; without one, the company's."""


class NewFactorView(Model, frozen=True, kw_only=True):
    """A secret for an authenticator app; shown this once."""

    secret: str
    """Base 32, to be typed."""
    uri: str
    """`otpauth://…`, to be shown as a QR code."""


class Nothing(Model, frozen=True, kw_only=True):
    """Done; there is nothing more to say."""


class OpenAuthorization(Model, frozen=True, kw_only=True):
    """A program's request, as the browser brought it."""

    request: str


class OpenInvitationView(Model, frozen=True, kw_only=True):
    """An invitation that waits to be accepted."""

    id: UUID
    person_id: UUID
    name: str | None
    """As whoever invites typed it."""
    email: str | None
    """As whoever invites typed it."""
    invited_by: UUID
    """A person, or a service account."""
    sent_at: datetime
    """When it was mailed the last time."""
    apps: list[str]
    """Apps that it invites to: `receipts` for client users."""
    roles: list[str]
    """What the person is to be at the organisation."""


class OpenServiceAccount(Model, frozen=True, kw_only=True):
    """Another system that is to call us, and what for."""

    name: str
    scopes: list[
        Literal[
            "access.decide", "events.read", "organisations.register", "organisations.verify", "people.read", "sandbox"
        ]
    ]


class OperatorView(Model, frozen=True, kw_only=True):
    """A platform operator."""

    person_id: UUID
    name: str | None
    email: str | None
    has_sign_in: bool
    """False: has not chosen a password yet."""


class OwnUser(Model, frozen=True, kw_only=True):
    """An own user of a client."""

    company_id: UUID
    person_id: UUID


class PasswordChangedView(Model, frozen=True, kw_only=True):
    """The password is changed."""

    device_token: str
    """For the next sign-in on this device; the one that it had was of the password before."""


class PlaceView(Model, frozen=True, kw_only=True):
    """An organisation that the person belongs to."""

    organisation_id: UUID
    roles: list[str]
    username: str | None
    """What they may sign in with besides the e-mail address, if they were invited with one (I8)."""
    leaving: bool
    """True: has left, and keeps the role of system administrator alone until a successor is named (I13)."""


class ProgramView(Model, frozen=True, kw_only=True):
    """A program that people go to."""

    id: str
    name: str
    launch_url: str
    """Where it is opened; with `?client=<company id>`, for a client."""


class ProposeUsernames(Model, frozen=True, kw_only=True):
    """Names that usernames are wanted for."""

    names: list[str]


class ProveBoth(Model, frozen=True, kw_only=True):
    """Both factors."""

    password: str
    code: str
    """Six digits of the authenticator app, or a recovery code."""


class RecoveryCodesView(Model, frozen=True, kw_only=True):
    """Codes that each stand in for the second factor once; shown this once."""

    recovery_codes: list[str]


class RedirectView(Model, frozen=True, kw_only=True):
    """Where the browser goes from here."""

    redirect_to: str


class RefuseAuthorization(Model, frozen=True, kw_only=True):
    """A program's request, and what it is answered with."""

    request: str
    error: Literal["access_denied", "login_required"]


class RefusedNumberView(Model, frozen=True, kw_only=True):
    """Another number that an organisation has asked for and did not get."""

    organisation_number: str
    reason: str
    """`not_registered`, `ceased`, `name_differs` or `other`."""


class RegisterOrganisation(Model, frozen=True, kw_only=True):
    """An organisation to register, verified by whoever registers it unless they say otherwise."""

    kind: Literal["agency", "company"]
    name: str
    country: str
    organisation_number: str
    second_subscription: bool = False
    """An explicit yes to a further subscription for a number that has one (L2)."""
    in_verification: bool = False
    """True: it is to be verified yet, and till then it is not found and can't approve anything (I1)."""


class RegisterProgram(Model, frozen=True, kw_only=True):
    """A program, where it is opened, and where people may be sent back to."""

    name: str
    launch_url: str
    """Where it is opened; `?client=<company id>` is added to open it for a client."""
    redirect_uris: list[str]
    """Compared as they stand, character by character. https; http only to the machine itself."""
    post_logout_redirect_uris: list[str] = field(default_factory=list)
    """Where people may be sent to after signing out; compared alike."""
    confidential: bool = False
    """Whether it can keep a secret: a program on a server can, one on a phone or a desktop can't."""
    renew_secret: bool = False
    """Make a new secret in place of the one it has, which is no longer good then."""


class RegisteredProgramView(Model, frozen=True, kw_only=True):
    """A program as it is registered."""

    id: str
    name: str
    launch_url: str
    """Where it is opened; with `?client=<company id>`, for a client."""
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    confidential: bool
    client_secret: str | None = None
    """Shown this once, when it is made."""


class RequestNumberChange(Model, frozen=True, kw_only=True):
    """The number that the organisation has, as people type it."""

    organisation_number: str
    country: str | None = None
    """SE, DK, NO or FI; left out or null: the country that it has."""
    second_subscription: bool = False
    """An explicit yes to a further subscription for a number that has one (L2)."""


class RequestPasswordReset(Model, frozen=True, kw_only=True):
    """Who has forgotten their password."""

    email: str
    """Or the username of a client user."""


class ResetPassword(Model, frozen=True, kw_only=True):
    """The password from now on."""

    password: str
    """At least 10 characters, and not easily guessed; length matters more than composition."""


class ResetView(Model, frozen=True, kw_only=True):
    """The password is set."""

    device_token: str
    """For the next sign-in on this device: wrong guesses made elsewhere won't count there."""


class ServiceAccountView(Model, frozen=True, kw_only=True):
    """A service account; the secret is shown this once."""

    client_id: UUID
    client_secret: str
    scopes: list[str]


class SessionView(Model, frozen=True, kw_only=True):
    """A session of the person's that goes on."""

    session_id: UUID
    current: bool
    """Whether the caller's own token is of it."""
    program: str | None
    """The program that it is at; null: the sign-in itself."""
    company_id: UUID | None
    """The client acted for."""
    methods: list[str]
    """How it was begun (RFC 8176): `pwd`, `otp`, `mfa`."""
    user_agent: str | None
    address: str | None
    created_at: datetime
    used_at: datetime


class SetClock(Model, frozen=True, kw_only=True):
    """How far business time is to be ahead of real time from now on."""

    ahead_seconds: float


class SignIn(Model, frozen=True, kw_only=True):
    """What a person signs in with."""

    email: str
    """Or the username of a client user."""
    password: str
    device_token: str | None = None
    """From an earlier sign-in on this device: wrong guesses made elsewhere don't count here."""


class SignedInView(Model, frozen=True, kw_only=True):
    """A sign-in: an access token, and what to get the next one with. `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    session_token: str
    """What further access tokens of this session are got with; to be kept as a password is."""
    session_id: UUID
    device_token: str
    """For the next sign-in on this device: wrong guesses made elsewhere won't count there."""
    token_type: Literal["Bearer"] = "Bearer"


class SnapshotItem(Model, frozen=True, kw_only=True):
    """An event as it was published in its stream, binary mode: CloudEvents headers and the JSON body."""

    subject: str
    thing: UUID
    version: int
    headers: dict[str, str]
    body: Any
    stream: str


class SnapshotPage(Model, frozen=True, kw_only=True):
    """Events in the order of stream, thing and version; `next` continues after the last, null after the last page."""

    items: list[SnapshotItem]
    next: str | None


class Successor(Model, frozen=True, kw_only=True):
    """Who is to be system administrator of an organisation after the caller."""

    organisation_id: UUID
    person_id: UUID
    """An active member there."""


class TokenRequest(Model, frozen=True, kw_only=True):
    """A request for a token (RFC 6749, RFC 7636, RFC 8693); further fields are ignored."""

    grant_type: Literal[
        "authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"
    ]
    client_id: str | None = None
    """Of a program that sends no HTTP Basic."""
    client_secret: str | None = None
    scope: str | None = None
    """Less than what there is; not with a code."""
    code: str | None = None
    redirect_uri: str | None = None
    """The same as in the request that the code answers."""
    code_verifier: str | None = None
    """43 to 128 of the unreserved characters (RFC 7636, 4.1)."""
    refresh_token: str | None = None
    subject_token: str | None = None
    """An access token of the person."""
    subject_token_type: str | None = None
    requested_token_type: str | None = None
    actor_token: str | None = None
    """Not supported: who acts is who asks."""
    audience: str | None = None
    """The program that the new token is for; `resource` means the same."""
    resource: str | None = None
    client: UUID | None = None
    """The company to act for; without it the token names the person alone."""


class TokenView(Model, frozen=True, kw_only=True):
    """An access token; `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"


class UseSession(Model, frozen=True, kw_only=True):
    """The session to go on with."""

    session_token: str


class UserInfoView(Model, frozen=True, kw_only=True):
    """The signed-in person, as the token's scopes allow, and the client that they act for."""

    sub: str
    name: str | None = None
    locale: str | None = None
    zoneinfo: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    client: UUID | None = None
    """The company acted for."""
    client_name: str | None = None
    agency: UUID | None = None
    """The agency that the person comes from; none for an own user of the company."""
    link_id: UUID | None = None


class UsernamesView(Model, frozen=True, kw_only=True):
    """Usernames that nobody has at this moment, in the order of the names."""

    usernames: list[str]


class VerificationView(Model, frozen=True, kw_only=True):
    """Something of an organisation that waits to be verified."""

    id: UUID
    organisation_id: UUID
    organisation_kind: str
    name: str
    subscription_number: str
    kind: str
    """`registration`: whether there is such an organisation; `number`: whether it has this number from now on."""
    country: str
    """Where the number is to be looked up."""
    organisation_number: str
    """The number to be verified."""
    subscriptions: int
    """How many others have the number already."""
    requested_at: datetime


class VerifyOrganisation(Model, frozen=True, kw_only=True):
    """What was found out about an organisation."""

    verification_id: UUID
    """What was looked at, by its `id` in the list: where that is no longer asked for, nothing is decided."""
    outcome: Literal["refused", "verified"]
    reason: Literal["ceased", "name_differs", "not_registered", "other"] | None = None
    """Why it was refused; not given where it was verified."""


class AccountPage(Model, frozen=True, kw_only=True):
    """Service accounts, the revoked ones too, in the order of their ids."""

    items: list[AccountView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class CandidatePage(Model, frozen=True, kw_only=True):
    """Candidates: clients by name in the mode `new`, people by name in the mode `existing`."""

    items: list[CandidateView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class ExportView(Model, frozen=True, kw_only=True):
    """Everything that identity has of a person; other services have what they keep of them by the same id."""

    generated_at: datetime
    person: ExportedPerson
    memberships: list[ExportedMembership]
    invitations: list[ExportedInvitation]
    sessions: list[ExportedSession]
    second_factor: ExportedSecondFactor
    password_resets: list[ExportedReset]
    email_changes: list[ExportedEmailChange]
    audit: list[AuditEntryView]
    """What the person did and what was done to them, newest first: the newest 10,000."""
    audit_next: str | None
    """The `after` by which /people/{id}/audit goes on, where there are more."""
    version: Literal[1] = 1
    """Of this form; it counts up when something in it comes to mean something else."""


class InviteClientUsers(Model, frozen=True, kw_only=True):
    """New users for clients that have none of their own, 50 at most (I8, I9)."""

    mode: Literal["new"]
    rows: list[NewClientUser]


class InviteOwnUsers(Model, frozen=True, kw_only=True):
    """Own users of clients who were not yet invited to the app, 50 at most (I9)."""

    mode: Literal["existing"]
    rows: list[OwnUser]


class MeView(Model, frozen=True, kw_only=True):
    """The signed-in person."""

    person_id: UUID
    version: int
    """For If-Match, in quotation marks."""
    name: str | None
    email: str | None
    pending_email: str | None
    """An address that is theirs once both addresses have confirmed."""
    mobile: str | None
    language: str | None
    time_zone: str | None
    operator: bool
    second_factor: bool
    """Whether a code is asked for at sign-in."""
    memberships: list[PlaceView]


class MemberPage(Model, frozen=True, kw_only=True):
    """Members of an organisation, by name."""

    items: list[MemberView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class NameSuccessors(Model, frozen=True, kw_only=True):
    """The successors at all places that the caller leaves."""

    successors: list[Successor]


class OpenInvitationPage(Model, frozen=True, kw_only=True):
    """Open invitations, the last sent first."""

    items: list[OpenInvitationView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class OperatorPage(Model, frozen=True, kw_only=True):
    """Platform operators, in the order of their ids."""

    items: list[OperatorView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""


class OrganisationView(Model, frozen=True, kw_only=True):
    """An organisation with its company details."""

    id: UUID
    kind: str
    name: str
    country: str
    organisation_number: str
    subscription_number: str
    language: str
    state: str
    """`in_verification`, `verified` or `refused`: only the verified are found by search and can approve."""
    sole_trader: bool
    """True: the number is a personal identity number, and with the name personal data."""
    without_administrator: bool
    """True while it has no own system administrator."""
    pending_number_change: str | None
    """The number that it has asked for, until that is verified."""
    refused_number_change: RefusedNumberView | None
    """The number that it has asked for last, where that was refused."""
    version: int
    """In quotation marks it is the ETag, for If-Match."""


class ProgramListView(Model, frozen=True, kw_only=True):
    """All programs that sign people in by us, by id."""

    programs: list[ProgramView]


class SessionPage(Model, frozen=True, kw_only=True):
    """A page of sessions."""

    items: list[SessionView]
    next: str | None


class VerificationPage(Model, frozen=True, kw_only=True):
    """What waits to be verified, the longest waiting first."""

    items: list[VerificationView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
