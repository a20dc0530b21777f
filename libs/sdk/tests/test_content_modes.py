"""Binary and structured mode, by the examples of the CloudEvents specification itself.

Those are in its NATS binding (1.0.3-wip), its HTTP binding and its JSON format (1.0.2), and are quoted with what they
leave out ("further attributes omitted") filled in.
"""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from fullmakt.cloudevents import (
    Envelope,
    NotAnEvent,
    from_headers,
    read_attributes,
    read_message,
    to_headers,
    to_structured,
)

OURS = Envelope(
    id=UUID("9044d046-bda1-5157-b88d-2eb939ec2b8d"),
    source="/fullmakt/clients",
    type="clients.link.accepted.v1",
    subject=UUID("11480000-0000-4000-8000-000000000001"),
    time=datetime(2026, 11, 4, 8, tzinfo=UTC),
    version=2**53 + 1,
    actor="person:Åsa",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)
DATA = b'{"a":1}'
STRUCTURED = {"content-type": "application/cloudevents+json"}
IN_BINARY_MODE = {
    "ce-specversion": "1.0",
    "ce-type": "com.example.someevent",
    "ce-time": "2018-04-05T03:56:24Z",
    "ce-id": "1234-1234-1234",
    "ce-source": "/mycontext/subcontext",
    "ce-datacontenttype": "application/json",
}
COMMON = {
    "specversion": "1.0",
    "type": "com.example.someevent",
    "source": "/mycontext",
    "time": "2018-04-05T17:31:00Z",
    "comexampleextension1": "value",
    "comexampleothervalue": 5,
}
OF_THE_JSON_FORMAT: list[tuple[dict[str, Any], bytes]] = [
    (
        {"id": "A234-1234-1234", "datacontenttype": "application/vnd.apache.thrift.binary", "data_base64": "AP8="},
        b"\x00\xff",
    ),
    (
        {
            "id": "B234-1234-1234",
            "unsetextension": None,
            "datacontenttype": "application/xml",
            "data": '<much wow="xml"/>',
        },
        b'<much wow="xml"/>',
    ),
    (
        {
            "subject": None,
            "id": "C234-1234-1234",
            "datacontenttype": "application/json",
            "data": {"appinfoA": "abc", "appinfoB": 123, "appinfoC": True},
        },
        b'{"appinfoA":"abc","appinfoB":123,"appinfoC":true}',
    ),
    ({"subject": None, "id": "D234-1234-1234", "data": "I'm just a string"}, b'"I\'m just a string"'),
]


def structured(**changed: Any) -> bytes:
    """Ours in structured mode, with members changed, or left out where they are None."""
    members = msgspec.json.decode(to_structured(OURS, DATA)[1]) | changed
    return msgspec.json.encode({name: value for name, value in members.items() if value is not None})


def test_the_binary_example_of_the_nats_binding_is_read() -> None:
    attributes, data = read_attributes(IN_BINARY_MODE, b"{}")

    assert attributes == {name.removeprefix("ce-"): value for name, value in IN_BINARY_MODE.items()}
    assert data == b"{}"


def test_the_content_type_of_the_http_binding_says_what_the_data_is_too() -> None:
    headers = dict(IN_BINARY_MODE) | {"Content-Type": "application/json; charset=utf-8"}
    del headers["ce-datacontenttype"]

    attributes, _ = read_attributes(headers, b"{}")

    assert attributes["datacontenttype"] == "application/json; charset=utf-8"


def test_the_structured_example_of_the_nats_binding_which_has_no_headers_is_read() -> None:
    body = msgspec.json.encode(COMMON | {"id": "1", "data": {}})

    for headers in (None, {}, STRUCTURED):
        attributes, data = read_attributes(headers, body)
        assert (attributes["type"], data) == ("com.example.someevent", b"{}")


@pytest.mark.parametrize(("members", "data"), OF_THE_JSON_FORMAT)
def test_the_examples_of_the_json_format_are_read(members: dict[str, Any], data: bytes) -> None:
    attributes, read = read_attributes(STRUCTURED, msgspec.json.encode(COMMON | members))

    unset_left_out = {name: value for name, value in members.items() if value is not None}
    assert attributes == COMMON | {name: v for name, v in unset_left_out.items() if not name.startswith("data")} | (
        {"datacontenttype": members["datacontenttype"]} if "datacontenttype" in members else {}
    )
    assert read == data


def test_the_examples_of_percent_encoding_hold() -> None:
    odd = msgspec.structs.replace(OURS, actor="Euro € 😀")

    assert to_headers(odd)["ce-actor"] == "Euro%20%E2%82%AC%20%F0%9F%98%80"
    assert from_headers(to_headers(odd)) == odd
    for written in ("Euro%20%e2%82%ac%20%f0%9f%98%80", '"Euro%20%E2%82%AC %F0%9F%98%80"', "%45uro%20%E2%82%AC%20😀"):
        assert from_headers(to_headers(OURS) | {"ce-actor": written}).actor == "Euro € 😀"


