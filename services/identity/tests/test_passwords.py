from collections.abc import Awaitable, Callable

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from services.identity.passwords import PasswordTooCommon, TooShort, choose_password, is_outdated, verify
from services.identity.tests.kit import PASSWORD, operator, sign_in
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
ABOUT = ("Anna Andersson", "anna.andersson@akeriet.example")


@pytest.mark.parametrize(
    "password",
    [
        "password12345",
        "qwertyuiop123",
        "Sommar2026!!",
        "Vinter2025!!!",
        "Höst2026!!!!",
        "Velkommen2026!",
        "Passw0rd2026!",
        "1234567890123",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "Fullmakt2026!",
        "Anna.Andersson2026",
        "annaandersson1",
        "akeriet1234567",
        "anna.andersson@akeriet.example",
    ],
)
async def test_what_is_common_or_made_of_the_person_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooCommon) as refused:
        await choose_password(password, about=ABOUT)

    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "a long enough password",
        "three words and a river",
        "blå katt på taket",
        "correct horse battery staple",
        "uFk2nbLw8q",
        "kX9#mQ2$vLpR",
        "four geese cross the road " * 7,
    ],
)
async def test_length_is_taken_whatever_it_is_composed_of(password: str) -> None:
    kept = await choose_password(password, about=ABOUT)

    assert await verify(kept, password)
    assert not await verify(kept, f"{password}!")


async def test_nine_characters_are_too_short_however_random() -> None:
    with pytest.raises(TooShort):
        await choose_password("kX9#mQ2$v", about=())


async def test_a_hash_of_older_parameters_is_made_anew_when_its_owner_signs_in(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    kept = text("SELECT password_hash FROM person WHERE id = :id")
    outdated = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    async with identity.database.begin(olle) as tx:
        await tx.session.execute(text("UPDATE person SET password_hash = :hash"), {"hash": outdated})

    answers = [(await sign_in(identity, "olle@vendor.test")).status_code for _ in range(2)]

    async with identity.database.begin(olle) as tx:
        renewed = await tx.session.scalar(kept, {"id": olle})
    assert answers == [200, 200]
    assert is_outdated(outdated)
    assert not is_outdated(renewed or "")
