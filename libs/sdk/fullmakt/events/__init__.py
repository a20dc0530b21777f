"""Every event of Fullmakt, the subscriber that follows them, and what the vendor's systems tell it by.

What follows and publishes is imported when it is first asked for: who only reads contracts needs no connection library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fullmakt.events.access import (
    ClientActivated,
    ClientEligible,
    ClientEnded,
    GrantItem,
    GrantsChanged,
    GrantsWithdrawn,
    JobFinished,
)
from fullmakt.events.base import CONTRACTS, Event, OrganisationKind, subjects_of
from fullmakt.events.clients import (
    LinkAccepted,
    LinkEnded,
    LinkRequestAccepted,
    LinkRequestCancelled,
    LinkRequestDeclined,
    LinkRequestExpired,
    LinkRequestSent,
)
from fullmakt.events.identity import (
    EmailChangeRequested,
    InvitationSent,
    MembershipChanged,
    OrganisationChanged,
    OrganisationRefused,
    PasswordResetRequested,
    PersonChanged,
    SessionEnded,
    SignInChanged,
    SoleTraderChanged,
    VerificationRequested,
    VerificationSettled,
)
from fullmakt.events.notify import DeliverySettled
from fullmakt.events.vendor import VerificationDecided

if TYPE_CHECKING:
    from fullmakt.events.publishing import publish
    from fullmakt.events.subscriber import (
        Context,
        DeadLetter,
        Filter,
        Inbox,
        MemoryInbox,
        PostgresInbox,
        Retry,
        Snapshot,
        Subscriber,
    )

FOLLOWING = (
    "Context",
    "DeadLetter",
    "Filter",
    "Inbox",
    "MemoryInbox",
    "PostgresInbox",
    "Retry",
    "Snapshot",
    "Subscriber",
)

__all__ = [
    "CONTRACTS",
    "ClientActivated",
    "ClientEligible",
    "ClientEnded",
    "Context",
    "DeadLetter",
    "DeliverySettled",
    "EmailChangeRequested",
    "Event",
    "Filter",
    "GrantItem",
    "GrantsChanged",
    "GrantsWithdrawn",
    "Inbox",
    "InvitationSent",
    "JobFinished",
    "LinkAccepted",
    "LinkEnded",
    "LinkRequestAccepted",
    "LinkRequestCancelled",
    "LinkRequestDeclined",
    "LinkRequestExpired",
    "LinkRequestSent",
    "MembershipChanged",
    "MemoryInbox",
    "OrganisationChanged",
    "OrganisationKind",
    "OrganisationRefused",
    "PasswordResetRequested",
    "PersonChanged",
    "PostgresInbox",
    "Retry",
    "SessionEnded",
    "SignInChanged",
    "Snapshot",
    "SoleTraderChanged",
    "Subscriber",
    "VerificationDecided",
    "VerificationRequested",
    "VerificationSettled",
    "publish",
    "subjects_of",
]


def __getattr__(name: str) -> Any:
    if name == "publish":
        return import_module("fullmakt.events.publishing").publish
    if name in FOLLOWING:
        return getattr(import_module("fullmakt.events.subscriber"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
