"""Copies of organisations, people, members and links; clients, administration, programs, grants, jobs."""

from pathlib import Path

from alembic import op

from libs.shared.migrate import grant_app, run_sql, shared_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    shared_sql("0001")
    run_sql(Path(__file__).with_suffix(".sql"))
    grant_app("access_app")
    op.execute("REVOKE INSERT, UPDATE, DELETE ON program FROM access_app")
