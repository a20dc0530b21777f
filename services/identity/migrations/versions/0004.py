"""A session begins in one call."""

from pathlib import Path

from libs.shared.migrate import grant_app, run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(Path(__file__).with_suffix(".sql"))
    grant_app("identity_app")
