"""The control API's process."""

import asyncio

import uvicorn

from libs.local.control.control import Control
from libs.local.control.web import create_app
from libs.local.ports import HOST


def run(control: Control, *, token: str, port: int) -> None:
    """Run the control API until SIGTERM; it is found under `/<token>` alone."""
    settings = uvicorn.Config(
        create_app(control, token), host=HOST, port=port, log_level="warning", access_log=False, lifespan="off"
    )
    asyncio.run(uvicorn.Server(settings).serve())
