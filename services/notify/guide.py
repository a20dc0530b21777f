"""What the OpenAPI document of notify tells beyond the code: what parameters mean, and one story of examples."""

from datetime import UTC, datetime

from fullmakt.events import DeliverySettled

from libs.shared.clock import SetClock
from libs.shared.openapi.guide import Example, Guide, Parameter, event_examples, example_id
from libs.shared.paging import write_cursor
from services.notify.views import DeliveryPage, DeliveryView, Nothing, NoticePage, NoticeView

AGENCY, COMPANY = example_id("agency"), example_id("company")
KARL, ANNA = example_id("karl"), example_id("anna")
NOTICE, DELIVERY = example_id("notice"), example_id("delivery")
SENT, GIVEN_UP = datetime(2026, 3, 2, 8, 15, tzinfo=UTC), datetime(2026, 3, 2, 8, 15, 1, tzinfo=UTC)
ANSWERED = datetime(2026, 3, 2, 9, 40, tzinfo=UTC)
SETTLED = DeliverySettled(
    delivery_id=DELIVERY,
    organisation_id=COMPANY,
    organisation_kind="company",
    person_id=ANNA,
    channel="mail",
    template="link_request",
    outcome="given_up",
    settled_at=GIVEN_UP,
)
OF_COMPANY = {"organisation_id": COMPANY}

GUIDE = Guide(
    introduction="What people were told: notices in the product, and mails and SMS with what became of them.",
    tags={
        "notices": "What the signed-in person is told in the product.",
        "deliveries": "Mails and SMS to an organisation's people, for its administrators.",
        "feed": "Events over HTTP.",
        "sandbox": "For test systems only.",
        "health": "For whoever runs the service.",
    },
    parameters={
        "organisation_id": Parameter("The organisation that the caller acts for, of which they are a member.", AGENCY),
        "notice_id": Parameter("The notice.", NOTICE),
        "delivery_id": Parameter("The delivery.", DELIVERY),
        "state": Parameter("Only those in this state.", None),
    },
    examples={
        "listNotices": Example(
            parameters={"limit": 1},
            answer=NoticePage(
                items=[
                    NoticeView(
                        id=NOTICE,
                        kind="link_request_accepted",
                        text="Åkeriet i Norr AB has approved the link and is waiting to be activated.",
                        params={"company_id": str(COMPANY), "link_id": str(example_id("link"))},
                        created_at=ANSWERED,
                        read_at=None,
                    )
                ],
                unread=3,
                next=write_cursor(ANSWERED, NOTICE),
            ),
        ),
        "readNotice": Example(answer=Nothing()),
        "listDeliveries": Example(
            parameters=OF_COMPANY,
            answer=DeliveryPage(
                items=[
                    DeliveryView(
                        id=DELIVERY,
                        person_id=ANNA,
                        name="Anna Ansvarig",
                        channel="mail",
                        template="link_request",
                        state="given_up",
                        attempts=1,
                        reason="smtp_550",
                        created_at=SENT,
                        settled_at=GIVEN_UP,
                    )
                ],
                next=None,
            ),
        ),
        "retryDelivery": Example(parameters=OF_COMPANY, answer=Nothing()),
        "setClock": Example(body=SetClock(ahead_seconds=604_800), answer=SetClock(ahead_seconds=604_800)),
        "live": Example(answer="ok"),
        "ready": Example(answer="ok"),
        **event_examples(SETTLED, version=1, at=GIVEN_UP, actor="system"),
    },
)
