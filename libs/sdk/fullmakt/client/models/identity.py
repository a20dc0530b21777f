"""Requests and answers of identity."""
# Made from docs/openapi by `make generate`.

from typing import Any, Literal
from uuid import UUID

from msgspec import field

from fullmakt.client.model import Model


class AcceptInvitation(Model, frozen=True, kw_only=True):
    """What a new person chooses; somebody with a sign-in is signed in and chooses nothing."""

    password: str | None = None
    """At least 10 characters; length matters more than composition."""


class ChangeRoles(Model, frozen=True, kw_only=True):
    """All roles that the member holds from now on."""

    roles: list[str]
    """`system_administrator`, or `program_administrator:<program>`."""


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


class KeySetView(Model, frozen=True, kw_only=True):
    """Public keys as JWK (RFC 7517)."""

    keys: list[dict[str, Any]]


class MemberView(Model, frozen=True, kw_only=True):
    """A member of an organisation and the roles held there."""

    person_id: UUID
    name: str | None
    email: str | None
    roles: list[str]


class Nothing(Model, frozen=True, kw_only=True):
    """Done; there is nothing more to say."""


class OpenServiceAccount(Model, frozen=True, kw_only=True):
    """Another system that is to call us, and what for."""

    name: str
    scopes: list[
        Literal[
            "access.decide", "events.read", "organisations.register", "organisations.verify", "people.read", "sandbox"
        ]
    ]


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


class PlaceView(Model, frozen=True, kw_only=True):
    """An organisation that the person belongs to."""

    organisation_id: UUID
    roles: list[str]


class RegisterOrganisation(Model, frozen=True, kw_only=True):
    """An organisation to register, verified by whoever registers it."""

    kind: Literal["agency", "company"]
    name: str
    country: str
    organisation_number: str
    second_subscription: bool = False
    """An explicit yes to a further subscription for a number that has one (L2)."""


class ServiceAccountView(Model, frozen=True, kw_only=True):
    """A service account; the secret is shown this once."""

    client_id: UUID
    client_secret: str
    scopes: list[str]


class SetClock(Model, frozen=True, kw_only=True):
    """How far business time is to be ahead of real time from now on."""

    ahead_seconds: float


class SignIn(Model, frozen=True, kw_only=True):
    """What a person signs in with."""

    email: str
    password: str


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


class TokenRequest(Model, frozen=True, kw_only=True):
    """A request for a token (RFC 6749, 4.4.2); further fields are ignored."""

    grant_type: Literal["client_credentials"]


class TokenView(Model, frozen=True, kw_only=True):
    """An access token; `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    token_type: Literal["Bearer"] = "Bearer"


class MeView(Model, frozen=True, kw_only=True):
    """The signed-in person."""

    person_id: UUID
    name: str | None
    email: str | None
    language: str | None
    time_zone: str | None
    operator: bool
    memberships: list[PlaceView]


class MemberPage(Model, frozen=True, kw_only=True):
    """Members of an organisation, by name."""

    items: list[MemberView]
    next: str | None
    """Give it as `after` for the next page; null on the last."""
