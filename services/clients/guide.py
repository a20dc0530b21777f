"""What the OpenAPI document of clients tells beyond the code: what parameters mean, and one story of examples."""

from datetime import UTC, datetime, timedelta

from fullmakt.events import LinkAccepted
from fullmakt.terms import Terms
from msgspec.structs import replace

from libs.shared.clock import SetClock
from libs.shared.openapi.guide import Example, Guide, Parameter, event_examples, example_id
from libs.shared.paging import write_cursor
from services.clients.queries import SearchCompany
from services.clients.usecases.decline_link_request import DeclineLinkRequest
from services.clients.usecases.send_link_request import SendLinkRequest
from services.clients.views import (
    ClientPage,
    ClientView,
    HitView,
    LinkRequestPage,
    LinkRequestView,
    LinkView,
    LocatedView,
    SearchView,
)

AGENCY, COMPANY = example_id("agency"), example_id("company")
KARL, ANNA = example_id("karl"), example_id("anna")
REQUEST, LINK = example_id("link request"), example_id("link")
SENT, ANSWERED = datetime(2026, 3, 2, 8, 15, tzinfo=UTC), datetime(2026, 3, 2, 9, 40, tzinfo=UTC)
ACTIVATED, ENDED = datetime(2026, 3, 2, 9, 52, tzinfo=UTC), datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
TERMS = Terms(programs=("bookkeeping", "payroll"), administer_users=True)
TOKEN = "bGlua3JlcXVlc3Q.Zm9yLWFubmE.c2lnbmF0dXJl"  # noqa: S105 - an example

SENT_REQUEST = LinkRequestView(
    id=REQUEST,
    agency_id=AGENCY,
    agency_name="Norrsken Redovisning AB",
    company_id=COMPANY,
    company_name="Åkeriet i Norr AB",
    company_number="5560125790",
    state="pending",
    terms=TERMS,
    requested_by=KARL,
    requested_by_name="Karl Konsult",
    sent_at=SENT,
    expires_at=SENT + timedelta(hours=168),
    decided_by=None,
    decided_by_name=None,
    decided_at=None,
    decline_reason=None,
)
DECIDED = replace(SENT_REQUEST, decided_by=ANNA, decided_by_name="Anna Ansvarig", decided_at=ANSWERED)
ACCEPTED = replace(DECIDED, state="accepted")
CLIENT = ClientView(
    company_id=COMPANY,
    name="Åkeriet i Norr AB",
    organisation_number="5560125790",
    state="active",
    link_request_id=REQUEST,
    link_id=LINK,
    approved_by="Anna Ansvarig",
    approved_at=ANSWERED,
    activated_at=ACTIVATED,
)
HIT = HitView(
    company_id=COMPANY,
    name="Åkeriet i Norr AB",
    country="SE",
    organisation_number="5560125790",
    subscription_number="S4711094212",
    can_be_asked=True,
    standing="none",
)
BEGAN = LinkAccepted(
    link_id=LINK,
    link_request_id=REQUEST,
    agency_id=AGENCY,
    company_id=COMPANY,
    accepted_by=ANNA,
    accepted_at=ANSWERED,
    terms=TERMS,
)
BY_COMPANY = {"organisation_id": COMPANY}

GUIDE = Guide(
    introduction="Link requests and links between agencies and companies, and the list of an agency's clients.",
    tags={
        "link requests": "An agency asks, a system administrator of the company approves or declines.",
        "clients": "Whom an agency works for, and whom it may ask.",
        "feed": "Events over HTTP.",
        "sandbox": "For test systems only.",
        "health": "For whoever runs the service.",
    },
    parameters={
        "organisation_id": Parameter("The organisation that the caller acts for, of which they are a member.", AGENCY),
        "link_request_id": Parameter("The link request.", REQUEST),
        "link_id": Parameter("The link.", LINK),
        "token": Parameter("The last part of the address in the mail.", TOKEN),
        "organisation_number": Parameter("As people write it: with or without separators and country.", None),
        "country": Parameter("SE, DK, NO or FI; without it, wherever the number's check digit is right.", None),
        "subscription_number": Parameter("For a company with several subscriptions.", None),
        "pending": Parameter("True: only those that still wait for an answer.", None),
    },
    examples={
        "searchDirectory": Example(
            parameters={"organisation_number": "556012-5790", "country": "SE"},
            answer=SearchView(hits=[HIT], subscription_number_needed=False),
        ),
        "findCompany": Example(
            body=SearchCompany(organisation_number="556012-5790", country="SE"),
            answer=SearchView(hits=[HIT], subscription_number_needed=False),
        ),
        "sendLinkRequest": Example(body=SendLinkRequest(company_id=COMPANY, terms=TERMS), answer=SENT_REQUEST),
        "listLinkRequests": Example(
            parameters={"pending": True, "limit": 1},
            answer=LinkRequestPage(items=[SENT_REQUEST], next=write_cursor(SENT, REQUEST)),
        ),
        "getLinkRequest": Example(answer=ACCEPTED),
        "acceptLinkRequest": Example(parameters=BY_COMPANY, answer=ACCEPTED),
        "declineLinkRequest": Example(
            parameters=BY_COMPANY,
            body=DeclineLinkRequest(reason="We keep our own books."),
            answer=replace(DECIDED, state="declined", decline_reason="We keep our own books."),
        ),
        "cancelLinkRequest": Example(
            answer=replace(DECIDED, state="cancelled", decided_by=KARL, decided_by_name="Karl Konsult")
        ),
        "resendLinkRequest": Example(
            answer=replace(SENT_REQUEST, sent_at=ANSWERED, expires_at=ANSWERED + timedelta(hours=168))
        ),
        "locateLinkRequest": Example(
            answer=LocatedView(
                link_request_id=REQUEST,
                company_id=COMPANY,
                company_name="Åkeriet i Norr AB",
                agency_name="Norrsken Redovisning AB",
                state="pending",
                expires_at=SENT + timedelta(hours=168),
            )
        ),
        "listClients": Example(parameters={"limit": 50}, answer=ClientPage(items=[CLIENT], next=None)),
        "endLink": Example(
            answer=LinkView(id=LINK, agency_id=AGENCY, company_id=COMPANY, state="ended", ended_at=ENDED)
        ),
        "setClock": Example(body=SetClock(ahead_seconds=604_800), answer=SetClock(ahead_seconds=604_800)),
        "live": Example(answer="ok"),
        "ready": Example(answer="ok"),
        **event_examples(BEGAN, version=1, at=ANSWERED, actor=f"person:{ANNA}"),
    },
)
