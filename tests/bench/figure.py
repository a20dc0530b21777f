"""A figure: ours, its floor measured beside it, and the goal for their ratio."""

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`ours` and `floor` are medians in `unit`; `ratio` is ours / floor."""

    name: str
    unit: str
    ours: float
    floor: float
    ratio: float
    goal: str
    holds: bool


def at_most(name: str, unit: str, *, ours: float, floor: float, times: float) -> Figure:
    """A figure that should be at most so many times its floor."""
    ratio = ours / floor
    return Figure(
        name=name, unit=unit, ours=ours, floor=floor, ratio=ratio, goal=f"≤ {times:g} × floor", holds=ratio <= times
    )


def at_least(name: str, unit: str, *, ours: float, floor: float, times: float) -> Figure:
    """A figure, of more the better, that should be at least so many times its floor."""
    ratio = ours / floor
    return Figure(
        name=name, unit=unit, ours=ours, floor=floor, ratio=ratio, goal=f"≥ {times:g} × floor", holds=ratio >= times
    )
