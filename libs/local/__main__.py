"""`python -m libs.local run|demo|clock`: the system in the foreground, its main job as a demo, its business time."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
from datetime import timedelta
from pathlib import Path

from libs.local.account import passable, postgres_account, private_folder
from libs.local.cache import cache_folder
from libs.local.clock import hours_ahead, move_clock
from libs.local.demo.caller import Unexpected
from libs.local.demo.data import demo_data, left_unfinished
from libs.local.demo.main import demo as run_demo
from libs.local.home import HomeInUse, Status, is_held, read_status
from libs.local.system import NotReady, System


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m libs.local", description="The whole system on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run it in the foreground until Ctrl-C")
    run.add_argument("--home", type=Path, help="folder for data, logs and secrets; .fullmakt/ here unless told")
    run.add_argument("--free-ports", action="store_true", help="leave the well-known ports alone")
    run.add_argument("--timeout", type=float, default=120, help="seconds to wait until ready")
    demo = commands.add_parser("demo", help="start it, do the main job, and stop it")
    demo.add_argument("companies", type=Path, help="CSV of companies: name,country,organisation_number")
    demo.add_argument("--home", type=Path, help="folder for data, logs and secrets, kept; a temporary one unless told")
    clock = commands.add_parser("clock", help="move the business time of a running system forward")
    clock.add_argument("ahead", type=hours_ahead, help="how far ahead of real time, such as 169h or 7d")
    clock.add_argument("--home", type=Path, help="the running system's folder")
    arguments = parser.parse_args()
    if arguments.command == "clock":
        sys.exit(_move_clock(arguments.home or default_home(), arguments.ahead))
    if arguments.command == "demo":
        sys.exit(run_demo(arguments.companies, home=arguments.home))
    try:
        _run(arguments.home or default_home(), free_ports=arguments.free_ports, timeout=arguments.timeout)
    except (HomeInUse, NotReady, Unexpected) as error:
        sys.exit(str(error))
    except ExceptionGroup as group:
        sys.exit("\n".join(str(error) for error in group.exceptions))
    except KeyboardInterrupt:
        sys.exit("Stopped before all was ready.")


def _move_clock(home: Path, ahead: timedelta) -> int:
    if not is_held(home):
        sys.stderr.write(f"no system is running in {home}\n")
        return 1
    asyncio.run(move_clock(read_status(home), ahead))
    _say(f"business time is {ahead} ahead of real time (or further, if it was before)")
    return 0


def default_home() -> Path:
    """Return `.fullmakt/` here, or (where the Postgres user can't get to it) a folder in the cache."""
    account = postgres_account()
    here = Path.cwd()
    if passable(here, account):
        return here / ".fullmakt"
    return private_folder(cache_folder(account) / "run", account)


def _run(home: Path, *, free_ports: bool, timeout: float) -> None:
    _leave_on_sigterm()
    if left_unfinished(home) and not is_held(home):
        _say("The first start here was broken off; beginning anew.")
        shutil.rmtree(home)
    _say(f"Starting in {home} ...")
    with System.start(home, ports="free" if free_ports else "default", timeout=timeout) as system:
        after_ready(system)
        _say(addresses(system.status(), home))
        try:
            signal.pause()
        except KeyboardInterrupt:
            _say("\nStopping ...")
    _say(f"Stopped. Everything is kept in {home}.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _leave_on_sigterm() -> None:
    """Have SIGTERM do what Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def after_ready(system: System) -> None:
    """Make demo data at a home's first start, and say who can sign in."""
    data = demo_data(system)
    rows = [(sign_in.who, sign_in.email, sign_in.organisation) for sign_in in data.sign_ins]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = (f"  {who:<{widths[0]}}  {email:<{widths[1]}}  {at}" for who, email, at in rows)
    _say("\n".join(["", f"Sign-ins, all with the password {data.password}", *lines]))


def addresses(status: Status, home: Path) -> str:
    """Return a table of where everything is."""
    rows = [("Portal", status.urls["portal"])] if "portal" in status.urls else []
    rows += [(f"{name} API", f"{url}/openapi.json") for name, url in status.urls.items() if name != "portal"]
    rows += [
        ("Mails and texts", status.catcher),
        ("Control, for tests", status.control),
        ("SMTP", f"{status.smtp_host}:{status.smtp_port}"),
        ("NATS", status.nats),
        ("Postgres", _without_password(status.postgres_superuser)),
        ("Passwords, process ids", str(home / "system.json")),
        ("Logs", str(home / "log") + os.sep),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(["", *(f"  {name:<{width}}  {where}" for name, where in rows), "", "Ctrl-C stops it."])


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    credentials, _, where = rest.partition("@")
    return f"{scheme}://{credentials.partition(':')[0]}@{where}"


if __name__ == "__main__":
    main()
