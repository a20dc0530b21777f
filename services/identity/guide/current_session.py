"""Examples: whether a token is still good."""

from libs.shared.openapi.guide import Example, example_id
from services.identity.guide.story import ANNA
from services.identity.views.current_session import CurrentSessionView

EXAMPLES = {
    "getCurrentSession": Example(
        answer=CurrentSessionView(subject=f"person:{ANNA}", session_id=example_id("session of anna"))
    ),
}
