"""Details, verification, client users, sessions, programs, second factors, keys."""

from pathlib import Path

from libs.shared.migrate import grant_app, run_sql, shared_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    shared_sql("0003")
    run_sql(Path(__file__).with_suffix(".sql"))
    grant_app("identity_app")
