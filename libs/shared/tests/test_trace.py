import pytest

from libs.shared.trace import child_of, current_trace, tracing

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "given", [f"00-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01-what-comes"]
)
def test_a_span_is_made_in_the_trace_that_is_given(given: str) -> None:
    version, trace, span, flags = child_of(given).split("-")

    assert (version, trace, flags) == ("00", TRACE, "01")
    assert span != SPAN


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "nonsense",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_what_cannot_be_read_begins_a_trace_of_its_own(given: str | None) -> None:
    made = child_of(given)

    assert made.split("-")[1] not in {TRACE, "0" * 32}
    assert child_of(made).split("-")[1] == made.split("-")[1]


def test_a_trace_ends_with_its_block() -> None:
    with tracing(f"00-{TRACE}-{SPAN}-01"):
        within = current_trace.get()

    assert (within or "").split("-")[1] == TRACE
    assert current_trace.get() is None
