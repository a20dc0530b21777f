import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from fullmakt.cloudevents import Envelope, NotAnEvent, decode_body, from_headers, to_headers
from fullmakt.events import CONTRACTS, subjects_of


def envelope(**given: object) -> Envelope:
    fields = {
        "id": uuid4(),
        "source": "/fullmakt/identity",
        "type": "identity.invitation.sent.v1",
        "subject": uuid4(),
        "time": datetime(2026, 11, 21, 18, 0, 0, 123456, tzinfo=UTC),
        "version": 1,
        "actor": "system",
        "traceparent": None,
    }
    return Envelope(**(fields | given))  # type: ignore[arg-type]


def test_an_envelope_comes_back_as_it_went() -> None:
    sent = envelope(traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01", version=2**63 - 1)

    assert from_headers(to_headers(sent)) == sent


@pytest.mark.parametrize(
    "odd", ["a b", '"', "100%", "%41", "å ä ö", "\r\nce-actor: system", "\0", "🦉", " x ", "a\tb", "ÿ"]
)
def test_odd_characters_are_percent_encoded_and_come_back(odd: str) -> None:
    headers = to_headers(envelope(actor=odd, source=odd))

    assert all(0x20 < ord(character) < 0x7F and character != '"' for character in headers["ce-actor"])
    assert (from_headers(headers).actor, from_headers(headers).source) == (odd, odd)


def test_names_of_headers_may_be_of_any_case_and_others_are_left_alone() -> None:
    sent = envelope()
    headers = {name.upper(): value for name, value in to_headers(sent).items()} | {
        "Nats-Msg-Id": "1",
        "id": "no",
        "version": "no",
    }

    assert from_headers(headers) == sent


def test_a_time_of_any_zone_is_the_same_moment() -> None:
    sent = envelope(time=datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))))

    assert from_headers(to_headers(sent)).time == sent.time


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time", "version", "actor"])
def test_without_an_attribute_it_is_no_event(name: str) -> None:
    headers = to_headers(envelope())
    del headers[f"ce-{name}"]
    with pytest.raises(NotAnEvent):
        from_headers(headers)


@pytest.mark.parametrize("version", ["0", "-1", "x", "", "1.5", str(2**63), "9" * 40])
def test_a_version_is_a_whole_number_from_one_on(version: str) -> None:
    with pytest.raises(NotAnEvent):
        from_headers(to_headers(envelope()) | {"ce-version": version})


def test_whatever_the_headers_are_it_is_an_envelope_or_no_event() -> None:
    chance = random.Random(1)  # noqa: S311
    good = to_headers(envelope())
    for _ in range(3000):
        name = chance.choice(list(good))
        junk = "".join(chr(chance.randrange(1, 0x300)) for _ in range(chance.randrange(12)))
        with suppress(NotAnEvent):
            from_headers(good | {name: junk})
    nothings: tuple[dict[str, str] | None, ...] = (None, {})
    for nothing in nothings:
        with pytest.raises(NotAnEvent):
            from_headers(nothing)


def test_an_unknown_type_has_no_event() -> None:
    assert decode_body("identity.invitation.revoked.v1", b"{}") is None


def test_every_contract_is_in_a_subject_of_its_stream() -> None:
    for type_, contract in CONTRACTS.items():
        wildcards = [subject.removesuffix(">") for subject in subjects_of(contract.stream)]
        assert any(f"fullmakt.{type_}.x".startswith(wildcard) for wildcard in wildcards)


def test_streams_share_no_subject() -> None:
    streams = {contract.stream for contract in CONTRACTS.values()}
    all_subjects = [subject for stream in streams for subject in subjects_of(stream)]
    assert len(all_subjects) == len(set(all_subjects))
