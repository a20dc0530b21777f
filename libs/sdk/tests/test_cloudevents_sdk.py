"""What we write is read by the core of the CloudEvents SDK, and the other way round.

The SDK has no NATS binding; its HTTP binding has the same headers, but for `ce-datacontenttype`.
"""

from typing import Any

import msgspec
import pytest
from cloudevents.core.bindings.http import (
    HTTPMessage,
    from_binary_event,
    from_structured_event,
    to_binary_event,
    to_structured_event,
)
from cloudevents.core.v1.event import CloudEvent
from fullmakt.cloudevents import Envelope, decode_body, read_message, to_headers, to_structured
from fullmakt.events.examples import STORY, Example

ODD = Example(msgspec.structs.replace(STORY[0].envelope, actor='Åsa "100 %" €😀'), STORY[0].event)
EXAMPLES = [*STORY, ODD]


def attributes_of(envelope: Envelope) -> dict[str, Any]:
    """As the SDK has them."""
    attributes = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "source": envelope.source,
        "type": f"fullmakt.{envelope.type}",
        "subject": str(envelope.subject),
        "time": envelope.time,
        "datacontenttype": "application/json",
        "version": str(envelope.version),
        "actor": envelope.actor,
    }
    return attributes | ({"traceparent": envelope.traceparent} if envelope.traceparent else {})


def data_of(example: Example) -> Any:
    """The event as plain JSON."""
    return msgspec.json.decode(msgspec.json.encode(example.event))


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_sdk_reads_what_we_write_in_binary_mode(example: Example) -> None:
    headers = {name: value for name, value in to_headers(example.envelope).items() if name != "ce-datacontenttype"}

    read = from_binary_event(HTTPMessage(headers, msgspec.json.encode(example.event)))

    assert read.get_attributes() == attributes_of(example.envelope)
    assert read.get_data() == data_of(example)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_sdk_reads_what_we_write_in_structured_mode(example: Example) -> None:
    read = from_structured_event(HTTPMessage(*to_structured(example.envelope, msgspec.json.encode(example.event))))

    assert read.get_attributes() == attributes_of(example.envelope)
    assert read.get_data() == data_of(example)


@pytest.mark.parametrize("write", [to_binary_event, to_structured_event])
@pytest.mark.parametrize("example", EXAMPLES)
def test_we_read_what_the_sdk_writes(example: Example, write: Any) -> None:
    written = write(CloudEvent(attributes_of(example.envelope), data_of(example)))

    envelope, data = read_message(written.headers, written.body)

    assert envelope == example.envelope
    assert decode_body(envelope.type, data) == example.event


def test_we_read_bytes_of_the_sdk_in_structured_mode() -> None:
    example = STORY[0]
    body = msgspec.json.encode(example.event)

    written = to_structured_event(CloudEvent(attributes_of(example.envelope), body))

    assert b"data_base64" in written.body
    assert read_message(written.headers, written.body) == (example.envelope, body)
