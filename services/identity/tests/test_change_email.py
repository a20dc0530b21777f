import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fullmakt.events import EmailChangeRequested, PersonChanged, SignInChanged
from sqlalchemy import text

from libs.shared.mail_tokens import write_token
from services.identity.tests.kit import PASSWORD, SECRET, Signed, member, operator, organisation, sign_in, signed_in
from services.identity.tests.test_sign_in_limits import pass_time
from services.identity.usecases.change_email import expire_email_changes
from tests.kit import App, move_clock, told

AppOf = Callable[[str], Awaitable[App]]
OLLE, NEW = "olle@vendor.test", "olle.new@vendor.test"


async def want(signed: Signed, email: str = NEW) -> dict[str, str]:
    """Ask for another address; answers with the tokens of the mails to the old and to the new one."""
    answer = await signed.call("POST", "/me/email", {"email": email, "password": PASSWORD})
    assert answer.status_code == 202, answer.text
    asked = (await told(signed.app.database, EmailChangeRequested))[-1]
    ids = asked.email_change_id, asked.person_id
    return {side: write_token(SECRET, f"email_change_{side}", *ids, 1) for side in ("old", "new")}


async def confirm(app: App, token: str, **headers: str) -> tuple[int, Any]:
    """Open the link of a mail; the status, and what was said."""
    answer = await app.call("POST", f"/identity/v1/email-changes/{token}/confirm", headers=headers)
    said = answer.json()
    return answer.status_code, said.get("code") or (said["state"], said["missing"])


async def person(app: App, id_: UUID) -> dict[str, Any]:
    """A person as they see themselves."""
    return dict((await app.call("GET", "/identity/v1/me", by=id_)).json())


@pytest.mark.parametrize("first", ["old", "new"])
async def test_an_address_is_changed_once_both_have_confirmed_in_whatever_order(app: AppOf, first: str) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    signed = await signed_in(identity, OLLE)
    tokens = await want(signed, "Olle.New@vendor.test")
    second = "new" if first == "old" else "old"
    pending = await person(identity, olle)

    assert await confirm(identity, tokens[first]) == (200, ("waiting", second))
    assert await confirm(identity, tokens[first]) == (200, ("waiting", second))
    assert (await person(identity, olle))["email"] == OLLE
    assert await confirm(identity, tokens[second]) == (200, ("done", None))

    assert (pending["email"], pending["pending_email"]) == (OLLE, NEW)
    after = await person(identity, olle)
    assert (after["email"], after["pending_email"]) == (NEW, None)
    assert not await signed.goes_on()
    assert [(await sign_in(identity, each)).status_code for each in (OLLE, NEW)] == [401, 200]
    events = await told(identity.database, PersonChanged)
    (asked,) = await told(identity.database, EmailChangeRequested)
    assert [(each.email, each.pending_email, each.email_change_id) for each in events[1:]] == [
        (OLLE, NEW, asked.email_change_id),
        (NEW, None, None),
    ]
    assert [each.change for each in await told(identity.database, SignInChanged)] == ["email_changed"]
    assert await confirm(identity, tokens[second]) == (409, "email_change_over")


