"""Pages for people. What comes from a message is escaped; a mail's own HTML sits in a frame that may nothing."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType

from libs.local.catchers.messages import Message

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def list_page(messages: list[Message]) -> Response[str]:
    """Show what was caught, newest first."""
    return _render("list.html", messages=messages[::-1])


def view_page(message: Message) -> Response[str]:
    """Show one message."""
    return _render("view.html", message=message)


def mail_page(message: Message) -> Response[str]:
    """Return a mail's own HTML, for the frame; the browser runs no script of it and loads nothing for it."""
    return Response(message.html, media_type=MediaType.HTML, headers=HEADERS | {"Content-Security-Policy": MAIL_POLICY})


def _render(template: str, **values: object) -> Response[str]:
    content = _templates.get_template(template).render(**values)
    return Response(content, media_type=MediaType.HTML, headers=HEADERS)
