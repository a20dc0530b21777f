"""By which link somebody comes to a client: identity asks it for tokens, with the same judgement as decisions."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from fullmakt.questions import WAY_IN, WayInAnswer, WayInQuestion

from libs.shared.bus import Bus
from libs.shared.errors import Unavailable
from services.access.tests.kit import ADMIN, Office, World

Connect = Callable[[str], Awaitable[Bus]]


async def ask(bus: Bus, person: UUID, company: UUID, program: str = "bookkeeping") -> WayInAnswer:
    """The answer of access, once it is there to answer."""
    question = WayInQuestion(person_id=person, company_id=company, program=program)
    while True:
        try:
            return await bus.ask("access", WAY_IN, question, WayInAnswer)
        except Unavailable:
            continue


async def test_who_holds_the_program_comes_by_the_link_of_their_agency(office: Office, connect: Connect) -> None:
    await office.give("bookkeeping")

    answer = await ask(await connect("identity"), office.consultant, office.company)

    assert answer == WayInAnswer(reason=None, agency_id=office.agency, link_id=office.link)


async def test_a_no_names_no_way_and_is_the_reason_of_the_decision(office: Office, connect: Connect) -> None:
    identity = await connect("identity")
    await office.give()

    for person, company in (
        (office.consultant, office.company),
        (office.consultant, uuid4()),
        (uuid4(), office.company),
    ):
        reason = await office.world.decide(person, company)
        assert reason is not None
        assert await ask(identity, person, company) == WayInAnswer(reason=reason)


async def test_of_two_whole_ways_the_older_is_taken_and_when_it_ends_the_other(world: World, connect: Connect) -> None:
    first, identity = await Office(world).open(), await connect("identity")
    await first.give("bookkeeping")
    second = await world.organisation("agency")
    admin = await world.member(second, ADMIN)
    await world.member(second, person=first.consultant)
    link = await world.active(second, first.company, admin)
    await world.give(second, admin, clients=[link], consultants=[first.consultant], programs=["bookkeeping"])

    before = await ask(identity, first.consultant, first.company)
    await world.end_link(first.link, first.agency, first.company)
    after = await ask(identity, first.consultant, first.company)

    assert (before.link_id, after.link_id, after.agency_id) == (first.link, link, second)


async def test_nobody_but_identity_is_told(office: Office, connect: Connect) -> None:
    await office.give("bookkeeping")

    answer = await ask(await connect("clients"), office.consultant, office.company)

    assert answer == WayInAnswer(reason="not_yours_to_ask")
