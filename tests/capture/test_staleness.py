from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.capture.names import analyse
from cellbook.capture.staleness import (
    Ledger,
    cell_key,
    flag_sentences,
    flags_of_cells,
    source_hash,
    stale_cells,
)
from cellbook.records import CellExecution, CellState


class Session:
    """Runs cells as a kernel would: keeps their executions and a live ledger."""

    def __init__(self, *cells: str) -> None:
        self.cells = {f"c{number}": source for number, source in enumerate(cells, start=1)}
        self.executions: list[CellExecution] = []
        self.ledger = Ledger()

    def check(self, cell: str, *, known: bool = True) -> tuple[str, ...]:
        hashes = {cell: source_hash(source) for cell, source in self.cells.items()}
        return self.ledger.check_before_run(
            self.cells[cell],
            cell_id=cell,
            document=list(self.cells) if known else None,
            hashes=hashes if known else None,
        )

    def run(self, *cells: str) -> None:
        for cell in cells or self.cells:
            self.record(self.cells[cell], cell)

    def record(self, source: str, cell: str | None) -> None:
        names = analyse(source)
        order = len(self.executions) + 1
        execution = CellExecution(
            execution_id=f"x{order}",
            session="s",
            source=source,
            state=CellState.OK,
            start_time=order,
            order=order,
            execution_count=order,
            cell_id=cell,
            reads=names.reads,
            writes=names.writes,
        )
        self.executions.append(execution)
        self.ledger.record(execution)

    def stale(self, *, edits: bool = True) -> dict[str, tuple[str, ...]]:
        return stale_cells(self.executions, self.cells if edits else None)


def test_stale_cells_of_a_straight_run_is_empty() -> None:
    session = Session("x = 1", "print(x)", "x = 2", "print(x)", "x += 1", "y = x")
    session.run()
    assert session.stale() == {}


def test_stale_cells_marks_an_edited_cell_and_those_that_use_it() -> None:
    session = Session("x = 1", "y = x", "print(y)", "z = 1")
    session.run()
    session.cells["c1"] = "x = 2"
    assert session.stale() == {
        "c1": ("edited since it ran",),
        "c2": ("uses `x`, whose cell [1] was edited since it ran",),
        "c3": ("depends on stale cell [2]",),
    }
    assert session.stale(edits=False) == {}


def test_stale_cells_marks_users_of_a_cell_that_ran_again() -> None:
    session = Session("x = 1\nw = 2", "print(x, w)")
    session.run()
    session.run("c1")
    assert session.stale() == {"c2": ("uses `x`, `w`, whose cell [3] ran again since",)}
    session.run("c2")
    assert session.stale() == {}


def test_stale_cells_tells_an_edit_that_ran() -> None:
    session = Session("x = 1", "print(x)")
    session.run()
    session.cells["c1"] = "x = 2"
    session.run("c1")
    assert session.stale() == {"c2": ("uses `x`, whose cell [3] was edited and ran again since",)}


def test_stale_cells_ignores_trailing_white_space() -> None:
    session = Session("x = 1", "print(x)")
    session.run()
    session.cells["c1"] = "x = 1\n\n"
    assert session.stale() == {}


def test_stale_cells_tells_a_deleted_cell() -> None:
    session = Session("x = 1", "print(x)")
    session.run()
    del session.cells["c1"]
    assert session.stale() == {"c2": ("uses `x`, whose cell [1] is no longer in the notebook",)}


def test_stale_cells_keeps_to_one_notebook() -> None:
    session = Session("x = 1", "print(x)")
    session.run()
    elsewhere = [
        CellExecution(**{**fields(session.executions[0]), "notebook": "a.ipynb"}),
        CellExecution(**{**fields(session.executions[1]), "notebook": "b.ipynb"}),
    ]
    assert stale_cells(elsewhere, {"c2": "print(x)"}) == {}
    assert stale_cells(elsewhere, {"c1": "x = 2"})["c2"] == (
        "uses `x`, whose cell [1] was edited since it ran",
    )


def fields(execution: CellExecution) -> dict[str, object]:
    return {name: getattr(execution, name) for name in execution.__dataclass_fields__}


