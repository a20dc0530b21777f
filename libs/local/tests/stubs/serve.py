"""Stands in for libs.shared.serve: answers readiness, and repeats its settings so that a test can read them."""

import os
import signal
import sys

import msgspec
import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope


async def _app(_scope: Scope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    settings = {name: value for name, value in os.environ.items() if name.startswith("FULLMAKT_")}
    body = msgspec.json.encode(settings)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def run_api(service: str) -> None:
    """Answer every request until SIGTERM."""
    if reason := os.environ.get("STUB_FAILS"):
        raise RuntimeError(reason)
    sys.stdout.write(f"api of {service}\n")
    port = int(os.environ["FULLMAKT_PORT"])
    uvicorn.run(_app, host=os.environ["FULLMAKT_HOST"], port=port, lifespan="off", log_level="warning")


def run_streams(process: str) -> None:
    """Wait for SIGTERM."""
    run_worker(process)


def run_worker(service: str) -> None:
    """Wait for SIGTERM; for SIGUSR1 stumble."""
    sys.stdout.write(f"worker of {service}\n")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1})
    if signal.sigwait({signal.SIGTERM, signal.SIGUSR1}) == signal.SIGUSR1:
        raise RuntimeError("stumbled")
