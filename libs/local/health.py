"""Whether something answers over HTTP. No event loop and no thread: the supervisor uses it between forks."""

import http.client
from urllib.parse import urlsplit


def answers(url: str) -> bool:
    """Say whether a GET is answered with 200 within a second."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=1)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
