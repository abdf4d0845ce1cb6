"""Pictures of lineages: arrows point right, and pass what they do not lead to."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from cellbook.records import Lineage, LineageEdge, LineageKind, LineageNode
from cellbook.views.lineage_layout import HEIGHT, DrawnLineage, draw_lineage


def lineage(count: int, edges: list[tuple[int, int, str]]) -> Lineage:
    nodes = tuple(LineageNode(f"n{at}", LineageKind.DATA, f"node {at}", "") for at in range(count))
    return Lineage(
        "n0", nodes, tuple(LineageEdge(f"n{one}", f"n{two}", what) for one, two, what in edges)
    )


def hidden(drawn: DrawnLineage) -> list[str]:
    """Return the arrows that go behind a box, by points on the curves between columns."""
    found = []
    for edge, arrow in zip(drawn.lineage.edges, drawn.arrows, strict=True):
        for x, y in points(arrow.path):
            found += [
                f"{edge.before} → {edge.after} behind {box.node_id}"
                for box in drawn.boxes
                if box.left + 1 < x < box.right - 1 and box.top < y < box.top + HEIGHT
            ]
    return found


def points(path: str) -> list[tuple[float, float]]:
    at = (0.0, 0.0)
    found = []
    for letter, told in re.findall(r"([MLC])([^MLC]*)", path):
        numbers = [float(one) for one in told.split()]
        corners = [at, *zip(numbers[::2], numbers[1::2], strict=True)]
        for step in range(1, 11):
            t = step / 10
            if letter == "C":
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            else:
                weights = (1 - t, t)
            if letter != "M":
                found.append(
                    (
                        sum(w * x for w, (x, _) in zip(weights, corners, strict=True)),
                        sum(w * y for w, (_, y) in zip(weights, corners, strict=True)),
                    )
                )
        at = corners[-1]
    return found


@given(st.data(), st.integers(2, 9))
def test_no_arrow_goes_behind_a_box(data: st.DataObject, count: int) -> None:
    pairs = list(itertools.combinations(range(count), 2))
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1))
    drawn = draw_lineage(lineage(count, [(*pair, "used") for pair in chosen]))
    assert hidden(drawn) == []
    assert all(0 < y < drawn.height for arrow in drawn.arrows for _, y in points(arrow.path))


def test_an_arrow_that_passes_a_column_says_what_it_is() -> None:
    drawn = draw_lineage(lineage(3, [(0, 1, "made into"), (1, 2, "test"), (0, 2, "train")]))
    assert {word.text for word in drawn.words} == {"made into", "test", "train"}
    assert len({(word.x, word.y) for word in drawn.words}) == 3
