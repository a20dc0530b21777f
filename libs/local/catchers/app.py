"""The catcher's process: mail and HTTP in one event loop, so that both see the same messages."""

import asyncio
import logging
from pathlib import Path

import uvicorn

from libs.local.catchers.faults import Faults
from libs.local.catchers.messages import Messages
from libs.local.catchers.smtp import listen
from libs.local.catchers.web import create_app
from libs.local.ports import HOST


async def _serve(file: Path, *, web_port: int, smtp_port: int) -> None:
    caught, faults = Messages(file), Faults()
    mail = await listen(caught, faults, host=HOST, port=smtp_port)
    settings = uvicorn.Config(create_app(caught, faults), host=HOST, port=web_port, log_level="warning", lifespan="off")
    async with mail:
        await uvicorn.Server(settings).serve()


def run(file: Path, *, web_port: int, smtp_port: int) -> None:
    """Run the catcher until SIGTERM, keeping messages in `file`."""
    logging.getLogger("mail").setLevel(logging.WARNING)  # aiosmtpd's log of each session names the recipients
    asyncio.run(_serve(file, web_port=web_port, smtp_port=smtp_port))
