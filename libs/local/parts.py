"""What the system is made of, in the order in which it starts; it stops the other way round."""

import importlib
import signal
from collections.abc import Callable, Mapping

from libs.local.catchers import app as catcher
from libs.local.child import Child
from libs.local.children import Watched, fork
from libs.local.control import app as control
from libs.local.control.control import Control
from libs.local.control.operator import Operators
from libs.local.environment import PREFIX, environment, service_urls
from libs.local.home import Home, Status
from libs.local.layout import Layout, Service, can_import
from libs.local.nats import ADMIN, Nats
from libs.local.ports import HOST
from libs.local.postgres import Cluster
from libs.local.postgres_roles import DATABASES

IMPORTED_BY_ALL = ("litestar", "msgspec", "sqlalchemy.ext.asyncio", "nats", "uvicorn", "asyncpg", "httptools", "uvloop")


class Parts:
    """Everything there is to run, tied to one home and one choice of ports."""

    def __init__(self, home: Home, layout: Layout, ports: Mapping[str, int], *, durable: bool) -> None:
        """Prepare Postgres and NATS on disk; nothing is started."""
        self.home, self.layout, self.ports = home, layout, ports
        self.services = layout.services()
        self.cluster = Cluster.prepare(home.path, durable=durable, layout=layout, log=home.log("postgres"))
        self.nats = Nats.prepare(home.path / "nats", port=ports["nats"], log=home.log("nats"))
        self.secrets = home.secrets()

    def servers(self) -> list[Watched]:
        """Return Postgres and NATS."""
        postgres = Watched("postgres", self.cluster.server.spawn, polite=signal.SIGINT)  # cuts sessions off, keeps data
        return [postgres, Watched("nats", self.nats.spawn)]

    def control(self, close: list[int]) -> Watched:
        """Return the control API, through which tests act on all the others."""
        known = self.home.control_secrets()

        def run() -> None:
            acting = Control(self.home.path, self.nats, Operators(self.layout, known.operator_password))
            control.run(acting, token=known.token, port=self.ports["control"])

        return Watched("control", lambda: fork("control", run, log=self.home.log("control"), env={}, close=close))

    def catcher(self, close: list[int]) -> Watched:
        """Return the catcher of mails and text messages."""

        def run() -> None:
            file = self.home.path / "messages.jsonl"
            catcher.run(file, web_port=self.ports["catcher"], smtp_port=self.ports["smtp"])

        return Watched("catcher", lambda: fork("catcher", run, log=self.home.log("catcher"), env={}, close=close))

    def processes(self, close: list[int]) -> list[Watched]:
        """Return the keeper of the streams, and the apis and workers of all services."""
        found = [Watched("streams", self._keeper(close))] if can_import(self.layout.serve) else []
        for service in self.services:
            found += [Watched(f"{service.name}-{kind}", self._start(service, kind, close)) for kind in _kinds(service)]
        return found

    def _keeper(self, close: list[int]) -> Callable[[], Child]:
        admin = {"NATS_URL": self.nats.url, "NATS_USER": ADMIN, "NATS_PASSWORD": self.nats.passwords[ADMIN]}
        env = {f"{PREFIX}{name}": value for name, value in admin.items()}

        def run() -> None:
            importlib.import_module(self.layout.serve).run_streams("streams")

        return lambda: fork("streams", run, log=self.home.log("streams"), env=env, close=close)

    def _start(self, service: Service, kind: str, close: list[int]) -> Callable[[], Child]:
        name = f"{service.name}-{kind}"
        env = environment(service.name, self.ports, self.cluster, self.nats, self.secrets)

        def run() -> None:
            serve = importlib.import_module(self.layout.serve)
            getattr(serve, f"run_{kind}")(service.name)

        return lambda: fork(name, run, log=self.home.log(name), env=env, close=close)

    def health(self) -> list[str]:
        """Return where each api says whether it is ready, and where the catcher and the control API answer."""
        urls, told = service_urls(self.ports), self.status()
        ready = [f"{urls[service.name]}/health/ready" for service in self.services if service.api]
        return [*ready, f"{told.catcher}/faults", f"{told.control}/processes"]

    def status(self) -> Status:
        """Return what `system.json` says of addresses and passwords; processes are for the supervisor to add."""
        urls = service_urls(self.ports)
        return Status(
            urls={service.name: urls[service.name] for service in self.services},
            catcher=f"http://{HOST}:{self.ports['catcher']}",
            control=f"http://{HOST}:{self.ports['control']}/{self.home.control_secrets().token}",
            smtp_host=HOST,
            smtp_port=self.ports["smtp"],
            nats=self.nats.url,
            nats_passwords=self.nats.passwords,
            postgres={name: {role: self.cluster.url(name, role) for role in ("owner", "app")} for name in DATABASES},
            postgres_superuser=self.cluster.superuser_url(),
        )


def import_services(layout: Layout) -> None:
    """Import once what every child needs; in a fork it is there at no cost."""
    modules = [*IMPORTED_BY_ALL, layout.serve]
    for service in layout.services():
        modules += [f"{layout.package}.{service.name}.{part}" for part in ("app", "worker")]
    for module in modules:
        if can_import(module):
            importlib.import_module(module)


def _kinds(service: Service) -> list[str]:
    return [kind for kind, there in (("api", service.api), ("worker", service.worker)) if there]
