import asyncio
import json
import logging
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from libs.shared.database import Database, violated_constraint
from libs.shared.log import JsonFormatter

ADD = "INSERT INTO person (id, email, operator, version) VALUES (CAST(:id AS uuid), 'anna@company.test', false, 1)"


def line(error: BaseException, message: str = "request failed", name: str = "libs.shared.web") -> str:
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, (), (type(error), error, error.__traceback__))
    return JsonFormatter("test").format(record)


async def test_a_violated_constraint_is_logged_without_statement_row_or_address(db: Database) -> None:
    await add_anna(db)
    with pytest.raises(IntegrityError) as raised:
        await add_anna(db)
    error = raised.value
    assert "anna@company.test" in str(error), "the error itself would tell"
    assert violated_constraint(error) == "person_email"

    told = line(error)

    assert "anna@" not in told
    assert "INSERT" not in told
    fields = json.loads(told)
    assert fields["error"] == "IntegrityError 23505"
    assert [call.split()[1] for call in fields["where"]][:2] == [
        "test_a_violated_constraint_is_logged_without_statement_row_or_address",
        "add_anna",
    ]


async def add_anna(db: Database) -> None:
    id_ = uuid4()
    async with db.begin(id_) as tx:
        await tx.session.execute(text(ADD), {"id": id_})


async def test_an_error_of_a_task_nobody_waited_for_is_logged_without_its_text() -> None:
    async def fails() -> None:
        raise ValueError("anna@company.test")

    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(JsonFormatter("test").format(record))  # type: ignore[method-assign]
    logging.getLogger("asyncio").addHandler(handler)
    task = asyncio.ensure_future(fails())
    await asyncio.wait([task])
    del task
    logging.getLogger("asyncio").removeHandler(handler)

    [told] = heard
    assert "anna" not in told
    assert "never retrieved" in told
    assert json.loads(told)["error"] == "ValueError"


def test_a_group_of_errors_tells_each_of_them() -> None:
    async def fails() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(breaks())

    async def breaks() -> None:
        raise ConnectionRefusedError(111, "anna@company.test")

    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(fails())

    fields = json.loads(line(raised.value))
    assert fields["error"] == "ExceptionGroup: ConnectionRefusedError"
    assert fields["where"][-1].endswith("breaks")


def test_extra_fields_and_odd_values_are_one_line_of_json() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\nb", (), None)
    thing = uuid4()
    record.__dict__["thing"] = thing

    told = JsonFormatter("test").format(record)

    assert "\n" not in told
    assert json.loads(told)["thing"] == str(thing)
