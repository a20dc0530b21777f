"""Copies of organisations, people, members and link requests; deliveries; notices."""

from pathlib import Path

from libs.shared.migrate import grant_app, run_sql, shared_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    shared_sql("0001")
    run_sql(Path(__file__).with_suffix(".sql"))
    grant_app("notify_app")
