"""The access token of a client while it is good."""

from collections.abc import Callable
from dataclasses import dataclass

from fullmakt.client.models.identity import TokenView

SPARE = 30.0
"""Seconds before its end that a token is renewed; a fifth of its life if that is less."""


@dataclass(frozen=True, repr=False)
class KeptToken:
    """A token and until when, by the clock, it is used."""

    value: str
    until: float

    @classmethod
    def of(cls, view: TokenView, *, asked_at: float) -> "KeptToken":
        """A token as identity gave it; its life is counted from the question on, not from the answer."""
        return cls(view.access_token, asked_at + view.expires_in - min(SPARE, view.expires_in / 5))

    def good(self, *, refused: str | None, clock: Callable[[], float]) -> bool:
        """Whether it may be used, given the token that was just refused."""
        return self.value != refused and clock() < self.until
