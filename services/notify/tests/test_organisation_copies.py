from uuid import uuid4

import pytest
from fullmakt.events import InvitationSent, OrganisationChanged, SoleTraderChanged
from msgspec.structs import replace

from services.notify.tests.kit import Post, Town, all_rows
from tests.kit import eventually


def changed(town: Town, name: str, *, sole_trader: bool = False) -> OrganisationChanged:
    """The company with another name."""
    return OrganisationChanged(
        organisation_id=town.company,
        organisation_kind="company",
        name=name,
        country="SE",
        organisation_number="" if sole_trader else "5560125790",
        subscription_number="S1",
        language="sv",
        state="verified",
        sole_trader=sole_trader,
    )


def elsa(town: Town, name: str | None = "Elsa Ek") -> SoleTraderChanged:
    """Who the company is, a sole trader."""
    return SoleTraderChanged(
        organisation_id=town.company,
        organisation_kind="company",
        name=name,
        country="SE",
        organisation_number=name and "8112189876",
        erased=name is None,
    )


async def test_a_mail_names_an_organisation_as_it_is_called_now(town: Town, post: Post) -> None:
    await town.telling.tell(town.request(town.anna), changed(town, "Kvarnen i Norr AB"))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}

    assert post.to(town.emails[town.anna])[0].subject == "Önskebyrån AB vill kopplas till Kvarnen i Norr AB"


@pytest.mark.parametrize("personal_first", [False, True])
async def test_a_mail_names_a_sole_trader_whichever_event_came_first_and_has_no_number(
    town: Town, post: Post, *, personal_first: bool
) -> None:
    plain = changed(town, "", sole_trader=True)
    await town.telling.tell(*([elsa(town), plain] if personal_first else [plain, elsa(town)]))
    await town.telling.tell(replace(plain, state="in_verification"), town.request(town.anna))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}

    (mail,) = post.to(town.emails[town.anna])
    assert mail.subject == "Önskebyrån AB vill kopplas till Elsa Ek"
    assert "811218" not in str(mail)


async def test_a_mail_about_a_sole_trader_waits_until_the_name_is_known(town: Town, post: Post) -> None:
    new = uuid4()
    plain = replace(changed(town, "", sole_trader=True), organisation_id=new)
    await town.telling.tell(plain, replace(town.request(town.anna), company_id=new))

    async with post.sending():

        async def waits() -> bool:
            return any(row["reason"] == "not_yet_known" for row in await all_rows(town.database, "delivery"))

        assert await eventually(waits)
        await town.telling.tell(replace(elsa(town), organisation_id=new))
        assert await eventually(post.settled) == {"sent": 1}


async def test_an_erased_sole_trader_is_named_in_no_mail(town: Town, post: Post) -> None:
    await town.telling.tell(changed(town, "", sole_trader=True), elsa(town), elsa(town, None), town.request(town.anna))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}

    assert post.to(town.emails[town.anna])[0].subject == "Önskebyrån AB vill kopplas till \N{EN DASH}"


async def test_an_invitation_by_a_service_account_waits_for_nobody_of_its_id(town: Town, post: Post) -> None:
    invited = await town.person("Eva First")
    await town.telling.tell(
        InvitationSent(
            invitation_id=uuid4(),
            organisation_id=town.company,
            organisation_kind="company",
            person_id=invited,
            invited_by=uuid4(),
            generation=1,
            by_service=True,
        )
    )

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1, "lapsed": 1}

    assert len(post.to(town.emails[invited])) == 1
