"""Own people who take roles and places away at the same moment, by a generated mix."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from services.identity.tests.kit import member, operator, organisation
from services.identity.tests.places import ADMIN, change, remove, rows, without_administrator
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
ORGANISATIONS, PEOPLE, AT_ONCE, ROUNDS = 10, 3, 50, 4
STATE = "SELECT person_id, 'system_administrator' = ANY (roles) FROM membership WHERE state = 'active'"


class Town:
    """Organisations with the same people, all of them administrators of each."""

    def __init__(self, app: App, by: UUID, seed: int) -> None:
        self.app = app
        self.by = by
        self.chance = random.Random(seed)  # noqa: S311 - a mix that can be played again
        self.places: list[UUID] = []
        self.people: list[UUID] = []

    async def open(self) -> None:
        self.places = [await organisation(self.app, self.by) for _ in range(ORGANISATIONS)]
        await self.fill()

    async def fill(self) -> None:
        """Everybody is an administrator everywhere, whoever has gone since."""
        for place in self.places:
            present = {person for person, _ in await rows(self.app, place, STATE)}
            for person in present:
                await change(self.app, place, person, ADMIN, by=self.by)
            for number in range(PEOPLE):
                email = f"p{number}@t.test"
                known = await rows(self.app, None, "SELECT person_by_email(:email)", email=email)
                if known[0][0] not in present:
                    await member(self.app, self.by, place, email, ADMIN)
        self.people = [person for person, _ in await rows(self.app, self.places[0], STATE)]

    def act(self) -> Awaitable[httpx.Response]:
        """Something that takes away, by somebody, from somebody."""
        place, by, person = self.chance.choice(self.places), *self.chance.choices(self.people, k=2)
        match self.chance.choice(("change", "remove", "leave")):
            case "change":
                return change(self.app, place, person, by=by)
            case "remove":
                return remove(self.app, place, person, by=by)
            case _:
                return remove(self.app, place, by, by=by)


@pytest.mark.parametrize("seed", [1, 2])
async def test_fifty_who_take_roles_and_places_away_at_once_never_leave_members_without_an_administrator(
    app: AppOf, seed: int
) -> None:
    identity = await app("identity")
    town = Town(identity, await operator(identity), seed)
    await town.open()

    for number in range(ROUNDS):
        answers = await asyncio.gather(*(town.act() for _ in range(AT_ONCE)))

        statuses = {answer.status_code for answer in answers}
        assert statuses <= {200, 403, 404, 409}, [answer.text for answer in answers if answer.status_code >= 500]
        for place in town.places:
            members = await rows(identity, place, STATE)
            assert members, f"in round {number} nobody is left"
            assert any(is_admin for _, is_admin in members), f"in round {number} nobody administers {place}"
            assert not await without_administrator(identity, place)
        await town.fill()
