"""How long tests wait for a whole system once its template is made, beside Postgres and NATS alone."""

import statistics
import tempfile
import time
from pathlib import Path

from fullmakt.testing.backend import Backend, from_checkout

from libs.local.nats import Nats
from libs.local.ports import choose_ports
from libs.local.postgres import Cluster
from tests.bench.figure import Figure

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
LONGEST = 5.0


def whole() -> float:
    """Seconds until every service is ready."""
    began = time.monotonic()
    backend = Backend.start(from_checkout(ROOT))
    took = time.monotonic() - began
    backend.stop()
    return took


def servers() -> float:
    """Seconds until Postgres and NATS are."""
    with tempfile.TemporaryDirectory(prefix="fullmakt-bench-", dir="/var/tmp") as folder:
        began = time.monotonic()
        cluster = Cluster.start(Path(folder) / "cluster", durable=False)
        nats = Nats.start(Path(folder) / "nats", port=choose_ports(["nats"], "free")["nats"])
        took = time.monotonic() - began
        nats.stop()
        cluster.stop()
    return took


def starting() -> Figure:
    """The figure; the first start, which may make the template, is not counted."""
    whole()
    ours, floor = zip(*((whole(), servers()) for _ in range(ROUNDS)), strict=True)
    seconds, bare = statistics.median(ours), statistics.median(floor)
    return Figure(
        name="a whole system for tests starts",
        unit="s",
        ours=seconds,
        floor=bare,
        ratio=seconds / bare,
        goal=f"≤ {LONGEST:g} s",
        holds=seconds <= LONGEST,
    )
