"""The audit trail by person; the way in to a client."""

from pathlib import Path

from libs.shared.migrate import run_sql, shared_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    shared_sql("0003")
    run_sql(Path(__file__).with_suffix(".sql"))
