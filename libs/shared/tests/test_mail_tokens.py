import random
from uuid import UUID

import pytest

from libs.shared.mail_tokens import is_genuine, read_token, write_token

SECRET, THING, RECIPIENT = "secret", UUID(int=1), UUID(int=2)
TOKEN = write_token(SECRET, "invitation", THING, RECIPIENT, 3)


def genuine(token: str, secret: str = SECRET, purpose: str = "invitation", generation: int = 3) -> bool:
    read = read_token(token)
    return read is not None and is_genuine(read, secret, purpose, generation)


def test_a_token_says_its_thing_and_recipient() -> None:
    read = read_token(TOKEN)

    assert read is not None
    assert (read.thing, read.recipient) == (THING, RECIPIENT)
    assert genuine(TOKEN)
    assert len(TOKEN) == 64


def test_another_purpose_generation_or_secret_is_refused() -> None:
    assert not genuine(TOKEN, purpose="link_request")
    assert not genuine(TOKEN, generation=2)
    assert not genuine(TOKEN, generation=4)
    assert not genuine(TOKEN, secret="other")


def test_any_changed_character_is_refused() -> None:
    for position in range(len(TOKEN)):
        for character in "Aa0-_":
            changed = TOKEN[:position] + character + TOKEN[position + 1 :]
            assert changed == TOKEN or not genuine(changed)


@pytest.mark.parametrize(
    "junk",
    ["", "x", TOKEN + "=", TOKEN + "A", TOKEN[:-1], TOKEN[:-1] + "=", " " + TOKEN, TOKEN + "\n", TOKEN[:63] + "å",
     TOKEN[:30] + "!" + TOKEN[30:], TOKEN[:-1] + "/", TOKEN[:-1] + "+", "\ud800" * 64,
     "\0" * 64, "\uff21" * 64, "A" * 10_000],
)  # fmt: skip
def test_junk_is_no_token(junk: str) -> None:
    assert read_token(junk) is None


def test_no_junk_is_ever_more_than_refused() -> None:
    chance = random.Random(1)  # noqa: S311
    for _ in range(5000):
        junk = "".join(chr(chance.choice((chance.randrange(128), chance.randrange(0x11000)))) for _ in range(64))
        assert not genuine(junk)
