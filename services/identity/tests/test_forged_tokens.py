"""10,000 mutated and forged tokens, none of them accepted: read as our services read them, and a sample over HTTP."""

import base64
import hmac
import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey

from libs.shared.auth import TokenReader
from libs.shared.errors import Unauthenticated
from services.identity.keys import Keyring
from services.identity.tests.program_kit import SEALER, Provider
from services.identity.tokens import ACCESS, own_claims
from tests.kit import ISSUER

COUNT = 10_000
SAMPLE = 200
"""Of the tokens are sent over HTTP as well, to our own service, to userinfo, to introspection and for exchange."""
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def part(content: Any) -> str:
    """A part of a token."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signature(content: bytes, key: ECKey) -> bytes:
    """By ES256: r and s, 32 bytes each (RFC 7518, 3.4)."""
    private = serialization.load_pem_private_key(key.as_pem(private=True), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(private.sign(content, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Genuine(NamedTuple):
    """What a forger may have got hold of: tokens of all kinds, and the page of keys."""

    ours: str
    of_program: str
    exchanged: str
    id_token: str
    refresh: str
    session: str
    public: ECKey


class Forger:
    """Makes tokens that nobody should take; the same ones each time."""

    def __init__(self, genuine: Genuine, key: ECKey, person: Any) -> None:
        self.chance = random.Random(20261128)  # noqa: S311
        self.genuine = genuine
        self.key = key
        """Identity's own: what is made with it is genuine but for one claim or header."""
        self.theirs = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
        self.person = person
        self.kinds: list[Callable[[], str]] = [
            self.none,
            self.with_the_public_key,
            self.by_another_key,
            self.with_a_key_of_their_own,
            self.of_another_kind,
            self.with_a_wrong_claim,
            self.flipped,
            self.flipped,
            self.flipped,
            self.with_idle_bits,
            self.truncated,
            self.with_anothers_signature,
            self.with_a_claim_twice,
            self.with_claims_put_in,
            self.no_access_token_of_ours,
        ]

    def all(self) -> Iterator[tuple[str, str]]:
        """Each with the name of how it was made."""
        for number in range(COUNT):
            kind = self.kinds[number % len(self.kinds)]
            yield kind.__name__, kind()

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Good claims, but for these; None: left out."""
        good = own_claims(ISSUER, 600, "person", self.person, session=self.person) | changed
        return {name: value for name, value in good.items() if value is not None}

    def signed(self, header: dict[str, Any], claims: dict[str, Any] | bytes, key: ECKey | None = None) -> str:
        """Signed by hand, so that a header may be whatever it likes."""
        content = f"{part({'alg': 'ES256', 'typ': ACCESS, 'kid': self.key.kid} | header)}.{part(claims)}"
        return f"{content}.{part(signature(content.encode(), key or self.key))}"

    def none(self) -> str:
        alg = self.chance.choice(["none", "None", "NONE", "nOnE", "", None, 0])
        tail = self.chance.choice(["", self.genuine.ours.split(".")[2]])
        return f"{part({'alg': alg, 'typ': ACCESS, 'kid': self.key.kid})}.{part(self.claims())}.{tail}"

    def with_the_public_key(self) -> str:
        public = self.genuine.public
        secrets = [
            public.as_pem(private=False),
            public.as_der(private=False),
            json.dumps(public.as_dict()).encode(),
            b"",
        ]
        alg, digest = self.chance.choice([("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512")])
        content = f"{part({'alg': alg, 'typ': ACCESS, 'kid': public.kid})}.{part(self.claims())}"
        return f"{content}.{part(hmac.digest(self.chance.choice(secrets), content.encode(), digest))}"

    def by_another_key(self) -> str:
        kid = self.chance.choice(
            [self.key.kid, "unknown", "", None, 7, "../../dev/null", "' OR 1=1 --", self.theirs.kid]
        )
        return self.signed({"kid": kid}, self.claims(), self.theirs)

    def with_a_key_of_their_own(self) -> str:
        header: dict[str, Any] = self.chance.choice(
            [
                {"jwk": self.theirs.as_dict(private=False)},
                {"jku": "https://evil.test/jwks.json"},
                {"x5u": "https://evil.test/cert.pem"},
                {"x5c": ["MIIB"]},
                {"crit": ["exp"]},
                {"crit": ["b64"], "b64": False},
            ]
        )
        return self.signed(header, self.claims(), self.theirs)

    def of_another_kind(self) -> str:
        typ = self.chance.choice(["JWT", "jwt", "id+jwt", "application/jwt", "", None, "logout+jwt"])
        return self.signed({"typ": typ}, self.claims())

    def with_a_wrong_claim(self) -> str:
        now, amount = int(time.time()), self.chance.randint(60, 10**6)
        changed: dict[str, Any] = self.chance.choice(
            [
                {"aud": self.chance.choice(["bookkeeping", "fullmakt2", "Fullmakt", "", [], ["bookkeeping"], None])},
                {"iss": self.chance.choice(["http://evil.test/identity", f"{ISSUER}/", "", None, ISSUER.upper()])},
                {"exp": self.chance.choice([now - amount, 0, -1, None, "tomorrow"])},
                {"nbf": now + amount},
                {"iat": now + amount},
                {"sub": self.chance.choice(["person:", "person:7", "fullmakt", "organisation:7", None, 7, ""])},
            ]
        )
        return self.signed({}, self.claims(**changed))

    def flipped(self) -> str:
        """One bit or a few, in any of the parts, each as often as the others."""
        parts = [list(each) for each in self.genuine.ours.split(".")]
        changed = self.chance.choice(parts)
        for place in self.chance.sample(range(len(changed)), self.chance.randint(1, 3)):
            changed[place] = ALPHABET[ALPHABET.index(changed[place]) ^ (1 << self.chance.randrange(6))]
        return ".".join("".join(each) for each in parts)

    def with_idle_bits(self) -> str:
        """The last character of a signature has four bits that say nothing: the same bytes, written otherwise."""
        last = ALPHABET.index(self.genuine.ours[-1]) ^ self.chance.randint(1, 15)
        return self.genuine.ours[:-1] + ALPHABET[last]

    def truncated(self) -> str:
        ours = self.genuine.ours
        return self.chance.choice(
            [
                ours[: self.chance.randrange(len(ours) - 1)],
                ours[self.chance.randrange(1, len(ours)) :],
                ours + self.chance.choice([".", "A" * 4, ".x", "=" * 3]),
                ours[::-1],
            ]
        )

    def with_anothers_signature(self) -> str:
        others = [self.genuine.of_program, self.genuine.exchanged, self.genuine.id_token]
        ours, taken = self.genuine.ours.split("."), self.chance.choice(others).split(".")
        theirs = self.chance.choice([{2}, {1}, {1, 2}])
        return ".".join(taken[place] if place in theirs else ours[place] for place in range(3))

    def with_a_claim_twice(self) -> str:
        """Signed by another, since identity writes none twice."""
        name = self.chance.choice(["sub", "aud", "exp", "iss"])
        twice = json.dumps(self.claims())[:-1] + f', "{name}": {json.dumps(self.claims()[name])}}}'
        head, _, tail = self.genuine.ours.split(".")
        return f"{head}.{part(twice.encode())}.{tail}"

    def with_claims_put_in(self) -> str:
        head, _, tail = self.genuine.ours.split(".")
        changed: dict[str, Any] = {self.chance.choice(["scope", "sid", "exp", "client"]): self.chance.randint(0, 10**9)}
        return f"{head}.{part(self.claims(**changed))}.{tail}"

    def no_access_token_of_ours(self) -> str:
        genuine = self.genuine
        kinds = [genuine.of_program, genuine.exchanged, genuine.id_token, genuine.refresh, genuine.session]
        return self.chance.choice(kinds)


@pytest.fixture
async def forger(provider: Provider) -> Forger:
    """Somebody with a genuine token of each kind, and with identity's key for what is genuine but for one thing."""
    keyring = Keyring(provider.app.database, SEALER)
    key = await keyring.signing()
    tokens = await provider.signed_in(client=str(provider.company))
    ours = (await provider.bearer())["Authorization"].removeprefix("Bearer ")
    exchanged = (await provider.exchange(ours, by=("", ""), scope="openid")).json()["access_token"]
    genuine = Genuine(
        ours=ours,
        of_program=tokens["access_token"],
        exchanged=exchanged,
        id_token=tokens["id_token"],
        refresh=tokens["refresh_token"],
        session="fullmakt_session_x",
        public=ECKey.import_key((await keyring.published())[0]),
    )
    return Forger(genuine, key, provider.anna)


async def test_of_ten_thousand_forged_tokens_none_is_accepted(provider: Provider, forger: Forger) -> None:
    reader: TokenReader = provider.app.app.state.tokens
    assert (await reader.read(forger.genuine.ours)).id == provider.anna
    assert (await reader.read(forger.signed({}, forger.claims()))).id == provider.anna, "forged well but for one thing"

    accepted = []
    for how, token in forger.all():
        try:
            await reader.read(token)
        except Unauthenticated:
            continue
        accepted.append((how, token))

    assert accepted == []


async def test_over_http_too_a_forged_token_is_nobody(provider: Provider, forger: Forger) -> None:
    good = {forger.genuine.of_program, forger.genuine.exchanged}
    forged = [token for _, token in forger.all() if token.isascii() and token.isprintable()]
    for token in forger.chance.sample(forged, SAMPLE):
        headers = {"Authorization": f"Bearer {token}"}
        assert (await provider.app.call("GET", "/identity/v1/me", headers=headers)).status_code == 401
        if token in good or not token:
            continue
        assert (await provider.app.call("GET", "/identity/userinfo", headers=headers)).status_code == 401
        assert await provider.introspected(token) == {"active": False}
        assert (await provider.exchange(token)).json()["error"] == "invalid_request"
