"""Where the things of a lineage stand in a picture: in columns, from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cellbook.records import Lineage, LineageEdge, LineageNode
from cellbook.views import formatting
from cellbook.views.text import text_width

HEIGHT = 44
"""Pixels of a box."""
BETWEEN = 72
"""Pixels between two columns: room for the arrows and what they say."""
EDGE = 12
_GAP = 16
_LANE = 6
"""Pixels that are left in a column to an arrow that passes it, beside the gap."""
_LETTER = 6.8
"""Pixels of a letter, about: the font is the reader's."""
_NARROW, _WIDE = 96, 210
_LETTERS = int((_WIDE - 40) / _LETTER)
_SWEEPS = 6

_Place = str | tuple[int, int]
"""What stands in a column: a node, or an edge that passes it, by its number and the column's."""


@dataclass(frozen=True, slots=True)
class LineageBox:
    """Where a node is drawn, in pixels."""

    node_id: str
    left: float
    top: float
    width: float
    title: str
    """As much of its title, and of its detail, as there is room for."""
    detail: str

    @property
    def right(self) -> float:
        """Where arrows leave it."""
        return self.left + self.width

    @property
    def middle(self) -> float:
        """At which height arrows reach and leave it."""
        return self.top + HEIGHT / 2


@dataclass(frozen=True, slots=True)
class LineageWord:
    """What an arrow says, and where."""

    text: str
    x: float
    y: float
    first: bool
    """Whether `x` is where the text begins, as all arrows from one box say it; else its middle."""


@dataclass(frozen=True, slots=True)
class LineageArrow:
    """How an arrow goes: past the boxes that stand between its ends, not behind them."""

    path: str
    """As SVG has it."""
    x: float
    """Where it ends."""
    y: float


@dataclass(frozen=True, slots=True)
class DrawnLineage:
    """A lineage, and where what of it stands in a picture."""

    lineage: Lineage
    width: float
    height: float
    boxes: tuple[LineageBox, ...]
    """In the order of the lineage's nodes, each :data:`HEIGHT` pixels high."""
    arrows: tuple[LineageArrow, ...]
    """In the order of its edges."""
    words: tuple[LineageWord, ...]


_Point = tuple[float, float]
_Route = list[_Point]
"""The points of an arrow: from a column's right edge to the next one's left edge, and so on."""


def draw_lineage(lineage: Lineage) -> DrawnLineage:
    """Return where the things of a lineage stand."""
    boxes, lanes = _placed(lineage)
    routes = [
        [
            (boxes[edge.before].right, boxes[edge.before].middle),
            *lanes.get(index, ()),
            (boxes[edge.after].left, boxes[edge.after].middle),
        ]
        for index, edge in enumerate(lineage.edges)
    ]
    return DrawnLineage(
        lineage,
        width=max(box.right for box in boxes.values()) + EDGE,
        height=max(
            [
                *(box.top + HEIGHT for box in boxes.values()),
                *(y for lane in lanes.values() for _, y in lane),
            ]
        )
        + EDGE,
        boxes=tuple(boxes[node.node_id] for node in lineage.nodes),
        arrows=tuple(LineageArrow(_path(route), *route[-1]) for route in routes),
        words=tuple(_words(lineage.edges, boxes, routes)),
    )


def _placed(lineage: Lineage) -> tuple[dict[str, LineageBox], dict[int, _Route]]:
    """Return where boxes stand, and by which points the arrows go that pass whole columns."""
    columns = _columns(lineage)
    nodes = {node.node_id: node for node in lineage.nodes}
    heights = [sum(_room(one) for one in column) for column in columns]
    boxes: dict[str, LineageBox] = {}
    lanes: dict[int, _Route] = {}
    left = float(EDGE)
    for column, height in zip(columns, heights, strict=True):
        width = max(_width(nodes[one]) for one in column if isinstance(one, str))
        # What a column holds stands in the middle of the highest one.
        top = EDGE + (max(heights) - height) / 2
        for one in column:
            if isinstance(one, str):
                node = nodes[one]
                boxes[one] = LineageBox(one, left, top, width, _cut(node.title), _cut(node.detail))
            else:
                y = top + _LANE / 2
                lanes.setdefault(one[0], []).extend([(left, y), (left + width, y)])
            top += _room(one)
        left += width + BETWEEN
    return boxes, lanes


def _room(place: _Place) -> float:
    return (HEIGHT if isinstance(place, str) else _LANE) + _GAP


