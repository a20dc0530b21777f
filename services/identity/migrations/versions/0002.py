"""The outbox as snapshot."""

from alembic import op

from libs.shared.migrate import shared_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    shared_sql("0002")
    op.execute("GRANT SELECT, UPDATE ON outbox_pruned TO identity_app")
