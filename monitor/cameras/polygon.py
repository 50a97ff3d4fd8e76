"""Polygons in a picture, as shares of its width and height: pure.

``monitor/web/zones.ts`` tells the same of what is drawn, before it is saved.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
"""Of the picture's width or height, from its upper left corner."""
Point = tuple[Share, Share]
Polygon = tuple[Point, ...]
Edge = tuple[Point, Point]


def area(polygon: Polygon) -> float:
    """As a share of the picture (Gauss's trapezoids); of one that does not cross itself."""
    return abs(sum(x * down - across * y for (x, y), (across, down) in _edges(polygon))) / 2


def crosses_itself(polygon: Polygon) -> bool:
    """Whether its border meets itself anywhere, be it in one point.

    What lies inside twice would be filled by nobody: under a mask it would be bare.
    """
    edges = [(one, other) for one, other in _edges(polygon) if one != other]
    return any(
        _turns_back(edge, edges[(n + 1) % len(edges)])
        or any(_meet(edge, other) for other in edges[n + 2 : len(edges) - (n == 0)])
        for n, edge in enumerate(edges)
    )


def _edges(polygon: Polygon) -> list[Edge]:
    return list(pairwise([*polygon, *polygon[:1]]))


def _turns_back(one: Edge, following: Edge) -> bool:
    """Whether the second edge lies on the first, which ends where it begins."""
    (begins, corner), (_, ends) = one, following
    ahead = (corner[0] - begins[0]) * (ends[0] - corner[0])
    ahead += (corner[1] - begins[1]) * (ends[1] - corner[1])
    return _side(begins, corner, ends) == 0 and ahead < 0


def _meet(one: Edge, other: Edge) -> bool:
    """Whether two edges have a point in common."""
    across = _side(*one, other[0]) * _side(*one, other[1])
    back = _side(*other, one[0]) * _side(*other, one[1])
    return across <= 0 and back <= 0 and _overlap(one, other, 0) and _overlap(one, other, 1)


def _side(begins: Point, ends: Point, point: Point) -> int:
    """On which side of a line a point lies: 1, -1, or 0 on it."""
    turn = (ends[0] - begins[0]) * (point[1] - begins[1])
    turn -= (ends[1] - begins[1]) * (point[0] - begins[0])
    return (turn > 0) - (turn < 0)


def _overlap(one: Edge, other: Edge, axis: int) -> bool:
    """Edges on one line meet only where they lie beside each other on both axes."""
    least, most = sorted(point[axis] for point in one)
    return least <= max(point[axis] for point in other) and most >= min(
        point[axis] for point in other
    )
