"""Row-level security as it stands in the databases, whatever the migrations say."""

import pytest

from libs.local.postgres import Cluster
from libs.local.postgres_roles import DATABASES

OF_NO_TENANT = {"outbox", "outbox_pruned", "inbox", "parked", "business_clock", "alembic_version"}
CATALOGUES = {"access": {"program"}, "identity": {"program", "signing_key", "failures"}}
UNGUARDED = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p', 'f', 'm', 'v') AND relnamespace = 'public'::regnamespace
    AND NOT (relrowsecurity AND relforcerowsecurity)
"""
WIDE_OPEN = """
SELECT polrelid::regclass || '.' || polname FROM pg_policy
WHERE (polroles && ARRAY[0::oid, '{service}_app'::regrole::oid])
    AND 'true' IN (pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
"""
ENTITLED = """
SELECT rolname FROM pg_roles r
WHERE rolname LIKE '%\\_app' AND (
    rolsuper OR rolbypassrls OR rolcreaterole
    OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
    OR EXISTS (
        SELECT FROM pg_shdepend
        WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o'
    )
)
"""


@pytest.mark.parametrize("service", DATABASES)
def test_every_table_of_tenants_is_under_row_level_security_even_for_its_owner(cluster: Cluster, service: str) -> None:
    unguarded = set(cluster.execute(UNGUARDED, service).splitlines())

    assert unguarded == OF_NO_TENANT | CATALOGUES.get(service, set())


@pytest.mark.parametrize("service", DATABASES)
def test_no_policy_lets_the_app_see_or_write_every_row(cluster: Cluster, service: str) -> None:
    assert cluster.execute(WIDE_OPEN.format(service=service), service) == ""


def test_app_roles_are_no_superusers_bypass_nothing_own_nothing_and_are_nobody_else(cluster: Cluster) -> None:
    there = cluster.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE '%\\_app' ORDER BY 1").splitlines()

    assert there == sorted(f"{service}_app" for service in DATABASES)
    assert cluster.execute(ENTITLED) == ""
