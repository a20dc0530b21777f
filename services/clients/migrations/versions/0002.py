"""The outbox as snapshot; link requests in the trace of their sending."""

from pathlib import Path

from alembic import op

from libs.shared.migrate import run_sql, shared_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    shared_sql("0002")
    run_sql(Path(__file__).with_suffix(".sql"))
    op.execute("GRANT SELECT, UPDATE ON outbox_pruned TO clients_app")