def test_stale_cells_tells_a_name_that_an_earlier_text_left() -> None:
    session = Session("x = 1", "print(x)")
    session.run("c1")
    session.cells["c1"] = "y = 1"
    session.run("c1", "c2")
    assert session.stale() == {"c2": ("uses `x`, left by an earlier text of cell [2]",)}


def test_stale_cells_follows_changes_in_place() -> None:
    session = Session("df = load()", "df['a'] = 1", "print(df)")
    session.run()
    assert session.stale() == {}
    session.run("c1")
    assert session.stale() == {
        "c2": ("uses `df`, whose cell [4] ran again since",),
        "c3": ("depends on stale cell [2]",),
    }
    session.run("c2")
    assert session.stale() == {"c3": ("uses `df`, whose cell [5] ran again since",)}


def test_stale_cells_does_not_count_a_cell_against_itself() -> None:
    session = Session("x = 0", "x = x + 1")
    session.run("c1", "c2", "c2", "c2")
    assert session.stale() == {}
    session.run("c1")
    assert session.stale() == {"c2": ("uses `x`, whose cell [5] ran again since",)}


def test_stale_cells_follows_functions_into_what_they_use() -> None:
    session = Session(
        "def evaluate():\n    return score(model)\ndef score(m):\n    return m.score(X)",
        "X = 1\nmodel = fit()",
        "evaluate()",
        "X = 2",
    )
    session.run("c1", "c2", "c3")
    assert session.stale() == {}
    session.run("c2")
    assert session.stale() == {"c3": ("uses `model`, `X`, whose cell [4] ran again since",)}
    session.run("c4")
    assert "c1" not in session.stale()


def test_stale_cells_is_calm_about_imports() -> None:
    session = Session("import numpy as np\nseed = 1", "np.zeros(seed)", "np.ones(3)")
    session.run()
    session.run("c1")
    assert session.stale() == {"c2": ("uses `seed`, whose cell [4] ran again since",)}
    session.run("c2")
    session.cells["c1"] = "import numpy as np\nimport os\nseed = 1"
    assert session.stale() == {
        "c1": ("edited since it ran",),
        "c2": ("uses `seed`, whose cell [4] was edited since it ran",),
    }
    session.cells["c1"] = "import cupy as np\nseed = 1"
    assert session.stale()["c3"] == ("uses `np`, whose cell [4] ran again since",)


def test_stale_cells_is_calm_about_names_of_loops() -> None:
    loop = "for epoch in range(3):\n    loss = epoch\nprint(loss)"
    session = Session(loop, loop + "\n")
    session.run()
    session.run("c1")
    assert session.stale() == {}


def test_stale_cells_without_ids_goes_by_source() -> None:
    session = Session()
    session.record("x = 1", None)
    session.record("print(x)", None)
    session.record("x = 1", None)
    key = cell_key(None, "print(x)")
    assert session.stale() == {key: ("uses `x`, whose cell [3] ran again since",)}


def test_stale_cells_labels_by_order_where_there_is_no_prompt() -> None:
    session = Session("x = 1", "x")
    session.run("c1", "c2", "c1")
    bare = [
        CellExecution(**{**fields(execution), "execution_count": None})
        for execution in session.executions
    ]
    assert stale_cells(bare)["c2"] == ("uses `x`, whose cell [3] ran again since",)


def test_reasons_of_one_cell() -> None:
    session = Session("x = 1", "x")
    session.run("c1", "c2", "c1")
    assert session.ledger.reasons("c2") == ("uses `x`, whose cell [3] ran again since",)
    assert session.ledger.reasons("c1") == ()
    assert session.ledger.reasons("c1", {"c1": "x = 2"}) == ("edited since it ran",)
    assert session.ledger.reasons("never ran") == ()


def test_check_before_run_is_silent_on_a_straight_run() -> None:
    session = Session("import os", "x = 1", "print(x)", "x = 2", "print(x, os)")
    for cell in session.cells:
        assert session.check(cell) == ()
        session.run(cell)


def test_check_before_run_tells_edits_and_deletions() -> None:
    session = Session("x = 1", "y = 1", "print(x, y)")
    session.run("c1", "c2")
    session.cells["c1"] = "x = 2"
    del session.cells["c2"]
    assert session.check("c3") == (
        "uses `x`, whose cell [1] was edited since it ran",
        "uses `y`, whose cell [2] is no longer in the notebook",
    )
    assert session.check("c3", known=False) == ()