@pytest.mark.parametrize(
    ("written", "meant"),
    [('"a \\"b\\" \\\\ c"', 'a "b" \\ c'), ('"%22"', '"'), ('"', '"'), ('""a', '""a'), ("%2525", "%25")],
)
def test_values_come_out_of_their_quotes_and_are_decoded_once(written: str, meant: str) -> None:
    assert from_headers(to_headers(OURS) | {"ce-actor": written}).actor == meant


@pytest.mark.parametrize("overlong", ["%C0%A0", "%FF", "%ED%A0%80", "a%E2%82"])
def test_what_is_no_utf_8_is_refused(overlong: str) -> None:
    with pytest.raises(NotAnEvent, match="UTF-8"):
        from_headers(to_headers(OURS) | {"ce-actor": overlong})


def test_both_modes_say_the_same() -> None:
    headers, body = to_structured(OURS, DATA)

    assert read_message(to_headers(OURS), DATA) == (OURS, DATA)
    assert read_message(headers, body) == (OURS, DATA)


@pytest.mark.parametrize(
    "content_type",
    ["application/cloudevents", "Application/CloudEvents+JSON", "application/cloudevents+json; charset=UTF-8"],
)
def test_a_content_type_of_any_writing_means_structured(content_type: str) -> None:
    assert read_message({"Content-TYPE": content_type}, structured()) == (OURS, DATA)


def test_headers_beside_a_structured_event_count_for_nothing() -> None:
    assert read_message({**STRUCTURED, "ce-id": "x", "ce-type": "com.example.other"}, structured()) == (OURS, DATA)


def test_data_may_be_base64_and_a_version_a_number() -> None:
    body = structured(data=None, data_base64=b64encode(DATA).decode(), version=OURS.version)

    assert read_message(STRUCTURED, body) == (OURS, DATA)


@pytest.mark.parametrize(
    ("headers", "body", "why"),
    [
        ({"content-type": "application/cloudevents-batch+json"}, b"[]", "single ones in JSON"),
        ({"content-type": "application/cloudevents+avro"}, structured(), "single ones in JSON"),
        (STRUCTURED, b"", "no structured event"),
        (STRUCTURED, b"[]", "no structured event"),
        (STRUCTURED, b"\xff\xfe", "no structured event"),
        (STRUCTURED, structured(actor={"a": 1}), "no structured event"),
        (STRUCTURED, structured(data=None, data_base64="%%%"), "no structured event"),
        (STRUCTURED, structured(data_base64="AP8="), "both"),
        (STRUCTURED, structured(specversion="0.3"), "0.3"),
        (STRUCTURED, structured(specversion=None), "not of 1.0"),
        (STRUCTURED, structured(id=None), "no id"),
        (STRUCTURED, structured(id=5), "id"),
        (STRUCTURED, structured(time=5), "time"),
        (STRUCTURED, structured(time="2026-11-04T08:00:00"), "time"),
        (STRUCTURED, structured(version=True), "version"),
        (STRUCTURED, structured(version=1.5), "version|structured"),
        (STRUCTURED, structured(datacontenttype="application/xml", data="<a/>"), "not JSON"),
        ({**to_headers(OURS), "ce-datacontenttype": "text/plain"}, b"a", "not JSON"),
        ({**to_headers(OURS), "ce-specversion": "0.3"}, DATA, "0.3"),
        ({**to_headers(OURS), "ce-type": "clients.link.accepted.v1"}, DATA, "none of Fullmakt's"),
        ({**to_headers(OURS), "ce-type": "fullmakt."}, DATA, "type"),
        ({**to_headers(OURS), "ce-source": ""}, DATA, "no source"),
        (IN_BINARY_MODE, b"{}", "none of Fullmakt's"),
        ({"Nats-Msg-Id": "1"}, b"{}", "no id"),
        (None, b"{}", "no id"),
    ],
)
def test_what_is_no_event_of_ours_is_refused_with_the_reason(
    headers: dict[str, str] | None, body: bytes, why: str
) -> None:
    with pytest.raises(NotAnEvent, match=why):
        read_message(headers, body)


@pytest.mark.parametrize("written", ["5", "2026-11-04", "2026-11-04T08:00:00", "yesterday", ""])
def test_a_time_says_its_offset(written: str) -> None:
    with pytest.raises(NotAnEvent, match="time"):
        from_headers(to_headers(OURS) | {"ce-time": written})
