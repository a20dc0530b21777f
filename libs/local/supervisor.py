"""The process above all others: starts them, brings back who falls, takes them down in order.

It has neither threads nor an event loop, so that it may fork at any time; it waits in `sigtimedwait`.
Run it as `python -m libs.local.supervisor --home DIR`; `System` does.
"""

import argparse
import gc
import logging
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

from libs.local.account import postgres_account
from libs.local.children import DRAIN, Forked, Watched, fork
from libs.local.health import answers
from libs.local.home import HOME_IN_USE, Home, HomeInUse, read_held, write_held
from libs.local.layout import Layout
from libs.local.parts import Parts, import_services
from libs.local.ports import DEFAULTS, choose_ports
from libs.local.postgres import Cluster

LOOK = signal.SIGUSR1  # who is to be kept stopped has changed
WAITED_FOR = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, LOOK}
LEAVING = {signal.SIGTERM, signal.SIGINT}
CHECK_PARENT = 0.25  # seconds between looks whether our own parent lives
CHECK_READY = 0.02
_log = logging.getLogger("supervisor")


class Supervisor:
    """Runs the parts until told to leave."""

    def __init__(self, parts: Parts, *, parent: int | None, ready: int | None) -> None:
        """Start nothing yet.

        `parent`: leave when this process is no longer our parent.
        `ready`: a file descriptor that gets a byte when all is ready.
        """
        self._parts, self._parent, self._ready = parts, parent, ready
        self._status = parts.status()
        write_held(parts.home.path, set())
        close = [parts.home.lock] + ([ready] if ready is not None else [])
        self._servers = parts.servers()
        self._tools = [parts.catcher(close), parts.control(close)]
        self._processes = parts.processes(close)
        self._unready = parts.health()

    @property
    def _all(self) -> list[Watched]:
        return [*self._servers, *self._tools, *self._processes]

    def run(self) -> None:
        """Start everything, keep it running, and return once all has been stopped."""
        try:
            self._start_servers()
            signal.pthread_sigmask(signal.SIG_BLOCK, WAITED_FOR)
            while not self._leaving():
                self._look_after()
        finally:
            self._stop()

    def _start_servers(self) -> None:
        postgres, nats = self._servers
        process = self._parts.cluster.server.start()
        postgres.adopt(process, time.monotonic())
        self._parts.cluster.bring_up_to_date(self._parts.layout)
        started = self._parts.nats.spawn()
        nats.adopt(started, time.monotonic())
        self._parts.nats.wait(started)
        self._tell()

    def _leaving(self) -> bool:
        """Wait for a child's end, for what is due next, or for the word to leave."""
        got = signal.sigtimedwait(WAITED_FOR, self._longest_wait())
        orphaned = self._parent is not None and os.getppid() != self._parent
        return orphaned or (got is not None and got.si_signo in LEAVING)

    def _longest_wait(self) -> float:
        now = time.monotonic()
        due = [max(0.0, watched.due - now) for watched in self._all if watched.due is not None]
        return min([CHECK_READY if self._status.state == "starting" else CHECK_PARENT, *due])

    def _look_after(self) -> None:
        now = time.monotonic()
        changed = [watched for watched in self._all if watched.ended(now)]
        changed += self._mind_held(now)
        for watched in self._all:
            if watched.due is not None and watched.due <= now:
                watched.launch(now)
                changed.append(watched)
        if self._status.state == "starting" and self._is_ready():
            self._status.state = "ready"
            self._tell()
            self._say_ready()
        elif changed:
            self._tell()

    def _mind_held(self, now: float) -> list[Watched]:
        """Stop who is to be kept stopped and let go who was; returns whose lot has changed."""
        held = read_held(self._parts.home.path)
        changed = [watched for watched in self._all if (watched.name in held) != (watched.name in self._status.held)]
        for watched in self._all:
            watched.hold(now) if watched.name in held else watched.release(now)
        self._status.held = sorted(held)
        return changed

    def _is_ready(self) -> bool:
        if any(watched.pid is None for watched in self._all):
            return False
        self._unready = [url for url in self._unready if not answers(url)]
        return not self._unready

    def _say_ready(self) -> None:
        _log.info("ready")
        if self._ready is not None:
            os.write(self._ready, b"\n")

    def _tell(self) -> None:
        self._status.pids = {"supervisor": os.getpid()} | {w.name: w.pid for w in self._all if w.pid is not None}
        self._status.starts = {watched.name: watched.starts for watched in self._all}
        self._parts.home.tell(self._status)

    def _stop(self) -> None:
        """Take down services first, then what they send to, then where they keep things."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WAITED_FOR)
        self._status.state = "stopping"
        self._tell()
        postgres, nats = self._servers
        end(self._processes, DRAIN)
        end([*self._tools, nats], 5)
        end([postgres], DRAIN)
        self._parts.cluster.remove_sockets()
        self._status.state, self._status.pids = "stopped", {}
        self._parts.home.tell(self._status)
        _log.info("stopped")


def refuse_threads() -> None:
    """Raise RuntimeError if an import has started a thread: what it holds at a fork would be locked in the child."""
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError(f"something that was imported runs threads: {threading.enumerate()}")


def end(watched: list[Watched], timeout: float) -> None:
    """Ask them to end, wait for all to go for up to `timeout` seconds, then kill; a second Ctrl-C kills at once."""
    for it in watched:
        it.send(it.polite)
    deadline = time.monotonic() + timeout
    while not all(it.is_gone() for it in watched) and time.monotonic() < deadline:
        got = signal.sigtimedwait(WAITED_FOR, 0.05)
        if got is not None and got.si_signo in LEAVING:
            break
    for it in watched:
        it.send(signal.SIGKILL)
    while not all(it.is_gone() for it in watched):
        signal.sigtimedwait({signal.SIGCHLD}, 0.05)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the whole system on this machine, in the foreground.")
    parser.add_argument("--home", type=Path, required=True, help="folder for data, logs and secrets")
    parser.add_argument("--ports", choices=["default", "free"], default="default")
    parser.add_argument("--quick", action="store_true", help="give up durability over a power cut, for tests")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="stop when this parent process ends")
    parser.add_argument("--ready-fd", type=int, help="write a byte to this descriptor when ready")
    parser.add_argument("--temporary", action="store_true", help="remove the home if the parent is not there to do so")
    parser.add_argument("--package", default=Layout().package, help="where the services lie")
    parser.add_argument("--serve", default=Layout().serve, help="module that runs a service")
    return parser.parse_args()


def _copy_template(home: Home, layout: Layout, *, durable: bool) -> Forked:
    """Make a new home's databases while we import; if that fails, `Parts` meets with the same and says so."""

    def copy() -> None:
        Cluster.prepare(home.path, durable=durable, layout=layout, log=home.log("postgres"))

    return fork("template", copy, log=home.log("supervisor"), env=dict(os.environ), close=[])


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    arguments = _arguments()
    os.umask(0o077)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    _log.setLevel(logging.INFO)
    try:
        home = Home(arguments.home, postgres_account())
    except HomeInUse as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(HOME_IN_USE)
    layout = Layout(arguments.package, arguments.serve)
    copying = _copy_template(home, layout, durable=not arguments.quick)
    import_services(layout)
    os.waitpid(copying.pid, 0)
    parts = Parts(home, layout, choose_ports(DEFAULTS, arguments.ports), durable=not arguments.quick)
    refuse_threads()
    gc.freeze()  # what is imported stays shared between the forks
    Supervisor(parts, parent=arguments.with_parent, ready=arguments.ready_fd).run()
    if arguments.temporary and os.getppid() != arguments.with_parent:
        shutil.rmtree(home.path)


if __name__ == "__main__":
    main()
