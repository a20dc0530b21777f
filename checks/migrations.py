"""Whether each service's migrations make exactly the tables that its models map: `python -m checks.migrations`."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.engine import make_url

from libs.local.postgres import Cluster
from libs.shared.tables import SHARED, Xid8

ischema_names["xid8"] = Xid8
SERVICES = ("identity", "clients", "access", "notify")


def differences(service: str, owner_url: str) -> list[str]:
    """What the database has that the models lack, or the other way round; empty when they agree."""
    models = import_module(f"services.{service}.models")
    engine = sqlalchemy.create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    options = {"compare_server_default": False, "compare_type": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        both: Any = [models.Base.metadata, SHARED]  # it takes several, though its annotation says one
        found = compare_metadata(context, both)
    engine.dispose()
    return [str(difference) for difference in found if "alembic_version" not in str(difference)]


def main() -> int:
    """Compare all services on a throw-away cluster; 1 if one of them differs."""
    with tempfile.TemporaryDirectory(prefix="fullmakt-check-", dir="/var/tmp") as home:
        cluster = Cluster.start(Path(home) / "cluster", durable=False)
        found = {service: differences(service, cluster.url(service, "owner")) for service in SERVICES}
        cluster.stop()
    for service, lines in found.items():
        for line in lines:
            sys.stdout.write(f"{service}: {line}\n")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
