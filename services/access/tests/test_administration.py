"""What a person holds at companies, as identity asks it live (I4, I8)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from fullmakt.events import GrantsWithdrawn
from fullmakt.questions import ADMINISTRATION, Administered, AdministrationAnswer, AdministrationQuestion
from fullmakt.terms import Terms

from libs.shared.bus import Bus
from services.access.tests.kit import ADMIN, Office, World, accepted
from tests.kit import eventually, told

Held = Callable[..., Awaitable[tuple[Administered, ...]]]


@pytest.fixture
async def held(world: World, connect: Callable[[str], Awaitable[Bus]]) -> Held:
    """Asks what a person holds at these companies, over NATS."""
    await eventually(lambda: _connected(world))
    buses: dict[str, Bus] = {}

    async def ask(person: UUID, *companies: UUID, asker: str = "identity") -> tuple[Administered, ...]:
        bus = buses.setdefault(asker, await connect(asker))
        question = AdministrationQuestion(person_id=person, company_ids=companies)
        return (await bus.ask("access", ADMINISTRATION, question, AdministrationAnswer)).held

    return ask


async def _connected(world: World) -> bool:
    return bool(world.app.app.state.bus.client.is_connected)


async def test_a_person_is_told_to_hold_what_activation_gave_at_the_companies_asked_about(
    office: Office, held: Held
) -> None:
    terms = Terms(administer_users=False, programs=("payroll",))
    narrow = await office.world.organisation("company")
    narrow_link = await office.world.active(office.agency, narrow, office.admin, terms)

    both = await held(office.admin, office.company, narrow, uuid4())

    assert {each.company_id: each for each in both} == {
        office.company: Administered(
            company_id=office.company, agency_id=office.agency, link_id=office.link, roles=(ADMIN,)
        ),
        narrow: Administered(
            company_id=narrow, agency_id=office.agency, link_id=narrow_link, roles=("program_administrator:payroll",)
        ),
    }
    assert [each.company_id for each in await held(office.admin, narrow)] == [narrow]
    assert await held(office.admin) == ()


async def test_nobody_holds_anything_at_a_client_that_is_not_active_or_was_left_or_by_a_link_that_ended(
    office: Office, held: Held
) -> None:
    world = office.world
    waiting = await world.organisation("company")
    await world.telling.tell(accepted(office.agency, waiting))
    second = await world.organisation("company")
    link = await world.active(office.agency, second, office.admin)

    assert await held(office.consultant, office.company, waiting) == ()
    assert await held(office.admin, waiting) == ()
    assert len(await held(office.admin, office.company, second)) == 2
    await world.end_link(link, office.agency, second)
    assert [each.company_id for each in await held(office.admin, office.company, second)] == [office.company]
    await world.membership(office.agency, office.admin, ended=True)
    assert await held(office.admin, office.company, second) == ()


async def test_identity_alone_is_told(office: Office, held: Held) -> None:
    assert await held(office.admin, office.company) != ()

    for other in ("clients", "notify"):
        assert await held(office.admin, office.company, asker=other) == ()


async def test_that_administration_went_with_a_membership_is_told_although_no_grant_went(office: Office) -> None:
    await office.world.membership(office.agency, office.admin, ended=True)

    (withdrawn,) = await told(office.world.database, GrantsWithdrawn)
    assert (withdrawn.person_id, withdrawn.grants) == (office.admin, ())
    assert withdrawn.withdrawn_at <= datetime.now(UTC)
