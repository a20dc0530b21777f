"""Errors of calls: the families, and one class for each `code` that a service answers with."""

from fullmakt.client.errors import codes
from fullmakt.client.errors.base import (
    ApiError,
    ConflictError,
    FieldError,
    ForbiddenError,
    FullmaktError,
    InvalidError,
    NoAnswerError,
    NotFoundError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from fullmakt.client.errors.codes import *  # noqa: F403 - all codes

__all__ = [
    "ApiError",
    "ConflictError",
    "FieldError",
    "ForbiddenError",
    "FullmaktError",
    "InvalidError",
    "NoAnswerError",
    "NotFoundError",
    "TooManyRequestsError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnexpectedAnswerError",
]
__all__ += codes.__all__
