"""Every event once or twice, as one story: what the documentation shows, and what tests may start from.

Nordlund, an agency, asks the bakery Vetekornet for a link. Berit of the bakery approves, Karin of the agency
activates the client and gives her colleague Omar access. Later Omar leaves, and the bakery ends the link.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid5

import msgspec

from fullmakt.cloudevents import Envelope
from fullmakt.events.access import (
    ClientActivated,
    ClientEligible,
    ClientEnded,
    GrantItem,
    GrantsChanged,
    GrantsWithdrawn,
    JobFinished,
)
from fullmakt.events.base import Event
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
from fullmakt.terms import LinkTerms

EVENTS = UUID("5d1c5a3e-0000-4000-8000-000000000000")
"""Ids of the example events are made from this and what they tell."""
NORDLUND = UUID("a9e0c000-0000-4000-8000-000000000001")
VETEKORNET = UUID("c0a90000-0000-4000-8000-000000000001")
OTHER_COMPANIES = [UUID(f"c0a90000-0000-4000-8000-00000000000{n}") for n in (2, 3, 4)]
OPERATOR, KARIN, OMAR, BERIT, ASTRID = (UUID(f"9e150000-0000-4000-8000-00000000000{n}") for n in range(1, 6))
OMAR_AT_NORDLUND = UUID("3e3be000-0000-4000-8000-000000000001")
INVITATION = UUID("14517000-0000-4000-8000-000000000001")
VERIFICATION = UUID("7e41f000-0000-4000-8000-000000000001")
SOLE_TRADER, NOT_REGISTERED = (UUID(f"c0a90000-0000-4000-8000-00000000000{n}") for n in (8, 9))
RESET, EMAIL_CHANGE, SIGN_IN_CHANGE, SESSION = (UUID(f"51940000-0000-4000-8000-00000000000{n}") for n in range(1, 5))
REQUEST, DECLINED, CANCELLED, EXPIRED = (UUID(f"4e900000-0000-4000-8000-00000000000{n}") for n in (1, 2, 3, 4))
LINK = UUID("11480000-0000-4000-8000-000000000001")
JOB = UUID("70b00000-0000-4000-8000-000000000001")
WITHDRAWAL = UUID("31780000-0000-4000-8000-000000000001")
DELIVERY = UUID("de110000-0000-4000-8000-000000000001")
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Example(msgspec.Struct, frozen=True):
    """An event in its envelope."""

    envelope: Envelope
    event: Event


def _at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=UTC)


def _told(event: Event, at: datetime, by: UUID | None = None, *, version: int = 1) -> Example:
    envelope = Envelope(
        id=uuid5(EVENTS, f"{event.stream}/{event.thing_id()}/{version}"),
        source=event.source(),
        type=event.type,
        subject=event.thing_id(),
        time=at,
        version=version,
        actor=f"person:{by}" if by else "system",
        traceparent=TRACE if by else None,
    )
    return Example(envelope, event)


def _grant(program: str | None, *, held: bool, revision: int) -> GrantItem:
    return GrantItem(client=LINK, company_id=VETEKORNET, person_id=OMAR, program=program, held=held, revision=revision)


STORY = (
    _told(
        OrganisationChanged(
            organisation_id=NORDLUND,
            organisation_kind="agency",
            name="Nordlund Redovisning AB",
            country="SE",
            organisation_number="5590000005",
            subscription_number="100001",
            language="sv",
            state="verified",
        ),
        _at(2, "08:00:00"),
        OPERATOR,
    ),
    _told(
        OrganisationChanged(
            organisation_id=VETEKORNET,
            organisation_kind="company",
            name="Bageriet Vetekornet AB",
            country="SE",
            organisation_number="5590000013",
            subscription_number="200001",
            language="sv",
            state="verified",
        ),
        _at(2, "08:05:00"),
        OPERATOR,
    ),
    _told(
        SoleTraderChanged(
            organisation_id=SOLE_TRADER,
            organisation_kind="company",
            name="Elsa Ek Målning",
            country="SE",
            organisation_number="8112189876",
        ),
        _at(2, "08:10:00"),
        OPERATOR,
    ),
    _told(
        VerificationRequested(
            verification_id=VERIFICATION,
            organisation_id=NOT_REGISTERED,
            organisation_kind="company",
            kind="registration",
            requested_at=_at(2, "08:15:00"),
        ),
        _at(2, "08:15:00"),
        OPERATOR,
    ),
    _told(
        VerificationDecided(
            verification_id=VERIFICATION,
            organisation_id=NOT_REGISTERED,
            organisation_kind="company",
            outcome="refused",
            reason="not_registered",
        ),
        _at(2, "08:30:00"),
    ),
    _told(
        OrganisationRefused(
            organisation_id=NOT_REGISTERED,
            organisation_kind="company",
            reason="not_registered",
            refused_at=_at(2, "08:30:00"),
        ),
        _at(2, "08:30:00"),
        version=2,
    ),
    _told(
        VerificationSettled(
            verification_id=VERIFICATION,
            organisation_id=NOT_REGISTERED,
            organisation_kind="company",
            kind="registration",
            outcome="refused",
            reason="not_registered",
            settled_at=_at(2, "08:30:00"),
        ),
        _at(2, "08:30:00"),
        version=2,
    ),
    _told(
        PersonChanged(
            person_id=OMAR,
            name="Omar Öberg",
            email="omar@nordlund.example",
            mobile="+46700000000",
            language="sv",
            time_zone="Europe/Stockholm",
        ),
        _at(2, "09:00:00"),
        KARIN,
    ),
    _told(
        InvitationSent(
            invitation_id=INVITATION,
            organisation_id=NORDLUND,
            organisation_kind="agency",
            person_id=OMAR,
            invited_by=KARIN,
            generation=1,
            membership_id=OMAR_AT_NORDLUND,
        ),
        _at(2, "09:00:00"),
        KARIN,
    ),
    _told(
        DeliverySettled(
            delivery_id=DELIVERY,
            organisation_id=NORDLUND,
            organisation_kind="agency",
            person_id=OMAR,
            channel="mail",
            template="invitation",
            outcome="sent",
            settled_at=_at(2, "09:00:01"),
        ),
        _at(2, "09:00:01"),
    ),
    _told(
        MembershipChanged(
            membership_id=OMAR_AT_NORDLUND,
            organisation_id=NORDLUND,
            organisation_kind="agency",
            person_id=OMAR,
            state="active",
            roles=("program_administrator:client-manager",),
        ),
        _at(2, "09:30:00"),
        OMAR,
        version=2,
    ),
    _told(
        PasswordResetRequested(password_reset_id=RESET, person_id=OMAR, generation=1, expires_at=_at(3, "09:00:00")),
        _at(3, "08:00:00"),
    ),
    _told(
        EmailChangeRequested(email_change_id=EMAIL_CHANGE, person_id=OMAR, generation=1, expires_at=_at(4, "08:02:00")),
        _at(3, "08:02:00"),
        OMAR,
    ),
    _told(
        SignInChanged(
            sign_in_change_id=SIGN_IN_CHANGE, person_id=OMAR, change="password_reset", changed_at=_at(3, "08:05:00")
        ),
        _at(3, "08:05:00"),
        OMAR,
    ),
    _told(
        SessionEnded(
            session_id=SESSION, person_id=OMAR, program=None, reason="password_changed", ended_at=_at(3, "08:05:00")
        ),
        _at(3, "08:05:00"),
        OMAR,
    ),
    _told(
        LinkRequestSent(
            link_request_id=REQUEST,
            agency_id=NORDLUND,
            company_id=VETEKORNET,
            requested_by=KARIN,
            recipients=(BERIT,),
            terms=LinkTerms(programs=("bookkeeping", "payroll"), administer_users=False),
            generation=1,
            sent_at=_at(3, "10:00:00"),
            expires_at=_at(10, "10:00:00"),
        ),
        _at(3, "10:00:00"),
        KARIN,
    ),
    _told(
        LinkRequestSent(
            link_request_id=DECLINED,
            agency_id=NORDLUND,
            company_id=OTHER_COMPANIES[1],
            requested_by=KARIN,
            recipients=(ASTRID,),
            terms=LinkTerms(),
            generation=1,
            sent_at=_at(3, "10:05:00"),
            expires_at=_at(10, "10:05:00"),
        ),
        _at(3, "10:05:00"),
        KARIN,
    ),
    _told(
        LinkRequestCancelled(
            link_request_id=CANCELLED,
            agency_id=NORDLUND,
            company_id=OTHER_COMPANIES[0],
            cancelled_by=KARIN,
            cancelled_at=_at(3, "10:10:00"),
        ),
        _at(3, "10:10:00"),
        KARIN,
        version=2,
    ),
    _told(
        LinkRequestDeclined(
            link_request_id=DECLINED,
            agency_id=NORDLUND,
            company_id=OTHER_COMPANIES[1],
            requested_by=KARIN,
            declined_by=ASTRID,
            declined_at=_at(4, "07:45:00"),
        ),
        _at(4, "07:45:00"),
        ASTRID,
        version=2,
    ),
    _told(
        LinkRequestAccepted(
            link_request_id=REQUEST,
            agency_id=NORDLUND,
            company_id=VETEKORNET,
            requested_by=KARIN,
            accepted_by=BERIT,
            accepted_at=_at(4, "08:00:00"),
            link_id=LINK,
        ),
        _at(4, "08:00:00"),
        BERIT,
        version=2,
    ),
    _told(
        LinkAccepted(
            link_id=LINK,
            link_request_id=REQUEST,
            agency_id=NORDLUND,
            company_id=VETEKORNET,
            accepted_by=BERIT,
            accepted_at=_at(4, "08:00:00"),
            terms=LinkTerms(programs=("bookkeeping", "payroll"), administer_users=False),
        ),
        _at(4, "08:00:00"),
        BERIT,
    ),
    _told(
        ClientEligible(link_id=LINK, agency_id=NORDLUND, company_id=VETEKORNET, eligible_at=_at(4, "08:00:01")),
        _at(4, "08:00:01"),
        BERIT,
    ),
    _told(
        ClientActivated(
            link_id=LINK,
            agency_id=NORDLUND,
            company_id=VETEKORNET,
            activated_by=KARIN,
            activated_at=_at(4, "09:00:00"),
            administrators=(KARIN,),
            roles=("program_administrator:bookkeeping", "program_administrator:payroll"),
        ),
        _at(4, "09:00:00"),
        KARIN,
        version=2,
    ),
    _told(
        GrantsChanged(
            job_id=JOB,
            agency_id=NORDLUND,
            grants=(_grant(None, held=True, revision=1), _grant("payroll", held=True, revision=1)),
        ),
        _at(4, "09:05:00"),
        KARIN,
    ),
    _told(
        JobFinished(
            job_id=JOB,
            agency_id=NORDLUND,
            started_by=KARIN,
            operation="give",
            done=2,
            unchanged=0,
            refused=0,
            finished_at=_at(4, "09:05:00"),
        ),
        _at(4, "09:05:00"),
        KARIN,
        version=2,
    ),
    _told(
        LinkRequestExpired(
            link_request_id=EXPIRED,
            agency_id=NORDLUND,
            company_id=OTHER_COMPANIES[2],
            requested_by=KARIN,
            expired_at=_at(10, "10:20:00"),
        ),
        _at(10, "10:20:00"),
        version=2,
    ),
    _told(
        MembershipChanged(
            membership_id=OMAR_AT_NORDLUND,
            organisation_id=NORDLUND,
            organisation_kind="agency",
            person_id=OMAR,
            state="ended",
            roles=(),
        ),
        _at(20, "15:00:00"),
        KARIN,
        version=3,
    ),
    _told(
        GrantsWithdrawn(
            withdrawal_id=WITHDRAWAL,
            agency_id=NORDLUND,
            person_id=OMAR,
            reason="membership_ended",
            grants=(_grant("payroll", held=False, revision=2), _grant(None, held=False, revision=2)),
            withdrawn_at=_at(20, "15:00:01"),
        ),
        _at(20, "15:00:01"),
        KARIN,
    ),
    _told(
        PersonChanged(person_id=OMAR, name=None, email=None, mobile=None, language=None, time_zone=None, erased=True),
        _at(20, "16:00:00"),
        OPERATOR,
        version=2,
    ),
    _told(
        LinkEnded(
            link_id=LINK,
            agency_id=NORDLUND,
            company_id=VETEKORNET,
            ended_by=BERIT,
            ended_at=_at(27, "12:00:00"),
        ),
        _at(27, "12:00:00"),
        BERIT,
        version=2,
    ),
    _told(
        ClientEnded(link_id=LINK, agency_id=NORDLUND, company_id=VETEKORNET, ended_at=_at(27, "12:00:01")),
        _at(27, "12:00:01"),
        BERIT,
        version=3,
    ),
)
"""What happened, in its order."""


def examples_of(contract: type[Event]) -> tuple[Example, ...]:
    """The examples of one event type."""
    return tuple(example for example in STORY if type(example.event) is contract)
