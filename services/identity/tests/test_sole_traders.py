import logging

import pytest
from fullmakt.events import OrganisationChanged, SoleTraderChanged, VerificationSettled
from sqlalchemy import text

from services.identity.tests.organisations import SOLE_TRADER, AppOf, Connect, Office, office_of
from tests.kit import told

NUMBER = "8112189876"


@pytest.fixture
async def office(app: AppOf, connect: Connect) -> Office:
    """A company with an administrator."""
    return await office_of(app, connect)


@pytest.mark.parametrize("typed", ["811218-9876", "19811218-9876", "16811218-9876", "811218+9876", "SE8112189876"])
async def test_a_sole_traders_number_is_taken_as_people_type_it(office: Office, typed: str) -> None:
    answer = await office.register(name="Elsa Ek", organisation_number=typed)

    assert answer.status_code == 201, answer.text
    assert (answer.json()["organisation_number"], answer.json()["sole_trader"]) == (NUMBER, True)


async def test_who_a_sole_trader_is_rides_in_one_event_alone(office: Office) -> None:
    elsa = await office.registered(**SOLE_TRADER, in_verification=True)
    await office.decide("verified", of=elsa)
    await office.change(office.operator, of=elsa, name="Elsa Ek")

    plain = [event for event in await told(office.app.database, OrganisationChanged) if event.organisation_id == elsa]
    personal = await told(office.app.database, SoleTraderChanged)
    assert {(event.name, event.organisation_number, event.sole_trader) for event in plain} == {("", "", True)}
    assert [(event.name, event.organisation_number) for event in personal][-1] == ("Elsa Ek", NUMBER)
    query = "SELECT DISTINCT stream FROM outbox WHERE strpos(convert_from(body, 'UTF8'), :number) > 0"
    async with office.app.database.begin(None) as tx:
        assert list(await tx.session.scalars(text(query), {"number": NUMBER})) == ["people"]
        versions = text("SELECT version FROM outbox WHERE stream = 'people' AND thing = :id ORDER BY id")
        assert list(await tx.session.scalars(versions, {"id": elsa})) == [1, 2, 3]


async def test_a_sole_traders_new_number_is_told_with_their_name(office: Office) -> None:
    elsa = await office.registered(**SOLE_TRADER)

    await office.renumber(office.operator, "701063-2391", of=elsa)
    await office.decide("verified", of=elsa)

    newest = (await told(office.app.database, SoleTraderChanged))[-1]
    assert (newest.name, newest.organisation_number) == ("Elsa Ek Målning", "7010632391")


async def test_neither_the_trail_nor_the_log_has_a_sole_traders_name_or_number(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    elsa = await office.registered(**SOLE_TRADER, in_verification=True)
    await office.register(**SOLE_TRADER)
    await office.decide("verified", of=elsa)
    await office.change(office.operator, of=elsa, name="Elsa Ek AB")
    await office.renumber(office.operator, "811218-9877", of=elsa)
    await office.renumber(office.operator, "701063-2391", of=elsa)
    await office.decide("refused", of=elsa, reason="other")

    written = "\n".join([*await office.trail(elsa), caplog.text])

    assert "verify_organisation" in written
    for personal in ("Elsa", "811218", "9876", "9877", "701063", "2391"):
        assert personal not in written


async def test_another_tenant_sees_nothing_of_what_counts_a_sole_traders_events(office: Office) -> None:
    elsa = await office.registered(**SOLE_TRADER)

    counts = []
    for tenant in (elsa, office.company, None):
        async with office.app.database.begin(tenant) as tx:
            counts.append(await tx.session.scalar(text("SELECT count(*) FROM sole_trader")))

    assert counts == [1, 0, 0]


async def test_a_sole_trader_is_erased_by_an_operator_and_nothing_but_the_id_is_left(office: Office) -> None:
    elsa = await office.registered(**SOLE_TRADER, in_verification=True)
    path = "/identity/v1/organisations/{}/personal-data"

    by_own = await office.app.call("DELETE", path.format(office.company), by=office.anna)
    of_company = await office.app.call("DELETE", path.format(office.company), by=office.operator)
    erased = [await office.app.call("DELETE", path.format(elsa), by=office.operator) for _ in range(2)]

    assert (by_own.json()["code"], of_company.json()["code"]) == ("not_an_operator", "not_a_sole_trader")
    assert [answer.status_code for answer in erased] == [200, 200]
    (told_of,) = await told(office.app.database, SoleTraderChanged)
    assert (told_of.erased, told_of.name, told_of.organisation_number) == (True, None, None)
    async with office.app.database.begin(elsa) as tx:
        kept = (
            "SELECT o.name || o.number || v.number FROM organisation o JOIN verification v ON v.organisation_id = o.id"
        )
        assert await tx.session.scalar(text(kept)) == "\N{EN DASH}"


async def test_nothing_of_an_erased_sole_trader_waits_to_be_verified_or_tells_the_number(office: Office) -> None:
    elsa, olof = [await office.registered(**SOLE_TRADER, second_subscription=True) for _ in range(2)]
    for trader in (elsa, olof):
        await office.renumber(office.operator, "701063-2391", of=trader)
    await office.decide("refused", of=olof, reason="other")

    for trader in (elsa, olof):
        await office.app.call("DELETE", f"/identity/v1/organisations/{trader}/personal-data", by=office.operator)

    listed = await office.app.call("GET", "/identity/v1/verifications", by=office.operator)
    assert listed.json()["items"] == []
    over = await told(office.app.database, VerificationSettled)
    assert [(each.organisation_id, each.outcome) for each in over] == [(olof, "refused"), (elsa, "withdrawn")]
    seen = [await office.seen(each) for each in (elsa, olof)]
    assert {(each["pending_number_change"], each["refused_number_change"]) for each in seen} == {(None, None)}


async def test_several_sole_traders_can_be_erased(office: Office) -> None:
    number = {"organisation_number": "701063-2391", "name": "Olof"}
    for trader in (SOLE_TRADER, SOLE_TRADER | number):
        path = f"/identity/v1/organisations/{await office.registered(**trader)}/personal-data"

        assert (await office.app.call("DELETE", path, by=office.operator)).status_code == 200
