from uuid import UUID, uuid4

import pytest
from fullmakt.events import OrganisationChanged, SoleTraderChanged
from msgspec.structs import replace

from services.access.tests.kit import AppOf, Office, World


def changed(company: UUID, name: str, *, sole_trader: bool = False) -> OrganisationChanged:
    """A company with this name."""
    return OrganisationChanged(
        organisation_id=company,
        organisation_kind="company",
        name=name,
        country="SE",
        organisation_number="" if sole_trader else "5560125790",
        subscription_number="S1",
        language="sv",
        state="verified",
        sole_trader=sole_trader,
    )


def elsa(company: UUID, name: str | None = "Elsa Ek") -> SoleTraderChanged:
    """Who the sole trader is."""
    return SoleTraderChanged(
        organisation_id=company,
        organisation_kind="company",
        name=name,
        country="SE",
        organisation_number=name and "8112189876",
        erased=name is None,
    )


async def name_of(world: World, company: UUID) -> str:
    """The company's name as access has it."""
    ((name,),) = await world.rows(company, f"SELECT name FROM organisation WHERE id = '{company}'")  # noqa: S608
    return str(name)


async def test_a_corrected_name_shows_in_the_agencys_list(office: Office) -> None:
    await office.world.telling.tell(changed(office.company, "Another name"))

    assert [item["company_name"] for item in (await office.get("/clients"))["items"]] == ["Another name"]


@pytest.mark.parametrize("personal_first", [False, True])
async def test_a_sole_trader_has_a_name_whichever_event_comes_first(app: AppOf, *, personal_first: bool) -> None:
    world, company = World(await app("access")), uuid4()
    plain = changed(company, "", sole_trader=True)

    await world.telling.tell(*([elsa(company), plain] if personal_first else [plain, elsa(company)]))
    await world.telling.tell(replace(plain, language="en"))
    known = await name_of(world, company)
    await world.telling.tell(elsa(company, None))

    assert (known, await name_of(world, company)) == ("Elsa Ek", "\N{EN DASH}")
