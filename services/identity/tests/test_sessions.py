from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from fullmakt.events import SessionEnded
from sqlalchemy import text

from services.identity.opaque import read_opaque, write_opaque
from services.identity.sessions import forget_old_sessions
from services.identity.tests.kit import Signed, member, operator, organisation, signed_in, trail
from services.identity.tests.places import at_program
from services.identity.tests.program_kit import Provider
from tests.kit import App, told

AppOf = Callable[[str], Awaitable[App]]
OLLE = "olle@vendor.test"


async def change(app: App, whose: UUID, assignment: str) -> None:
    """Set something of all of a person's sessions."""
    async with app.database.begin(whose) as tx:
        await tx.session.execute(text(f"UPDATE session SET {assignment}"))  # noqa: S608 - written in a test


async def test_sessions_are_listed_newest_first_and_one_can_be_ended(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    first, second, third = [await signed_in(identity, OLLE) for _ in range(3)]

    page = await third.call("GET", "/me/sessions?limit=2")
    rest = await third.call("GET", f"/me/sessions?limit=2&after={page.json()['next']}")
    ended = await third.call("DELETE", f"/me/sessions/{first.session}")

    listed = page.json()["items"] + rest.json()["items"]
    assert [item["session_id"] for item in listed] == [str(each.session) for each in (third, second, first)]
    assert ended.status_code == 200, ended.text
    assert [await each.goes_on() for each in (first, second, third)] == [False, True, True]
    assert len((await third.call("GET", "/me/sessions")).json()["items"]) == 2
    (event,) = await told(identity.database, SessionEnded)
    assert (event.session_id, event.person_id, event.reason) == (first.session, olle, "ended")
    assert [each["thing"] for each in await trail(identity, olle) if each["action"] == "end_session"] == [
        str(first.session)
    ]


async def test_all_others_are_ended_and_the_present_one_goes_on(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    others = [await signed_in(identity, OLLE) for _ in range(2)]
    present = await signed_in(identity, OLLE)

    answer = await present.call("DELETE", "/me/sessions")

    assert answer.status_code == 200
    assert [await each.goes_on() for each in (*others, present)] == [False, False, True]


async def test_signing_out_ends_the_session_and_a_second_time_does_no_harm(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    signed, other = await signed_in(identity, OLLE), await signed_in(identity, OLLE)

    answers = [(await signed.call("POST", "/sign-out")).status_code for _ in range(2)]

    assert 200 in answers
    assert (await signed.goes_on(), await other.goes_on()) == (False, True)
    assert [event.reason for event in await told(identity.database, SessionEnded)] == ["signed_out"]


async def test_anothers_session_is_not_found(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    await member(identity, by, company, "eve@c.test")
    olle, eve = await signed_in(identity, OLLE), await signed_in(identity, "eve@c.test")

    answer = await eve.call("DELETE", f"/me/sessions/{olle.session}")

    assert answer.status_code == 404
    assert [item["session_id"] for item in (await eve.call("GET", "/me/sessions")).json()["items"]] == [
        str(eve.session)
    ]
    assert await olle.goes_on()


async def test_a_session_that_nobody_used_for_twelve_hours_is_over_and_not_listed(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    idle, present = await signed_in(identity, OLLE), await signed_in(identity, OLLE)
    async with identity.database.begin(olle) as tx:
        past = text("UPDATE session SET expires_at = now() WHERE id = :id")
        await tx.session.execute(past, {"id": idle.session})

    assert not await idle.goes_on()
    listed = (await present.call("GET", "/me/sessions")).json()["items"]
    assert [item["session_id"] for item in listed] == [str(present.session)]


async def test_a_session_at_a_program_is_not_listed_once_its_sign_in_is_over(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    idle, present = await signed_in(identity, OLLE), await signed_in(identity, OLLE)
    for each in (idle, present):
        await at_program(identity, olle, each.session)
    await change(identity, olle, "expires_at = now() + interval '7 days' WHERE kind = 'program'")
    await change(identity, olle, f"expires_at = now() WHERE id = '{idle.session}'")

    listed = (await present.call("GET", "/me/sessions")).json()["items"]

    assert [item["program"] for item in listed] == ["payroll", None]


async def test_using_a_session_keeps_it_for_twelve_hours_more_and_seven_days_at_most(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    signed = await signed_in(identity, OLLE)

    async def left() -> timedelta:
        await signed.goes_on()
        async with identity.database.begin(olle) as tx:
            seen = await tx.session.scalar(text("SELECT expires_at - clock_timestamp() FROM session"))
            assert isinstance(seen, timedelta)
            return seen

    await change(identity, olle, "expires_at = now() + interval '1 hour', created_at = now() - interval '1 day'")
    fresh = await left()
    await change(identity, olle, "created_at = now() - interval '6 days 20 hours'")
    late = await left()

    assert timedelta(hours=11, minutes=59) < fresh <= timedelta(hours=12)
    assert timedelta(hours=3, minutes=59) < late <= timedelta(hours=4)


async def test_only_the_very_token_of_a_session_is_taken(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    signed = await signed_in(identity, OLLE)
    genuine = signed.tokens["session_token"]
    named = read_opaque("fullmakt_session", genuine)
    assert named is not None
    forged = [
        write_opaque("fullmakt_session", *named),
        write_opaque("fullmakt_session", named.person_id, UUID(int=1)),
        write_opaque("fullmakt_session", UUID(int=1), named.row_id),
        write_opaque("fullmakt_code", *named),
        genuine[:-1],
        "x",
    ]

    for token in forged:
        answer = await identity.call("POST", "/identity/v1/sessions/token", body={"session_token": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "session_over"), token
    assert named == (olle, signed.session)
    assert await signed.goes_on()


async def test_the_token_of_a_session_names_it(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    signed = await signed_in(identity, OLLE)

    body = {"session_token": signed.tokens["session_token"]}
    answer = await identity.call("POST", "/identity/v1/sessions/token", body=body)

    assert answer.headers["cache-control"] == "no-store"
    again = Signed.__new__(Signed)
    again.app, again.tokens, again.session = identity, signed.tokens | answer.json(), signed.session
    (item,) = (await again.call("GET", "/me/sessions")).json()["items"]
    assert item["current"] is True


async def test_what_was_over_a_month_ago_is_forgotten_and_nothing_else(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    old, open_ = await signed_in(identity, OLLE), await signed_in(identity, OLLE)
    back = "UPDATE session SET expires_at = now() - interval '31 days' WHERE id = :id"
    async with identity.database.begin(olle) as tx:
        await tx.session.execute(text(back), {"id": UUID(old.tokens["session_id"])})

    await forget_old_sessions(identity.database)

    async with identity.database.begin(olle) as tx:
        assert list(await tx.session.scalars(text("SELECT id FROM session"))) == [UUID(open_.tokens["session_id"])]


RESETS = (
    "INSERT INTO password_reset (id, person_id, requested_at, expires_at, version)"
    " SELECT gen_random_uuid(), :person, expires_at, expires_at, 1 FROM times"
)
CHANGES = (
    "INSERT INTO email_change (id, person_id, requested_at, expires_at, settled_at, state, version)"
    " SELECT gen_random_uuid(), :person, expires_at, expires_at, expires_at, 'expired', 1 FROM times"
)
AGES = "WITH times (expires_at) AS (VALUES (now() - interval '31 days'), (now() - interval '29 days')) "
TABLES = ("session", "refresh_token", "authorization_code", "password_reset", "email_change")


async def test_what_hung_on_it_is_forgotten_too_and_what_is_younger_stays(provider: Provider) -> None:
    old = provider.session
    await provider.signed_in()
    provider.session = await provider.sign_in(provider.anna)
    await provider.signed_in()
    back = "UPDATE session SET expires_at = now() - interval '31 days' WHERE :old IN (id, parent_id)"
    async with provider.app.database.begin(provider.anna) as tx:
        await tx.session.execute(text(back), {"old": old})
        for link in (RESETS, CHANGES):
            await tx.session.execute(text(AGES + link), {"person": provider.anna})

    async def kept() -> list[int | None]:
        async with provider.app.database.begin(provider.anna) as tx:
            return [await tx.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES]  # noqa: S608

    before = await kept()
    await forget_old_sessions(provider.app.database)

    assert (before, await kept()) == ([4, 2, 2, 2, 2], [2, 1, 1, 1, 1])
