"""What all rows of identity have in common."""

from sqlalchemy.orm import DeclarativeBase

from libs.shared.database import TYPES


class Base(DeclarativeBase):
    """Rows of identity."""

    type_annotation_map = TYPES
