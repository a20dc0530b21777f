"""What the vendor's own check tells as an event decides a verification (I1)."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from fullmakt.events import OrganisationChanged, OrganisationRefused, VerificationDecided, VerificationSettled, publish
from nats.aio.client import Client
from sqlalchemy import text

from libs.local.nats import ADMIN, Nats
from libs.shared.database import Database
from libs.shared.settings import read_settings
from services.identity.consumers import CONSUMERS
from services.identity.settings import Settings
from services.identity.tests.organisations import AppOf, Connect, Office, office_of
from services.identity.worker import create_worker
from tests.kit import Keys, Telling, environment_of, eventually, message_of, told


class Check:
    """The vendor's own check, and the office whose organisations it looks at."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.database: Database = office.app.database
        self.inbox = Telling(self.database, CONSUMERS).inboxes["vendor"]

    async def found(self, of: UUID, outcome: Any, reason: Any = None) -> VerificationDecided:
        """What it says of the organisation, whose verification it has read from the list."""
        waiting = await self.office.waiting(of)
        return VerificationDecided(
            verification_id=UUID(waiting["id"]),
            organisation_id=of,
            organisation_kind=waiting["organisation_kind"],
            outcome=outcome,
            reason=reason,
        )

    async def tell(self, event: VerificationDecided, *, actor: str = "system") -> None:
        """Say it."""
        await self.inbox.take([message_of(event, version=1, actor=actor)])

    async def parked(self) -> list[str]:
        """Why what it said has not taken effect."""
        async with self.database.begin(None) as tx:
            return list(await tx.session.scalars(text("SELECT reason FROM parked")))


@pytest.fixture
async def check(app: AppOf, connect: Connect) -> Check:
    """The check of an office's organisations."""
    return Check(await office_of(app, connect))


async def states(check: Check, of: UUID) -> list[str]:
    """States of an organisation, as they were told."""
    return [e.state for e in await told(check.database, OrganisationChanged) if e.organisation_id == of]


async def test_a_registration_that_the_check_found_good_is_verified(check: Check) -> None:
    new, account = await check.office.registered(in_verification=True), uuid4()

    await check.tell(await check.found(new, "verified"), actor=f"service:{account}")

    assert (await check.office.seen(new))["state"] == "verified"
    assert await states(check, new) == ["in_verification", "verified"]
    (entry,) = (each for each in await check.office.trail(new) if "verify_organisation" in each)
    assert f'"actor":"service:{account}"' in entry


async def test_a_registration_that_the_check_refused_is_refused_with_its_reason(check: Check) -> None:
    new = await check.office.registered(in_verification=True)

    await check.tell(await check.found(new, "refused", "ceased"))

    assert (await check.office.seen(new))["state"] == "refused"
    (event,) = await told(check.database, OrganisationRefused)
    assert (event.organisation_id, event.reason) == (new, "ceased")
    (over,) = await told(check.database, VerificationSettled)
    assert (over.outcome, over.reason) == ("refused", "ceased")


async def test_another_number_that_the_check_found_good_is_taken_over(check: Check) -> None:
    office = check.office
    await office.renumber(office.anna, "556042-7220")

    await check.tell(await check.found(office.company, "verified"))

    seen = await office.seen()
    assert (seen["organisation_number"], seen["pending_number_change"]) == ("5560427220", None)


async def test_what_was_decided_before_stays_as_it_is(check: Check) -> None:
    new = await check.office.registered(in_verification=True)
    late = await check.found(new, "refused", "other")
    await check.office.decide("verified", of=new)

    await check.tell(late)

    assert (await check.office.seen(new))["state"] == "verified"
    assert await told(check.database, OrganisationRefused) == []
    assert await check.parked() == []


async def test_an_answer_to_a_number_that_is_no_longer_asked_for_is_no_answer_to_the_next(check: Check) -> None:
    office = check.office
    await office.renumber(office.anna, "556042-7220")
    late = await check.found(office.company, "verified")
    await office.app.call("DELETE", office.path(None, "number-changes"), by=office.anna)
    await office.renumber(office.anna, "556009-4178")

    await check.tell(late)

    assert (await office.seen())["pending_number_change"] == "5560094178"


async def test_of_the_check_and_an_operator_at_the_same_moment_one_decides(check: Check) -> None:
    for number in ("556042-7220", "556009-4178", "556074-7569", "556703-7485"):
        new = await check.office.registered(in_verification=True, organisation_number=number)
        event = await check.found(new, "refused", "other")

        by_operator = check.office.decide("verified", of=new, verification=str(event.verification_id))
        decided, _ = await asyncio.gather(by_operator, check.tell(event))

        state = (await check.office.seen(new))["state"]
        assert (state, decided.status_code) in {("verified", 200), ("refused", 409)}
        assert len([each for each in await check.office.trail(new) if "verify_organisation" in each]) == 1


@pytest.mark.parametrize(
    ("changed", "actor", "reason"),
    [
        ({"verification_id": uuid4()}, "system", "NotFound"),
        ({"organisation_id": uuid4()}, "system", "NotFound"),
        ({"outcome": "refused"}, "system", "Invalid"),
        ({"reason": "other"}, "system", "Invalid"),
        ({"outcome": "good"}, "system", "ValidationError"),
        ({}, f"person:{uuid4()}", "NotAService"),
    ],
    ids=["unknown", "of another", "no reason", "reason for good", "no outcome", "a person"],
)
async def test_what_cannot_be_so_is_kept_with_why_and_changes_nothing(
    check: Check, changed: dict[str, Any], actor: str, reason: str
) -> None:
    new = await check.office.registered(in_verification=True)

    event = msgspec.structs.replace(await check.found(new, "verified"), **changed)
    await check.tell(event, actor=actor)

    assert await check.parked() == [reason]
    assert (await check.office.seen(new))["state"] == "in_verification"


async def test_nobody_decides_for_an_organisation_by_the_verification_of_another(check: Check) -> None:
    one = await check.office.registered(in_verification=True)
    other = await check.office.registered(in_verification=True, organisation_number="556009-4178")

    event = msgspec.structs.replace(await check.found(one, "verified"), organisation_id=other)
    await check.tell(event)

    assert await check.parked() == ["NotFound"]
    assert {(await check.office.seen(each))["state"] for each in (one, other)} == {"in_verification"}


async def test_the_worker_takes_in_what_the_check_publishes_once_though_it_is_sent_twice(
    check: Check, database_url: Callable[[str], str], nats: Nats, keys: Keys
) -> None:
    new, client = await check.office.registered(in_verification=True), Client()
    event, id_ = await check.found(new, "verified"), uuid4()
    await client.connect(nats.url, user=ADMIN, password=nats.passwords[ADMIN])
    settings = read_settings(Settings, environment_of("identity", database_url("identity"), nats, keys))
    running = asyncio.create_task(create_worker(settings).run())

    sent = [await publish(client, event, id_=id_), await publish(client, event, id_=id_)]
    again = message_of(event, version=1)
    await client.jetstream().publish(again.subject, again.data, headers=again.headers)

    async def verified() -> bool:
        return await states(check, new) == ["in_verification", "verified"]

    await eventually(verified)
    assert sent == [id_, id_]
    assert (await client.jetstream().stream_info("vendor")).state.messages == 2
    running.cancel()
    await asyncio.wait([running])
    await client.close()
