"""The cluster's roles stay in their own rooms."""

import os
import shutil
import signal
from collections.abc import Iterator

import asyncpg
import pytest

from libs.local.layout import Layout
from libs.local.postgres import Cluster, PostgresError
from libs.local.system import temporary_home

NO_SERVICES = Layout("libs.local.tests.none", "libs.local.tests.none")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    home = temporary_home()
    cluster = Cluster.start(home, durable=False, layout=NO_SERVICES)
    yield cluster
    cluster.stop()
    shutil.rmtree(home)


@pytest.mark.parametrize("database", ["identity", "postgres", "template1"])
async def test_a_role_cannot_enter_another_database(cluster: Cluster, database: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(cluster.url("clients", "app", database=database))


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE x()", "CREATE TEMP TABLE x()", "CREATE SCHEMA x", "SET ROLE clients_owner"]
)
async def test_the_app_makes_nothing_of_its_own(cluster: Cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.url("clients", "app"))

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)

    await connection.close()


async def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(cluster.url("clients", "app").replace(":", ":x", 2))


async def test_a_copied_database_serves_its_service_alone(cluster: Cluster) -> None:
    owner = await asyncpg.connect(cluster.url("clients", "owner"))
    await owner.execute(
        "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE TABLE thing (id int); GRANT SELECT ON thing TO clients_app"
    )
    await owner.close()

    cluster.create_database("copy", "clients", "clients")

    app = await asyncpg.connect(cluster.url("clients", "app", database="copy"))
    assert await app.fetch("SELECT * FROM thing") == []
    assert await app.fetchval("SELECT lower('ÅÄÖ')") == "åäö"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(cluster.url("access", "app", database="copy"))
    await app.close()
    cluster.drop_database("copy")
    with pytest.raises(PostgresError, match="does not exist"):
        cluster.execute("SELECT 1", "copy")


async def test_a_cluster_comes_back_after_a_kill_with_what_was_committed() -> None:
    home = temporary_home()
    cluster = Cluster.start(home, durable=False, layout=NO_SERVICES)
    cluster.execute("CREATE TABLE kept AS SELECT 42 AS n")
    session = await asyncpg.connect(cluster.superuser_url())  # its backend outlives the postmaster for a moment

    os.kill(cluster.pid, signal.SIGKILL)
    cluster.restart()

    assert cluster.execute("SELECT n FROM kept") == "42"
    session.terminate()
    cluster.stop()
    shutil.rmtree(home)
