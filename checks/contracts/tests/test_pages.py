import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fullmakt.cloudevents import to_headers
from fullmakt.events import CONTRACTS, Event
from fullmakt.events.examples import STORY, Example, examples_of
from jsonschema import Draft202012Validator, ValidationError

from checks import generated
from checks.contracts import __main__ as contracts
from checks.contracts import asyncapi, golden, page
from checks.contracts.pages import PAGES, data_schema


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in which the pages of the contracts are written and compared."""
    monkeypatch.setattr(generated, "ROOT", tmp_path)
    monkeypatch.setattr(generated, "PAGES", PAGES)
    generated.main(["--write"])
    return tmp_path


def plain(example: Example) -> Any:
    """An event as its JSON says it."""
    return msgspec.json.decode(msgspec.json.encode(example.event))


def references(within: Any) -> list[str]:
    """Every $ref in a document."""
    if isinstance(within, list):
        return [found for each in within for found in references(each)]
    if not isinstance(within, dict):
        return []
    own = [within["$ref"]] if isinstance(within.get("$ref"), str) else []
    return own + [found for each in within.values() for found in references(each)]


def at(document: Any, reference: str) -> Any:
    """What a reference within the document points to."""
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_pages_just_written_are_fresh(elsewhere: Path) -> None:
    assert (elsewhere / "docs/events.md").exists()
    assert generated.main([]) == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_stale_or_missing_is_told(
    elsewhere: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / name).write_text((elsewhere / name).read_text() + " ")
    assert generated.main([]) == 1
    (elsewhere / name).unlink()
    assert generated.main([]) == 1

    assert capsys.readouterr().out.splitlines() == [f"{name} is stale: run make generate"] * 2


def test_the_check_refuses_what_the_record_complains_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert contracts.main([]) == 0
    recorded: list[object] = []
    monkeypatch.setattr(golden, "complaints", lambda _: ["no"])
    monkeypatch.setattr(golden, "record", recorded.append)

    assert contracts.main([]) == contracts.main(["--write"]) == 1

    assert capsys.readouterr().out == "no\nno\n"
    assert recorded == []


def test_the_committed_document_is_as_the_published_asyncapi_schema_says() -> None:
    committed = (generated.ROOT / "docs/asyncapi.yaml").read_bytes()

    assert asyncapi.violations(msgspec.yaml.decode(committed)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("asyncapi", "2.6.0"),
        ("info", {"title": "no version"}),
        ("operations", {"o": {"action": "publish", "channel": {"$ref": "#/channels/c"}}}),
        ("channels", {"c": {"adress": "misspelt"}}),
        ("servers", {"nats": {"protocol": "nats"}}),
        ("components", {"messages": {"M": {"payload": {"type": "strnig"}}}}),
    ],
)
def test_the_published_schema_finds_mistakes(path: str, value: object) -> None:
    assert asyncapi.violations(asyncapi.document() | {path: value}) != []


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = asyncapi.document()

    found = references(document)

    assert len(found) > 3 * len(CONTRACTS)
    assert all(at(document, reference) for reference in found)


@pytest.mark.parametrize("contract", CONTRACTS.values())
def test_the_examples_of_a_message_fit_its_headers_and_its_payload(contract: type[Event]) -> None:
    document = asyncapi.document()
    message = document["components"]["messages"][contract.__name__]

    for example in message["examples"]:
        for part in ("headers", "payload"):
            schema = message[part] | {"components": document["components"]}
            Draft202012Validator(schema).validate(msgspec.json.decode(msgspec.json.encode(example[part])))
    wrong = to_headers(examples_of(contract)[0].envelope) | {"ce-type": "fullmakt.other.v1"}
    with pytest.raises(ValidationError):
        Draft202012Validator(message["headers"] | {"components": document["components"]}).validate(wrong)


@pytest.mark.parametrize("example", STORY)
def test_an_event_goes_to_the_address_of_its_channel(example: Example) -> None:
    address = asyncapi.document()["channels"][example.event.type]["address"]

    pattern = re.sub(r"\\\{[a-z]+\\\}", "(_|[0-9a-f-]{36})", re.escape(address))
    assert re.fullmatch(pattern, example.event.subject())


@pytest.mark.parametrize("example", STORY)
def test_the_schema_of_the_data_takes_its_examples_and_nothing_less(example: Example) -> None:
    schema = data_schema(type(example.event))
    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(plain(example))
    Draft202012Validator(schema).validate(plain(example) | {"unknown": 1})
    for name in schema["required"]:
        with pytest.raises(ValidationError):
            Draft202012Validator(schema).validate({k: v for k, v in plain(example).items() if k != name})


def test_the_page_has_every_event_with_all_its_fields_and_its_examples() -> None:
    sections = dict(
        zip(
            re.findall(r"^## (\S+\.v\d+)$", page.written(), re.MULTILINE),
            page.written().split("\n## ")[-len(CONTRACTS) :],
            strict=True,
        )
    )

    assert set(sections) == set(CONTRACTS)
    for type_, contract in CONTRACTS.items():
        assert all(f"| `{name}` |" in sections[type_] for name in contract.__struct_fields__)
        assert all(str(example.envelope.id) in sections[type_] for example in examples_of(contract))
