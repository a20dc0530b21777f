"""A whole running Fullmakt for tests of services that use it: the fixtures `fullmakt` and `own_fullmakt`.

The names here are for annotations; each is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fullmakt.testing.events import Received
    from fullmakt.testing.faults import NotYourOwn
    from fullmakt.testing.messages import Message
    from fullmakt.testing.parties import Agency, Company, Link, LinkRequest, Person
    from fullmakt.testing.sandbox import Sandbox

MODULES = {
    "Agency": "parties",
    "Company": "parties",
    "Link": "parties",
    "LinkRequest": "parties",
    "Message": "messages",
    "NotYourOwn": "faults",
    "Person": "parties",
    "Received": "events",
    "Sandbox": "sandbox",
}

__all__ = ["Agency", "Company", "Link", "LinkRequest", "Message", "NotYourOwn", "Person", "Received", "Sandbox"]


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return getattr(import_module(f"fullmakt.testing.{MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
