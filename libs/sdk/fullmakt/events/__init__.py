"""Every event of Fullmakt."""

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
from fullmakt.events.identity import InvitationSent, MembershipChanged, OrganisationChanged, PersonChanged
from fullmakt.events.notify import DeliverySettled

__all__ = [
    "CONTRACTS",
    "ClientActivated",
    "ClientEligible",
    "ClientEnded",
    "DeliverySettled",
    "Event",
    "GrantItem",
    "GrantsChanged",
    "GrantsWithdrawn",
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
    "OrganisationChanged",
    "OrganisationKind",
    "PersonChanged",
    "subjects_of",
]
