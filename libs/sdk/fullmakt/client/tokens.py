"""The access token of a client while it is good."""

from collections.abc import Callable
from dataclasses import dataclass

from fullmakt.client.credentials import is_token
from fullmakt.client.errors.base import UnexpectedAnswerError
from fullmakt.client.models.identity import TokenView

SPARE = 30.0
"""Seconds before its end that a token is renewed; a fifth of its life if that is less."""
LONGEST = 24 * 3600
"""Seconds that a token is kept for at most, whatever is said of it."""


@dataclass(frozen=True, repr=False)
class KeptToken:
    """A token and until when, by the clock, it is used."""

    value: str
    until: float

    @classmethod
    def of(cls, view: TokenView, *, asked_at: float) -> "KeptToken":
        """A token as identity gave it; its life is counted from the question on, not from the answer.

        Raises UnexpectedAnswerError: it can't be sent.
        """
        if not is_token(view.access_token):
            detail = "The access token has characters that none has."
            raise UnexpectedAnswerError(200, "unexpected_answer", detail, operation="identity")
        life = max(0, min(view.expires_in, LONGEST))
        return cls(view.access_token, asked_at + life - min(SPARE, life / 5))

    def good(self, *, refused: str | None, clock: Callable[[], float]) -> bool:
        """Whether it may be used, given the token that was just refused."""
        return self.value != refused and clock() < self.until
