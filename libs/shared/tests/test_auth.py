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
from joserfc import jwt
from joserfc.jwk import ECKey

from libs.shared import auth
from libs.shared.auth import TokenReader, published_keys
from libs.shared.errors import Unauthenticated, Unavailable
from tests.kit import ISSUER

PERSON = UUID(int=7)


class Clock:
    """Stands in for the module `time`; goes on by command alone."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that readers of tokens go by."""
    clock = Clock()
    monkeypatch.setattr(auth, "time", clock)
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
    content = {"iss": ISSUER, "aud": "fullmakt", "sub": f"person:{PERSON}", "exp": int(time.time()) + 60, **claims}
    content = {name: value for name, value in content.items() if value is not None}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid, **(header or {})}, content, key)


def part(content: Any) -> str:
    """A part of a token made by hand."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


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
    "typ JWT": lambda: token(header={"typ": "JWT"}),
    "no subject": lambda: token(sub=None),
    "subject is no person": lambda: token(sub="organisation:7"),
    "subject is no id": lambda: token(sub="person:7"),
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


async def test_a_good_token_names_its_caller() -> None:
    caller = await TokenReader(ISSUER, Page(KEY).fetch).read(token(scope="events.read people.read"))

    assert caller.actor == f"person:{PERSON}"
    assert caller.scopes == {"events.read", "people.read"}


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
    clock.now += 0.9 * auth.RETRY_AFTER
    with pytest.raises(Unavailable):
        await reader.read(token())
    assert page.fetched == 1

    clock.now += 0.1 * auth.RETRY_AFTER
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
    clock.now += auth.REFETCH_AFTER

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
    clock.now += auth.REFETCH_AFTER

    with pytest.raises(Unauthenticated):
        await reader.read(token(exp=1))
    assert page.fetched == 1