def _path(route: _Route) -> str:
    """Return a route as SVG: curves between columns, straight past them."""
    (x, y), *others = route
    parts = [f"M{x:.1f} {y:.1f}"]
    for index, (to_x, to_y) in enumerate(others):
        if index % 2:
            parts.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            half = (x + to_x) / 2
            parts.append(f"C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(parts)


def _words(
    edges: Sequence[LineageEdge], boxes: Mapping[str, LineageBox], routes: Sequence[_Route]
) -> Iterator[LineageWord]:
    """Yield what arrows say: where all from one box say the same, once beside that box."""
    out: dict[str, list[tuple[LineageEdge, _Route]]] = {}
    for edge, route in zip(edges, routes, strict=True):
        out.setdefault(edge.before, []).append((edge, route))
    for node, arrows in out.items():
        before = boxes[node]
        said = {edge.role or edge.what for edge, _ in arrows}
        if len(arrows) > 1 and len(said) == 1:
            yield _word(said.pop(), before.right + 6, before.middle - 6, first=True)
            continue
        for edge, ((x, y), (to_x, to_y), *_) in arrows:
            # What points back would have its word on other boxes.
            if to_x > x:
                yield _word(edge.role or edge.what, (x + to_x) / 2, (y + to_y) / 2 - 4)


def _word(text: str, x: float, y: float, *, first: bool = False) -> LineageWord:
    return LineageWord(formatting.shorten(formatting.visible(text), 12), x, y, first)


def _columns(lineage: Lineage) -> list[list[_Place]]:
    """Return the nodes in columns, so that arrows point right and cross seldom, and among them
    where arrows pass that go farther than to the next column."""
    place = {node.node_id: index for index, node in enumerate(lineage.nodes)}
    forward = [edge for edge in lineage.edges if place[edge.before] < place[edge.after]]
    depth = dict.fromkeys(place, 0)
    for node in lineage.nodes:
        for edge in forward:
            if edge.after == node.node_id:
                depth[node.node_id] = max(depth[node.node_id], depth[edge.before] + 1)
    # What nothing led to stands just before what it goes into.
    for node in lineage.nodes:
        if not any(edge.after == node.node_id for edge in forward):
            goes = [depth[edge.after] for edge in forward if edge.before == node.node_id]
            depth[node.node_id] = max(0, min(goes, default=0) - 1)
    filled = {column: at for at, column in enumerate(sorted(set(depth.values())))}
    at = {node: filled[column] for node, column in depth.items()}
    columns: list[list[_Place]] = [[] for _ in filled]
    for node_id, column in at.items():
        columns[column].append(node_id)
    steps: list[tuple[_Place, _Place]] = []
    order: dict[_Place, int] = dict(place.items())
    for number, edge in enumerate(lineage.edges):
        passed: list[_Place] = []
        for column in range(at[edge.before] + 1, at[edge.after]):
            lane = (number, column)
            passed.append(lane)
            columns[column].append(lane)
            order[lane] = place[edge.before]
        if at[edge.before] < at[edge.after]:
            steps += pairwise([edge.before, *passed, edge.after])
    for sweep in range(_SWEEPS):
        for fixed, moved in pairwise(columns[::-1] if sweep % 2 == 0 else columns):
            _straighten(fixed, moved, steps, order)
    return columns


def _straighten(
    fixed: Sequence[_Place],
    moved: list[_Place],
    steps: Sequence[tuple[_Place, _Place]],
    order: Mapping[_Place, int],
) -> None:
    """Put a column in the order of the middle of its neighbours in the other one, else of time."""
    at = {one: index / max(1, len(fixed) - 1) for index, one in enumerate(fixed)}
    own = {one: index / max(1, len(moved) - 1) for index, one in enumerate(moved)}

    def middle(place: _Place) -> float:
        near = [at[before] for before, after in steps if after == place and before in at]
        near += [at[after] for before, after in steps if before == place and after in at]
        return sum(near) / len(near) if near else own[place]

    moved.sort(key=lambda one: (middle(one), order[one]))


def _width(node: LineageNode) -> float:
    letters = max(text_width(_cut(node.title)) * 1.08, text_width(_cut(node.detail)) * 0.92)
    return min(_WIDE, max(_NARROW, letters * _LETTER + 40))


def _cut(text: str) -> str:
    return formatting.shorten(formatting.visible(text), _LETTERS)
