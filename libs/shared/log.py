"""Logs as one JSON object a line, with the trace they belong to.

What is logged are ids, counts and codes; names, addresses, bodies and tokens never are.
"""

import logging
import sys
import sysconfig
from datetime import UTC, datetime
from typing import Any

import msgspec

from libs.shared.trace import current_trace

FOREIGN = (*{sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")}, "<")
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}


class JsonFormatter(logging.Formatter):
    """Renders a record as JSON; what was given as `extra` becomes fields of their own."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self.process,
            "message": self.message(record),
            "trace": current_trace.get(),
        }
        fields |= {name: value for name, value in record.__dict__.items() if name not in STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = self.describe(record.exc_info[1])
            fields["where"] = self.where(record.exc_info[1])
        return msgspec.json.encode(fields, enc_hook=str).decode()

    @staticmethod
    def message(record: logging.LogRecord) -> str:
        """What is told; of asyncio's own reports the first line alone, since the others show errors whole."""
        message = record.getMessage()
        return message.partition("\n")[0] if record.name == "asyncio" else message

    @staticmethod
    def describe(error: BaseException) -> str:
        """The kind of error alone: messages of databases and servers quote rows and addresses."""
        if isinstance(error, BaseExceptionGroup):
            return f"{type(error).__name__}: {', '.join(map(JsonFormatter.describe, error.exceptions))}"
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        return type(error).__name__ if state is None else f"{type(error).__name__} {state}"

    @staticmethod
    def where(error: BaseException) -> list[str]:
        """Our own calls that led to the error (of a group, to its first) and the innermost, without any values."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        calls: list[str] = []
        innermost = ""
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            innermost = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
            if not code.co_filename.startswith(FOREIGN):
                calls.append(innermost)
            trace = trace.tb_next
        return [*calls[-8:], *([innermost] if innermost not in calls[-1:] else [])]


def set_up_logging(process: str, level: str) -> None:
    """Send all logs of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(process))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("uvicorn.access", "httpx", "httpcore", "aiosmtplib"):
        logging.getLogger(chatty).setLevel("WARNING")
