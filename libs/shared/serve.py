"""Starting a process: `python -m libs.shared.serve api|worker|migrate|retry <service>`, or `… keep streams`."""

import asyncio
import logging
import os
import signal
import sys
from importlib import import_module
from typing import Any

import msgspec
import uvicorn
import uvloop
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy import text

from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.log import set_up_logging
from libs.shared.migrate import migrate
from libs.shared.settings import PREFIX, SettingsError, read_settings
from libs.shared.streams import keep_streams

log = logging.getLogger(__name__)

RETRY_DEAD = text("UPDATE parked SET dead = false, attempts = 0, retry_at = now() WHERE dead RETURNING thing")


def settings_of(service: str) -> Any:
    """The service's settings, read from the environment."""
    return read_settings(import_module(f"services.{service}.settings").Settings)


def run_api(service: str) -> None:
    """Serve the HTTP API until SIGTERM; requests under way are finished first."""
    settings = settings_of(service)
    set_up_logging(f"{service}-api", settings.log_level)
    app = import_module(f"services.{service}.app").create_app(settings)
    uvicorn.run(
        answering_head(app),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=8,
    )


def answering_head(app: ASGIApp) -> ASGIApp:
    """The app with HEAD for whatever has GET (RFC 9110, 9.1): the server leaves the body away by itself."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        got: Any = {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope
        await app(got, receive, send)

    return answer


def run_worker(service: str) -> None:
    """Run the worker until SIGTERM; what can't go on ends the process with status 1."""
    settings = settings_of(service)
    set_up_logging(f"{service}-worker", settings.log_level)
    worker = import_module(f"services.{service}.worker").create_worker(settings)
    sys.exit(uvloop.run(_until_told(worker)))


async def _until_told(worker: Any) -> int:
    work = asyncio.ensure_future(worker.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        return 0
    except BaseException:
        log.exception("worker ends, to be started again")
    return 1


class StreamSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the process `streams` needs to know: a NATS user who may configure streams."""

    nats_url: str
    nats_user: str
    nats_password: str
    log_level: str = "INFO"


def run_streams(process: str) -> None:
    """Keep the streams as the contracts have them, until SIGTERM."""
    settings = read_settings(StreamSettings)
    set_up_logging(process, settings.log_level)

    async def keep() -> None:
        bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
        await bus.connect()
        await keep_streams(bus)

    uvloop.run(keep())


def run_migrations(service: str) -> None:
    """Bring the service's database to its newest schema, as its owner role."""
    migrate(service, os.environ[f"{PREFIX}DATABASE_OWNER_URL"])


def retry_dead_letters(service: str) -> None:
    """Have the worker try all dead letters of the service again."""

    async def retry() -> None:
        database = Database(settings_of(service).database_url, source=service, pool_size=1)
        async with database.begin(None) as tx:
            retried = await tx.session.execute(RETRY_DEAD)
            sys.stdout.write(f"{len(retried.all())} dead letters will be tried again\n")
        await database.close()

    asyncio.run(retry())


COMMANDS = {
    "api": run_api,
    "worker": run_worker,
    "migrate": run_migrations,
    "retry": retry_dead_letters,
    "keep": run_streams,
}


def main(arguments: list[str]) -> int:
    """Run one command for one service; 2 for a command or setting that can't be used."""
    if len(arguments) != 2 or arguments[0] not in COMMANDS:
        sys.stderr.write("usage: serve api|worker|migrate|retry <service>, or: serve keep streams\n")
        return 2
    try:
        COMMANDS[arguments[0]](arguments[1])
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
