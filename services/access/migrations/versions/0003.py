"""The audit trail by person."""

from libs.shared.migrate import shared_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    shared_sql("0003")
