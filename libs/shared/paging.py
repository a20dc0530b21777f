"""Pages of a list: opaque cursors for the reader, and a Link header to the next page (RFC 8288)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar.datastructures import URL
from litestar.params import QueryParameter

from libs.shared.errors import Invalid

T = TypeVar("T")
After = Annotated[str | None, QueryParameter(max_length=1000)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


def write_cursor(*place: object) -> str:
    """The cursor that continues after an item: its values of what the list is sorted by."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode()


def read_cursor(cursor: str, kind: type[T]) -> T:
    """Where a page goes on from, such as `tuple[datetime, UUID]`; Invalid for what is no `next` of ours."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor), type=kind)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Invalid("`after` is the `next` of an earlier page.", field="after") from error


def link_to_next(url: URL, page: Any) -> dict[str, str]:
    """Headers of an answer: if it is a page with a `next`, where that page is, as a path on the same host.

    An empty page of the feed names the place to look at again later, which is no next page yet.
    """
    following = getattr(page, "next", None)
    if following is None or not page.items:
        return {}
    others = [(name, value) for name, value in url.query_params.multi_items() if name != "after"]
    return {"Link": f'<{url.path}?{urlencode([*others, ("after", following)])}>; rel="next"'}
