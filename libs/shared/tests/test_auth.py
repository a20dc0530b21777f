import asyncio
import base64
import hmac
import json
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from libs.shared import auth, keys
from libs.shared.auth import TokenReader
from libs.shared.ended_sessions import LEEWAY
from libs.shared.errors import Unauthenticated, Unavailable
from libs.shared.keys import published_keys
from tests.kit import ISSUER, eventually

PERSON, SESSION = UUID(int=7), UUID(int=8)


class Clock:
    """Stands in for the module `time`; goes on by command alone."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.began = time.time() - self.now

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.began + self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that readers of tokens go by."""
    clock = Clock()
    monkeypatch.setattr(auth, "time", clock)
    monkeypatch.setattr(keys, "time", clock)
    return clock


class Page:
    """A page of published keys that can change, fail and count."""

    def __init__(self, *keys: ECKey) -> None:
        self.keys = list(keys)
        self.down = False
        self.fetched = 0

    async def fetch(self) -> dict[str, Any]:
        self.fetched += 1
        await asyncio.sleep(0)  # others come meanwhile
        if self.down:
            raise Unavailable
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def new_key() -> ECKey:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return key


KEY = new_key()


def token(key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A good token but for what is told."""
    now = int(time.time())
    content = {
        "iss": ISSUER,
        "aud": "fullmakt",
        "sub": f"person:{PERSON}",
        "client_id": "fullmakt",
        "jti": str(uuid4()),
        "sid": str(SESSION),
        "iat": now,
        "exp": now + 60,
        **claims,
    }
    content = {name: value for name, value in content.items() if value is not None}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid, **(header or {})}, content, key)


def part(content: Any) -> str:
    """A part of a token made by hand."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}


def signed(header: dict[str, Any]) -> str:
    """Good claims, rightly signed by our key, under any header."""
    content = f"{part(header)}.{token().split('.')[1]}"
    signature = decode_dss_signature(KEY.get_op_key("sign").sign(content.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{content}.{part(b''.join(number.to_bytes(32, 'big') for number in signature))}"


def unsigned() -> str:
    return f"{part({'alg': 'none', 'typ': 'at+jwt'})}.{token().split('.')[1]}."


def signed_with_the_public_key() -> str:
    signed = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': KEY.kid})}.{token().split('.')[1]}"
    return f"{signed}.{part(hmac.digest(KEY.as_pem(private=False), signed.encode(), 'sha256'))}"


WRONG: dict[str, Callable[[], str]] = {
    "alg none": unsigned,
    "alg HS256 with the public key": signed_with_the_public_key,
    "another key under our kid": lambda: token(new_key()),
    "unknown kid": lambda: token(new_key(), {"kid": "unknown"}),
    "wrong audience": lambda: token(aud="other"),
    "no audience": lambda: token(aud=None),
    "wrong issuer": lambda: token(iss="http://elsewhere"),
    "expired": lambda: token(exp=int(time.time()) - 60),
    "never expires": lambda: token(exp=None),
    "expiry is no number": lambda: token(exp="tomorrow"),
    "not yet good": lambda: token(nbf=int(time.time()) + 600),
    "good for longer than ours are": lambda: token(exp=int(time.time()) + 3600),
    "signed later than now": lambda: token(iat=int(time.time()) + 60),
    "never signed": lambda: token(iat=None),
    "signed at no number": lambda: token(iat=True),
    "expiry is a fraction": lambda: token(exp=time.time() + 60),
    "for others as well": lambda: token(aud=["fullmakt", "payroll"]),
    "for many of ours": lambda: token(aud=["fullmakt", "fullmakt"]),
    "no id": lambda: token(jti=None),
    "nobody's client": lambda: token(client_id=None),
    "a person without a session": lambda: token(sid=None),
    "session is no id": lambda: token(sid="mine"),
    "scopes are a list": lambda: token(scope=["events.read"]),
    "a header that must be understood": lambda: signed({**HEADER, "crit": ["exp"], "exp": 1}),
    "a header of no standard": lambda: signed({**HEADER, "x": 1}),
    "a key of its own": lambda: token(header={"jwk": KEY.as_dict(private=False)}),
    "a key elsewhere": lambda: token(header={"jku": "http://elsewhere/keys"}),
    "no typ": lambda: signed({"alg": "ES256", "kid": KEY.kid}),
    "no kid": lambda: signed({"alg": "ES256", "typ": "at+jwt"}),
    "typ in capitals": lambda: token(header={"typ": "AT+JWT"}),
    "longer than tokens are": lambda: token(scope="x" * 8192),
    "padded": lambda: token() + "==",
    "with a space in it": lambda: token().replace(".", ". ", 1),
    "typ JWT": lambda: token(header={"typ": "JWT"}),
    "no subject": lambda: token(sub=None),
    "subject is no person": lambda: token(sub="organisation:7"),
    "subject is no id": lambda: token(sub="person:7"),
    "subject in braces": lambda: token(sub=f"person:{{{PERSON}}}"),
    "subject is a number": lambda: token(sub=7),
    "garbage": lambda: "garbage",
    "empty": lambda: "",
    "not ASCII": lambda: "å.ä.ö",
    "header is a list": lambda: f"{part([])}.{part({})}.{part(b'x')}",
    "claims are a list": lambda: f"{token().split('.')[0]}.{part([1])}.{part(b'x')}",
    "deeply nested header": lambda: f"{part(b'[' * 40_000)}.{part({})}.{part(b'x')}",
    "a null kid": lambda: f"{part({'alg': 'ES256', 'kid': None})}..",
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_token_that_is_not_right_in_every_way_is_refused(what: str) -> None:
    reader = TokenReader(ISSUER, Page(KEY).fetch)

    with pytest.raises(Unauthenticated):
        await reader.read(WRONG[what]())


async def test_a_header_of_ours_signed_by_hand_is_good() -> None:
    assert (await TokenReader(ISSUER, Page(KEY).fetch).read(signed(HEADER))).id == PERSON


async def test_a_good_token_names_its_caller() -> None:
    caller = await TokenReader(ISSUER, Page(KEY).fetch).read(token(scope="events.read people.read"))

    assert caller.actor == f"person:{PERSON}"
    assert caller.scopes == {"events.read", "people.read"}
    assert caller.session == SESSION


async def test_any_junk_is_refused_and_nothing_else() -> None:
    reader = TokenReader(ISSUER, Page(KEY).fetch)
    chance = random.Random(1)  # noqa: S311
    good = token()
    for _ in range(1500):
        made = list(good)
        for _ in range(chance.randint(1, 6)):
            made[chance.randrange(len(made))] = chance.choice('aZ9-_.=å\0 {"')
        if (junk := "".join(made)) != good:
            with pytest.raises(Unauthenticated):
                await reader.read(junk)
    pieces: list[Any] = [
        None,
        True,
        7,
        "x",
        [],
        {},
        {"alg": "ES256"},
        {"alg": 1},
        {"alg": "ES256", "crit": ["x"]},
        b"\xff",
    ]
    for header in pieces:
        for claims in pieces:
            with pytest.raises(Unauthenticated):
                await reader.read(f"{part(header)}.{part(claims)}.{part(b'x' * 64)}")


async def test_while_the_keys_can_not_be_fetched_the_answer_is_unavailable_and_then_goes_on(clock: Clock) -> None:
    page = Page(KEY)
    page.down = True
    reader = TokenReader(ISSUER, page.fetch)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await reader.read(token())
    assert page.fetched == 1

    page.down = False
    clock.now += 0.9 * keys.RETRY_AFTER
    with pytest.raises(Unavailable):
        await reader.read(token())
    assert page.fetched == 1

    clock.now += 0.1 * keys.RETRY_AFTER
    assert (await reader.read(token())).id == PERSON
    assert page.fetched == 2


async def test_an_unreachable_keys_page_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await published_keys("http://127.0.0.1:1/keys")()


async def test_a_page_that_holds_no_keys_is_unavailable() -> None:
    async def odd() -> dict[str, Any]:
        return {"keys": "none"}

    with pytest.raises(Unavailable):
        await TokenReader(ISSUER, odd).read(token())


async def test_a_new_key_is_picked_up(clock: Clock) -> None:
    page, new = Page(KEY), new_key()
    reader = TokenReader(ISSUER, page.fetch)
    await reader.read(token())
    page.keys = [KEY, new]
    clock.now += keys.REFETCH_AFTER

    await reader.read(token(new, {"kid": new.kid}))
    await reader.read(token())

    assert page.fetched == 2


async def test_tokens_with_unknown_keys_can_not_hammer_the_keys_page() -> None:
    page = Page(KEY)
    reader = TokenReader(ISSUER, page.fetch)
    unknown = [token(new_key(), {"kid": str(uuid4())}) for _ in range(50)]

    answers = await asyncio.gather(*(reader.read(each) for each in unknown), return_exceptions=True)

    assert {type(answer) for answer in answers} == {Unauthenticated}
    assert page.fetched == 1


async def test_a_bad_signature_under_a_known_key_fetches_nothing(clock: Clock) -> None:
    page = Page(KEY)
    reader = TokenReader(ISSUER, page.fetch)
    await reader.read(token())
    clock.now += keys.REFETCH_AFTER

    with pytest.raises(Unauthenticated):
        await reader.read(token(exp=1))
    assert page.fetched == 1


async def test_a_token_is_verified_once_and_until_it_expires(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = counted(monkeypatch)
    reader, given = TokenReader(ISSUER, Page(KEY).fetch), token()

    for _ in range(5):
        await reader.read(given)
    once = len(verified)
    clock.now += 60 + LEEWAY + 1
    with pytest.raises(Unauthenticated):
        await reader.read(given)

    assert once == 1


async def test_a_wrong_token_is_never_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    verified = counted(monkeypatch)
    reader, wrong = TokenReader(ISSUER, Page(KEY).fetch), token(aud="other")

    for _ in range(3):
        with pytest.raises(Unauthenticated):
            await reader.read(wrong)

    assert len(verified) == 3


async def test_the_oldest_is_forgotten_once_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "REMEMBERED", 2)
    verified = counted(monkeypatch)
    reader, given = TokenReader(ISSUER, Page(KEY).fetch), [token() for _ in range(3)]
    for each in given:
        await reader.read(each)

    await reader.read(given[2])
    await reader.read(given[1])
    known = len(verified)
    await reader.read(given[0])

    assert (known, len(verified)) == (3, 4)


async def test_a_withdrawn_key_is_good_for_a_minute_at_most_also_for_tokens_in_use(clock: Clock) -> None:
    page, new = Page(KEY, other := new_key()), new_key()
    reader, given = TokenReader(ISSUER, page.fetch), token(exp=int(time.time()) + 600)
    by_other = token(other, {"kid": other.kid}, exp=int(time.time()) + 600)
    for each in (given, by_other):
        await reader.read(each)
    page.keys = [other, new]

    async def fetched_twice() -> bool:
        return page.fetched == 2

    clock.now += keys.REFRESH_AFTER
    assert (await reader.read(given)).id == PERSON  # fetched meanwhile
    await eventually(fetched_twice)
    clock.now += keys.REFETCH_AFTER

    with pytest.raises(Unauthenticated):
        await reader.read(given)
    assert (await reader.read(by_other)).id == PERSON


async def test_keys_that_nobody_has_used_for_long_are_fetched_before_they_are_used(clock: Clock) -> None:
    page = Page(KEY)
    reader, given = TokenReader(ISSUER, page.fetch), token(exp=int(time.time()) + 600)
    await reader.read(given)
    page.keys = [new_key()]

    clock.now += 2 * keys.REFRESH_AFTER

    with pytest.raises(Unauthenticated):
        await reader.read(given)


async def test_while_the_page_is_down_the_keys_are_gone_by_for_a_bounded_time(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    page = Page(KEY)
    reader = TokenReader(ISSUER, page.fetch)
    await reader.read(token())
    page.down = True

    clock.now += 2 * keys.REFRESH_AFTER
    for _ in range(3):
        assert (await reader.read(token(exp=int(clock.time()) + 60))).id == PERSON
    clock.now += keys.KEPT_FOR - 2 * keys.REFRESH_AFTER

    with pytest.raises(Unavailable):
        await reader.read(token(exp=int(clock.time()) + 60))
    assert page.fetched == 3
    assert "can't be fetched" in caplog.text


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature is checked from now on."""
    checked, check = [], jws.deserialize_compact

    def counting(token: str, *args: Any, **kwargs: Any) -> Any:
        checked.append(token)
        return check(token, *args, **kwargs)

    monkeypatch.setattr(jws, "deserialize_compact", counting)
    return checked
