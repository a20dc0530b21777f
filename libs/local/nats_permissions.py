"""What each service's NATS user may do: speak for itself, answer, and read with a durable that bears its name."""

from collections.abc import Iterable

from fullmakt.events import CONTRACTS

Permissions = dict[str, object]
SERVICES = ("identity", "clients", "access", "notify")
OWN_STREAMS = {"identity": ("identity", "people")}
PEOPLE = "people"
VENDOR = "vendor"
"""Whose own systems tell Fullmakt things, and are no service of it."""
ENDED_SESSIONS = "feed.identity.sessions"
"""The feed of ended sessions: a false beat would keep sessions alive, so identity alone may publish there."""


def permissions(service: str) -> Permissions:
    """Return a service's permissions in the server's own terms; what isn't named is refused."""
    return {
        "publish": {"allow": [*_own_words(service), *_own_streams(service), *_own_durable(service)]},
        "subscribe": {"allow": [f"ask.{service}.>", f"_INBOX_{service}.>", ENDED_SESSIONS]},
        "allow_responses": {"max": 1, "expires": "1m"},
    }


def subscriber_permissions(name: str, *, people: bool, vendor: bool = False) -> Permissions:
    """Return what a subscriber who is no service may do: read streams by durables that bear its name.

    `people`: also the stream with personal data, as the scope `people.read` has it over HTTP. `vendor`: also the stream
    of what the vendor's own systems tell, which they alone read, and write.
    """
    closed = ({PEOPLE} if not people else set()) | ({VENDOR} if not vendor else set())
    streams = sorted({contract.stream for contract in CONTRACTS.values()} - closed)
    unpin = [f"$JS.API.CONSUMER.UNPIN.{stream}.{name}" for stream in streams]
    return {
        "publish": {"allow": [*_own_durable(name, streams), *unpin, *([f"fullmakt.{VENDOR}.>"] if vendor else [])]},
        "subscribe": {"allow": [f"_INBOX_{name}.>"]},
    }


def _own_words(service: str) -> list[str]:
    """Events under its own name; questions to anyone (`ask.<asked>.<asker>.…`) as itself."""
    feeds = [ENDED_SESSIONS] if service == "identity" else []
    return [f"fullmakt.{service}.>", f"ask.*.{service}.>", *feeds]


def _own_streams(service: str) -> list[str]:
    """Reading its own streams, and erasing people from theirs; streams are made by the process `streams` alone.

    Who may configure a stream can have it republish into another's, or take in what others ask and answer.
    """
    reads = [f"$JS.API.STREAM.MSG.GET.{stream}" for stream in OWN_STREAMS.get(service, (service,))]
    return [*reads, "$JS.API.STREAM.MSG.DELETE.people"] if service == "identity" else reads


def _own_durable(name: str, streams: Iterable[str] = ("*",)) -> list[str]:
    """One durable consumer on each of these streams (`*`: on any), by the user's own name."""
    calls = ("CREATE.{}.{}", "CREATE.{}.{}.>", "DURABLE.CREATE.{}.{}", "INFO.{}.{}", "MSG.NEXT.{}.{}", "DELETE.{}.{}")
    consumer = [f"$JS.API.CONSUMER.{call.format(stream, name)}" for stream in streams for call in calls]
    # Acks are `$JS.ACK.<stream>.<durable>.…`, with domain and account before the stream where the server is newer.
    acks = [f"$JS.ACK.{before}{stream}.{name}.>" for stream in streams for before in ("", "*.*.")]
    return [*consumer, *acks, *(f"$JS.API.STREAM.INFO.{stream}" for stream in streams), "$JS.API.INFO"]
