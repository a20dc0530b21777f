import asyncio
import time
from base64 import b32decode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from unittest.mock import patch

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fullmakt.events import PasswordResetRequested, SessionEnded, SignInChanged
from sqlalchemy import text

from libs.shared.mail_tokens import write_token
from services.identity.factors import new_secret, step_of
from services.identity.passwords import verify
from services.identity.sealing import Sealer
from services.identity.tests.kit import PASSWORD, SECRET, Signed, operator, sign_in, signed_in, trail
from services.identity.usecases.sign_in import Challenge
from tests.kit import App, told

AppOf = Callable[[str], Awaitable[App]]
OLLE = "olle@vendor.test"


class Authenticator:
    """An app that makes codes, each of a step later than the one before."""

    def __init__(self, secret: str) -> None:
        self.totp = TOTP(b32decode(secret), 6, SHA1(), 30)  # noqa: S303

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps from now."""
        return self.totp.generate(int(time.time()) + 30 * steps).decode()


async def protect(signed: Signed) -> tuple[Authenticator, list[str]]:
    """Add a second factor by the code before now's, so that now's and the next are still to be used."""
    added = (await signed.call("POST", "/me/second-factor", {"password": PASSWORD})).json()
    authenticator = Authenticator(added["secret"])
    answer = await signed.call("POST", "/me/second-factor/confirm", {"code": authenticator.code(-1)})
    assert answer.status_code == 200, answer.text
    assert added["secret"] in added["uri"]
    return authenticator, answer.json()["recovery_codes"]


async def answer_to(app: App, challenge: str, code: str, **other: str) -> httpx.Response:
    """Send a code."""
    body = {"challenge": challenge, "code": code, **other}
    return await app.call("POST", "/identity/v1/sign-in/second-factor", body=body)


async def challenge_of(app: App) -> str:
    """What a right password is answered with."""
    answer = await sign_in(app, OLLE)
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_required")
    return str(answer.json()["more"]["challenge"])


async def test_with_a_second_factor_the_password_alone_lets_nobody_in(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    before, other = await signed_in(identity, OLLE), await signed_in(identity, OLLE)
    authenticator, _ = await protect(before)

    challenge = await challenge_of(identity)
    wrong = await answer_to(identity, challenge, "000000")
    right = Signed(identity, await answer_to(identity, challenge, authenticator.code()))

    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_code")
    (current,) = [each for each in (await right.call("GET", "/me/sessions")).json()["items"] if each["current"]]
    assert current["methods"] == ["pwd", "otp", "mfa"]
    assert (await right.call("GET", "/me")).json()["second_factor"] is True
    assert (await before.goes_on(), await other.goes_on()) == (True, False)
    assert [event.change for event in await told(identity.database, SignInChanged)] == ["second_factor_added"]
    actions = {each["action"] for each in await trail(identity, olle)}
    assert {"add_second_factor", "confirm_second_factor", "sign_in"} <= actions


async def test_wrong_codes_are_in_the_trail_as_refused_as_often_as_one_may_try_and_wrong_passwords_are_not(
    app: AppOf,
) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    await protect(await signed_in(identity, OLLE))
    challenge = await challenge_of(identity)

    await sign_in(identity, OLLE, "wrong")
    statuses = [(await answer_to(identity, challenge, "000000")).status_code for _ in range(7)]

    assert statuses == [401] * 5 + [429] * 2
    refused = [entry for entry in await trail(identity, olle) if entry["outcome"] == "refused"]
    assert [(each["action"], each["reason"], each["actor"]) for each in refused] == [
        ("sign_in", "wrong_code", "system")
    ] * 5


async def test_a_code_is_good_once_also_for_two_at_the_same_moment(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    authenticator, _ = await protect(await signed_in(identity, OLLE))
    challenge, code = await challenge_of(identity), authenticator.code()

    answers = await asyncio.gather(*(answer_to(identity, challenge, code) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_recovery_code_lets_in_once_ends_what_was_before_and_is_told(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    before = await signed_in(identity, OLLE)
    _, codes = await protect(before)
    typed = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")

    signed = Signed(identity, await answer_to(identity, await challenge_of(identity), typed))
    again = await answer_to(identity, await challenge_of(identity), codes[0])

    assert len(set(codes)) == 10
    assert (await signed.goes_on(), await before.goes_on()) == (True, False)
    assert (again.status_code, again.json()["code"]) == (401, "wrong_code")
    changes = [event.change for event in await told(identity.database, SignInChanged)]
    assert changes == ["second_factor_added", "recovery_code_used"]
    assert [event.session_id for event in await told(identity.database, SessionEnded)] == [before.session]


async def test_new_recovery_codes_void_those_before(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    signed = await signed_in(identity, OLLE)
    authenticator, old = await protect(signed)

    new = await signed.call("POST", "/me/recovery-codes", {"password": PASSWORD, "code": authenticator.code()})
    by_old = await answer_to(identity, await challenge_of(identity), old[1])
    by_new = await answer_to(identity, await challenge_of(identity), new.json()["recovery_codes"][1])

    assert (by_old.status_code, by_new.status_code) == (401, 200)


async def test_a_second_factor_is_added_and_removed_by_who_knows_the_password_alone(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    signed = await signed_in(identity, OLLE)
    path = "/me/second-factor"

    refused = await signed.call("POST", path, {"password": "wrong"})
    nothing = await signed.call("POST", f"{path}/confirm", {"code": "123456"})
    authenticator, codes = await protect(signed)
    twice = await signed.call("POST", path, {"password": PASSWORD})
    no_code = await signed.call("POST", f"{path}/remove", {"password": PASSWORD, "code": "000000"})
    no_password = await signed.call("POST", f"{path}/remove", {"password": "wrong", "code": authenticator.code()})
    other = Signed(identity, await answer_to(identity, await challenge_of(identity), authenticator.code()))
    removed = await signed.call("POST", f"{path}/remove", {"password": PASSWORD, "code": codes[3]})

    told_of = [(each.status_code, each.json()["code"]) for each in (refused, nothing, twice, no_code, no_password)]
    assert told_of == [
        (400, "wrong_password"),
        (409, "no_second_factor"),
        (409, "second_factor_in_use"),
        (400, "invalid_code"),
        (400, "wrong_password"),
    ]
    assert removed.status_code == 200, removed.text
    assert (await signed.goes_on(), await other.goes_on()) == (True, False)
    assert (await sign_in(identity, OLLE)).status_code == 200


async def test_what_is_shown_and_not_confirmed_is_not_asked_for(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    signed = await signed_in(identity, OLLE)

    await signed.call("POST", "/me/second-factor", {"password": PASSWORD})

    assert (await sign_in(identity, OLLE)).status_code == 200


async def test_six_parallel_guesses_at_a_code_are_one_too_many_and_the_owners_device_goes_on(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    authenticator, _ = await protect(await signed_in(identity, OLLE))
    challenge = await challenge_of(identity)
    known = (await answer_to(identity, challenge, authenticator.code())).json()["device_token"]

    guesses = await asyncio.gather(*(answer_to(identity, challenge, f"00000{n}") for n in range(9)))
    elsewhere = await answer_to(identity, await challenge_of(identity), authenticator.code(1))
    here = await answer_to(identity, challenge, authenticator.code(1), device_token=known)

    assert sorted(each.status_code for each in guesses) == [401] * 5 + [429] * 4
    assert int(elsewhere.headers["retry-after"]) > 0
    assert (elsewhere.status_code, here.status_code) == (429, 200)


async def test_a_challenge_is_over_after_five_minutes_and_once_the_password_is_another(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    authenticator, _ = await protect(await signed_in(identity, OLLE))
    challenge = await challenge_of(identity)
    sealer = Sealer("a key secret of these tests")
    read = sealer.unseal(challenge.encode()).decode()
    late = sealer.seal(read.replace('"issued_at":"2', '"issued_at":"1').encode()).decode()

    answers = [await answer_to(identity, each, authenticator.code()) for each in (late, "no challenge")]
    async with identity.database.begin(olle) as tx:
        await tx.session.execute(text("UPDATE person SET password_hash = 'another'"))
    answers.append(await answer_to(identity, challenge, authenticator.code()))

    assert Challenge.__struct_config__.tag == "challenge"
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(401, "challenge_over")] * 3


async def test_secrets_and_codes_are_kept_sealed_or_hashed(app: AppOf) -> None:
    identity = await app("identity")
    olle = await operator(identity)
    signed = await signed_in(identity, OLLE)
    secret = (await signed.call("POST", "/me/second-factor", {"password": PASSWORD})).json()["secret"]
    code = Authenticator(secret).code()
    codes = (await signed.call("POST", "/me/second-factor/confirm", {"code": code})).json()["recovery_codes"]

    async with identity.database.begin(olle) as tx:
        kept = str((await tx.session.execute(text("SELECT * FROM second_factor"))).all())
        kept += str((await tx.session.execute(text("SELECT * FROM recovery_code"))).all())
        kept += str((await tx.session.execute(text("SELECT * FROM session"))).all())

    assert str(b32decode(secret))[2:-1] not in kept
    for each in [secret, *codes, signed.tokens["session_token"]]:
        assert each not in kept


def test_codes_of_the_step_before_and_after_are_taken_and_none_at_or_before_the_last() -> None:
    secret, now = new_secret(), datetime(2026, 12, 1, 12, 0, 15, tzinfo=UTC)
    step = int(now.timestamp()) // 30
    codes = {n: TOTP(secret, 6, SHA1(), 30).generate((step + n) * 30).decode() for n in range(-2, 3)}  # noqa: S303

    taken = [step_of(secret, codes[n], after=0, at=now) for n in range(-2, 3)]

    assert taken == [None, step - 1, step, step + 1, None]
    assert step_of(secret, codes[0], after=step, at=now) is None
    assert step_of(secret, codes[1], after=step, at=now) == step + 1


async def test_a_factor_added_while_the_password_is_checked_is_asked_for(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    owner = await signed_in(identity, OLLE)
    checked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(kept: str | None, password: str) -> bool:
        right, is_first = await verify(kept, password), not checked.is_set()
        checked.set()
        if is_first:
            await go_on.wait()
        return right

    with patch("services.identity.credentials.verify", slow):
        asking = asyncio.create_task(sign_in(identity, OLLE))
        await checked.wait()
        await protect(owner)
        go_on.set()
        answer = await asking

    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_required")


async def test_who_has_the_mailbox_alone_gets_no_tries_at_codes_by_devices_made_of_it(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    await protect(await signed_in(identity, OLLE))
    devices, password = [], PASSWORD
    for password in ("the first of two riddles", "the other riddle, the last"):
        await identity.call("POST", "/identity/v1/password-resets", body={"email": OLLE})
        asked = (await told(identity.database, PasswordResetRequested))[-1]
        token = write_token(SECRET, "password_reset", asked.password_reset_id, asked.person_id, 1)
        done = await identity.call("POST", f"/identity/v1/password-resets/{token}", body={"password": password})
        devices.append(done.json()["device_token"])
    challenge = (await sign_in(identity, OLLE, password)).json()["more"]["challenge"]

    first = [(await answer_to(identity, challenge, "000000", device_token=devices[0])).status_code for _ in range(5)]
    other = await answer_to(identity, challenge, "000000", device_token=devices[1])

    assert first == [401] * 5
    assert other.status_code == 429


async def test_a_device_that_has_shown_the_factor_has_tries_of_its_own_after_a_change_of_password(app: AppOf) -> None:
    identity = await app("identity")
    await operator(identity)
    authenticator, _ = await protect(await signed_in(identity, OLLE))
    signed = Signed(identity, await answer_to(identity, await challenge_of(identity), authenticator.code()))
    new = "the first of two riddles"
    body = {"current_password": PASSWORD, "new_password": new, "device_token": signed.tokens["device_token"]}

    known = (await signed.call("POST", "/me/password", body)).json()["device_token"]

    challenge = (await sign_in(identity, OLLE, new)).json()["more"]["challenge"]
    for _ in range(5):
        await answer_to(identity, challenge, "000000")
    elsewhere = await answer_to(identity, challenge, authenticator.code(1))
    here = await answer_to(identity, challenge, authenticator.code(1), device_token=known)
    assert (elsewhere.status_code, here.status_code) == (429, 200)
