import pytest
from fullmakt.events import LinkAccepted, LinkRequestSent, OrganisationChanged, OrganisationRefused, SoleTraderChanged
from msgspec.structs import replace
from sqlalchemy import text

from services.clients.tests.kit import Case
from tests.kit import told

NUMBER = "8112189876"


def changed(case: Case, **details: str | bool) -> OrganisationChanged:
    """The company with other details."""
    as_it_was = OrganisationChanged(
        organisation_id=case.company,
        organisation_kind="company",
        name="Åkeriet AB",
        country="SE",
        organisation_number="5560125790",
        subscription_number="S1",
        language="sv",
        state="verified",
    )
    return replace(as_it_was, **details)


def elsa(case: Case, name: str | None = "Elsa Ek", number: str | None = NUMBER) -> SoleTraderChanged:
    """The company as a sole trader."""
    return SoleTraderChanged(
        organisation_id=case.company,
        organisation_kind="company",
        name=name,
        country="SE",
        organisation_number=number,
        erased=name is None,
    )


async def hits(case: Case, number: str) -> list[tuple[str, str]]:
    """Name and number of what an agency user finds by a number."""
    body = {"organisation_number": number, "country": "SE"}
    answer = await case.app.call("POST", case.path(case.agency, "directory"), by=case.consultant, body=body)
    assert answer.status_code == 200, answer.text
    return [(hit["name"], hit["organisation_number"]) for hit in answer.json()["hits"]]


async def clients(case: Case) -> list[tuple[str, str]]:
    """Names and numbers in the agency's client list."""
    page = (await case.app.call("GET", case.path(case.agency, "clients"), by=case.consultant)).json()
    return [(row["name"], row["organisation_number"]) for row in page["items"]]


async def test_a_corrected_name_and_number_show_in_every_list(case: Case) -> None:
    request = await case.send()

    await case.town.telling.tell(changed(case, name="Åkeriet i Norr AB", organisation_number="5560427220"))

    seen = await case.app.call("GET", case.path(case.agency, "link-requests", request["id"]), by=case.consultant)
    assert seen.json()["company_name"] == "Åkeriet i Norr AB"
    assert await clients(case) == await hits(case, "556042-7220") == [("Åkeriet i Norr AB", "5560427220")]
    assert await hits(case, "556012-5790") == []


@pytest.mark.parametrize("personal_first", [False, True])
async def test_a_sole_trader_is_found_by_number_whichever_event_comes_first(
    case: Case, *, personal_first: bool
) -> None:
    plain = changed(case, name="", organisation_number="", sole_trader=True)
    order = [elsa(case), plain] if personal_first else [plain, elsa(case)]

    await case.town.telling.tell(*order)
    await case.town.telling.tell(replace(plain, language="en"))

    for typed in ("811218-9876", "19811218-9876", "16811218-9876", "811218+9876"):
        assert await hits(case, typed) == [("Elsa Ek", NUMBER)]


@pytest.mark.parametrize("country", ["", "&country=SE"])
async def test_a_sole_traders_number_has_no_place_in_an_address(case: Case, country: str) -> None:
    await case.town.telling.tell(changed(case, name="", organisation_number="", sole_trader=True), elsa(case))

    path = case.path(case.agency, f"directory?organisation_number={NUMBER}{country}")
    answer = await case.app.call("GET", path, by=case.consultant)

    assert (answer.status_code, answer.json()["code"]) == (400, "not_in_an_address")
    assert answer.json()["errors"][0]["field"] == "organisation_number"


async def test_a_sole_trader_heard_of_before_the_organisation_waits_for_it(case: Case) -> None:
    inbox = case.town.telling.inboxes["people"]
    async with case.app.database.begin(case.company) as tx:
        await tx.session.execute(text("DELETE FROM organisation WHERE id = tenant()"))

    await case.town.telling.tell(elsa(case))
    await case.town.telling.tell(changed(case, name="", organisation_number="", sole_trader=True))
    async with case.app.database.begin(None) as tx:
        await tx.session.execute(text("UPDATE parked SET retry_at = now()"))
    await inbox.retry_due()

    assert await hits(case, NUMBER) == [("Elsa Ek", NUMBER)]


async def test_an_erased_sole_trader_is_not_found_any_more_nor_named(case: Case) -> None:
    await case.send()
    await case.town.telling.tell(changed(case, name="", organisation_number="", sole_trader=True), elsa(case))
    assert await clients(case) == [("Elsa Ek", NUMBER)]

    await case.town.telling.tell(elsa(case, None, None))

    assert await hits(case, NUMBER) == []
    assert await clients(case) == [("\N{EN DASH}", "")]


async def test_a_refused_company_stays_refused_is_not_found_and_can_not_approve(case: Case) -> None:
    request = await case.send()
    refused = OrganisationRefused(
        organisation_id=case.company,
        organisation_kind="company",
        reason="not_registered",
        refused_at=(await told(case.app.database, LinkRequestSent))[0].sent_at,
    )
    await case.town.telling.tell(refused)
    await case.town.telling.tell(changed(case, state="in_verification"))

    approved = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    query = text("SELECT state FROM organisation WHERE id = :id")
    async with case.app.database.begin(case.company) as tx:
        assert await tx.session.scalar(query, {"id": case.company}) == "refused"
    assert await hits(case, "5560125790") == []
    assert (approved.status_code, approved.json()["code"]) == (403, "not_verified")
    assert await told(case.app.database, LinkAccepted) == []


async def test_a_company_in_verification_can_not_approve_whatever_is_said_live(case: Case) -> None:
    request = await case.send()
    await case.town.telling.tell(changed(case, state="in_verification"))

    approved = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    await case.town.telling.tell(changed(case, state="verified"))
    later = await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)

    assert (approved.status_code, approved.json()["code"]) == (403, "not_verified")
    assert later.status_code == 200


async def test_an_agency_in_verification_can_not_ask(case: Case) -> None:
    new = await case.town.organisation("agency", "Ny byrå", number="5560427220", state="in_verification")
    ada = await case.town.administrator(new, "agency", "Ada Ny")

    answer = await case.app.call("POST", case.path(new, "link-requests"), by=ada, body=case.asking())

    assert (answer.status_code, answer.json()["code"]) == (403, "not_verified")
    assert await told(case.app.database, LinkRequestSent) == []