def test_check_before_run_tells_cells_below() -> None:
    session = Session("print(x)", "y = 1", "x = 1")
    session.run("c3")
    assert session.check("c1") == (
        "ran out of order: uses `x` from cell [1], which stands below it in the notebook",
    )
    assert session.check("c1", known=False) == ()


def test_check_before_run_tells_a_cell_that_was_skipped() -> None:
    session = Session("df = load()", "df = clean(df)", "print(df)")
    session.run("c1", "c2", "c1")
    assert session.check("c3") == (
        "ran out of order: uses `df` from cell [3], "
        "though cell [2] between the two sets it as well",
    )


def test_check_before_run_tells_stale_sources() -> None:
    session = Session("x = 1", "y = x", "print(y)", "print(x)")
    session.run("c1", "c2", "c1")
    assert session.check("c3", known=False) == ("depends on stale cell [2]",)
    assert session.check("c4", known=False) == ()


def test_check_before_run_tells_leftovers() -> None:
    session = Session("x = 1", "print(x)")
    session.run("c1")
    session.cells["c1"] = "y = 1"
    session.run("c1")
    assert session.check("c2", known=False) == ("uses `x`, left by an earlier text of cell [2]",)


def test_check_before_run_takes_the_callers_reads() -> None:
    session = Session("x = 1", "y = x", "z = 1")
    session.run("c1", "c2", "c1")
    assert session.ledger.check_before_run("pass", reads=["y"]) == ("depends on stale cell [2]",)


def test_source_hash() -> None:
    assert source_hash("x = 1\n\n ") == source_hash("x = 1")
    assert source_hash("x = 1") != source_hash(" x = 1")
    assert len(source_hash("\ud800")) == 16


SOURCES = [
    "a = 1",
    "b = a",
    "a = b + 1",
    "c.append(a)",
    "c = []",
    "def f():\n    return a + c",
    "b = f()",
    "import os as a",
    "for a in c:\n    b = a\nprint(b)",
    "if a:\n    c = b",
    "del a",
]


@given(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=8))
def test_straight_runs_are_never_stale(sources: list[str]) -> None:
    session = Session(*sources)
    for cell in session.cells:
        assert session.check(cell) == ()
        session.run(cell)
    assert session.stale() == {}


@given(
    st.lists(st.sampled_from(SOURCES), min_size=2, max_size=6),
    st.lists(st.integers(0, 5), max_size=12),
    st.randoms(use_true_random=False),
)
def test_ledger_and_records_tell_the_same(
    sources: list[str], steps: Sequence[int], random: object
) -> None:
    session = Session(*sources)
    cells = list(session.cells)
    for step in steps:
        session.run(cells[step % len(cells)])
    shuffled = list(session.executions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stale_cells(shuffled, session.cells) == session.ledger.stale(session.cells)
    for cell in cells:
        assert session.ledger.reasons(cell) == session.ledger.stale().get(cell, ())


@pytest.mark.parametrize("reruns", [1, 2_000])
def test_check_before_run_stays_quick(reruns: int) -> None:
    chain = [f"x{number} = x{number - 1} + 1" for number in range(1, 301)]
    session = Session("x0 = 0", *chain)
    session.run()
    for _ in range(reruns):
        session.record("x0 = x0 + 1", "c1")
    start = time.perf_counter()
    assert session.check("c301", known=False) == ("depends on stale cell [300]",)
    assert time.perf_counter() - start < 0.05


def test_flags_of_a_runs_own_cells_name_the_cell_and_the_reason() -> None:
    session = Session("print(x)", "y = 1", "x = 1")
    session.run("c3", "c1")
    cells = [
        CellExecution("e", "s", "print(x)", CellState.OK, 0, 2, 7, stale=session.check("c1")),
        CellExecution("f", "s", "z", CellState.OK, 0, 3, stale=("depends on stale cell [2]",)),
    ]
    assert flag_sentences(flags_of_cells(cells)) == {
        "out of order": "ran out of order: [7] uses `x` from cell [1], which stands below it in "
        "the notebook",
        "stale": "stale cells: [3] depends on stale cell [2]",
    }