async def test_five_addresses_an_hour_are_mailed_for_a_person_in_whatever_session(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    sessions = [await signed_in(identity, OLLE) for _ in range(2)]

    async def wanted(number: int) -> httpx.Response:
        body = {"email": f"stranger{number}@else.test", "password": PASSWORD}
        return await sessions[number % 2].call("POST", "/me/email", body)

    answers = [await wanted(number) for number in range(7)]

    assert [each.status_code for each in answers] == [202] * 5 + [429] * 2
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 3600
    assert len(await told(identity.database, EmailChangeRequested)) == 5
    await pass_time(identity, 3600)
    assert (await wanted(7)).status_code == 202


async def test_slips_of_the_finger_close_nothing(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    signed = await signed_in(identity, OLLE)

    async def ask(address: str) -> tuple[int, str]:
        answer = await signed.call("POST", "/me/email", {"email": address, "password": PASSWORD})
        return answer.status_code, answer.json().get("code", "")

    assert [await ask("olle.new(at)vendor.test") for _ in range(6)] == [(400, "invalid")] * 6
    assert await ask(NEW) == (202, "")


async def test_who_confirms_while_signed_in_stays_so_there(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    other, present = await signed_in(identity, OLLE), await signed_in(identity, OLLE)
    tokens = await want(present)

    await confirm(identity, tokens["new"])
    await confirm(identity, tokens["old"], Authorization=f"Bearer {present.tokens['access_token']}")

    assert [await each.goes_on() for each in (other, present)] == [False, True]


async def test_that_somebody_has_an_address_is_told_to_who_reads_its_mail_alone(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    await member(identity, by, company, "eve@c.test")
    eve = await signed_in(identity, "eve@c.test")

    tokens = await want(eve, OLLE)

    assert await confirm(identity, tokens["old"]) == (200, ("waiting", "new"))
    assert await confirm(identity, tokens["new"]) == (409, "address_taken")
    assert (await sign_in(identity, OLLE)).status_code == 200


async def test_of_two_who_confirm_one_address_at_the_same_moment_one_gets_it(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    tokens = []
    for name in ("anna", "bo"):
        await member(identity, by, company, f"{name}@c.test")
        tokens.append(await want(await signed_in(identity, f"{name}@c.test"), "shared@c.test"))
    for each in tokens:
        await confirm(identity, each["old"])

    answers = await asyncio.gather(*(confirm(identity, each["new"]) for each in tokens))

    assert sorted(answers, key=str) == [(200, ("done", None)), (409, "address_taken")]


async def test_a_change_wanted_anew_or_given_up_or_older_than_a_day_is_over(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    signed = await signed_in(identity, OLLE)

    first = await want(signed)
    second = await want(signed, "olle.third@vendor.test")
    cancelled = await signed.call("DELETE", "/me/email")
    given_up = await person(identity, olle)
    third = await want(signed)
    await move_clock(identity.database, timedelta(hours=25))
    late = await confirm(identity, third["new"])
    await expire_email_changes(identity.database)

    over = (409, "email_change_over")
    assert [await confirm(identity, each["new"]) for each in (first, second, third)] == [over] * 3
    assert late == over
    assert (cancelled.status_code, given_up["pending_email"]) == (200, None)
    assert (await person(identity, olle))["pending_email"] is None
    wanted = [each.pending_email for each in await told(identity.database, PersonChanged)]
    assert wanted == [None, NEW, "olle.third@vendor.test", None, NEW, None]


async def test_forged_links_and_those_for_other_things_are_refused(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    await want(await signed_in(identity, OLLE))
    (asked,) = await told(identity.database, EmailChangeRequested)
    forged = [
        write_token("another secret", "email_change_old", asked.email_change_id, olle, 1),
        write_token(SECRET, "password_reset", asked.email_change_id, olle, 1),
        write_token(SECRET, "email_change_new", asked.email_change_id, UUID(int=3), 1),
        write_token(SECRET, "email_change_new", UUID(int=3), olle, 1),
        "x",
    ]

    assert [await confirm(identity, each) for each in forged] == [(409, "email_change_over")] * 5


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [(NEW, "wrong", "wrong_password"), ("no address", PASSWORD, "invalid"), (OLLE, PASSWORD, "invalid")],
)
async def test_another_address_is_asked_for_with_the_password(app: AppOf, email: str, password: str, code: str) -> None:
    identity = await app("identity")
    await operator(identity)
    signed = await signed_in(identity, OLLE)

    answer = await signed.call("POST", "/me/email", {"email": email, "password": password})

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert await told(identity.database, EmailChangeRequested) == []


async def test_another_password_gives_up_the_address_that_was_wanted_before(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    signed = await signed_in(identity, OLLE)
    await signed.call("POST", "/me/email", {"email": NEW, "password": PASSWORD})

    changed = await signed.call(
        "POST", "/me/password", {"current_password": PASSWORD, "new_password": "nine calm herons at noon"}
    )

    assert changed.status_code == 200, changed.text
    assert (await person(identity, olle))["pending_email"] is None
    async with identity.database.begin(olle) as tx:
        assert await tx.session.scalar(text("SELECT state FROM email_change")) == "cancelled"
