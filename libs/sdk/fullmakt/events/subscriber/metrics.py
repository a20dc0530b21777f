"""What a subscriber counts, for people and for Prometheus."""

import msgspec

HELP = {
    "received": "messages that came, those given again included",
    "handled": "events that took effect",
    "duplicates": "events that had taken effect before, and were dropped",
    "refused": "messages that are no events of their stream, and were dropped",
    "failures": "tries that failed",
    "dead": "events given up on, waiting for retry_dead_letters",
    "waiting": "events kept back behind one that failed, or until an earlier one comes",
    "behind": "events in the stream that have not been given to us yet",
    "resubscribed": "times that a subscription gone dead was made anew",
}
GAUGES = {"dead", "waiting", "behind"}


class Metrics(msgspec.Struct, kw_only=True):
    """Counts of one stream since the process began; `dead`, `waiting` and `behind` are as of now."""

    received: int = 0
    handled: int = 0
    duplicates: int = 0
    refused: int = 0
    failures: int = 0
    dead: int = 0
    waiting: int = 0
    behind: int = 0
    resubscribed: int = 0


def exposition(subscriber: str, streams: dict[str, Metrics]) -> str:
    """All of them in the text format that Prometheus reads."""
    lines: list[str] = []
    for name, help_ in HELP.items():
        kind = "gauge" if name in GAUGES else "counter"
        metric = f"fullmakt_subscriber_{name}" + ("" if kind == "gauge" else "_total")
        lines += [f"# HELP {metric} {help_}", f"# TYPE {metric} {kind}"]
        lines += [
            f'{metric}{{subscriber="{subscriber}",stream="{stream}"}} {getattr(metrics, name)}'
            for stream, metrics in sorted(streams.items())
        ]
    return "\n".join([*lines, ""])
