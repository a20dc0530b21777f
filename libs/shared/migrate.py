"""Migrations: each service's own, run by its owner role. Migrations import no model."""

from pathlib import Path

import sqlalchemy
from alembic import command, op
from alembic.config import Config
from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parents[2]
LOCK_TIMEOUT = "5s"


def run_sql(file: Path) -> None:
    """Run a file of SQL statements within a migration."""
    op.get_bind().exec_driver_sql(file.read_text())


def shared_sql(name: str) -> None:
    """Create what every service has for itself: a numbered file of libs/shared/migrations, never edited."""
    run_sql(ROOT / "libs/shared/migrations" / f"{name}.sql")


def grant_app(app_role: str) -> None:
    """Let the app role read and write rows, and nothing else. The audit trail only grows."""
    for statement in (
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app_role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app_role}",
        f"REVOKE ALL ON alembic_version FROM {app_role}",
        f"REVOKE UPDATE, DELETE ON audit_entry FROM {app_role}",
        f"REVOKE UPDATE ON audit_name FROM {app_role}",
    ):
        op.execute(statement)


def migrate(service: str, owner_url: str) -> None:
    """Bring the service's database to its newest schema. Waits five seconds at most for a lock on a table."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    url = make_url(owner_url).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(url, connect_args={"options": f"-c lock_timeout={LOCK_TIMEOUT}"})
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
