"""Edits of details name the version that their sender looked at: ETag and If-Match (RFC 9110, 8.8.3 and 13.1.1)."""

import re
from typing import Any

from litestar import Request

from libs.shared.errors import Conflict, Invalid

HEADER = "If-Match"
TAGS = re.compile(r'(?:(?:W/)?"[!#-~]*"\s*(?:,\s*|$))+')
TAG = re.compile(r'(?<!W/)"([!#-~]*)"')


class PreconditionRequired(Invalid):
    """Tell which version you looked at: send the ETag of what you read as If-Match."""

    status = 428


class ChangedMeanwhile(Conflict):
    """Somebody has changed this since you looked at it; read it again and repeat what still applies."""

    status = 412


def etag(version: int) -> str:
    """The ETag of a row's version."""
    return f'"{version}"'


def check_if_match(request: Request[Any, Any, Any], version: int) -> None:
    """Refuse an edit of another version than this, which is that of the row, locked.

    PreconditionRequired without If-Match; ChangedMeanwhile where it names other versions.
    """
    given = request.headers.get(HEADER, "").strip()
    if not given:
        raise PreconditionRequired(field=HEADER)
    if given == "*":
        return
    if not TAGS.fullmatch(given):
        raise Invalid('If-Match takes an ETag in quotation marks, such as "3".', field=HEADER)
    if str(version) not in TAG.findall(given):
        raise ChangedMeanwhile(field=HEADER)
