"""The origins of tracked data, told by the cells that led to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellbook.capture import Origins, TrackedData, analyse
from cellbook.records import CellExecution, CellState


def told(
    *cells: tuple[str, tuple[TrackedData, ...]] | str,
    at: dict[str, str] | None = None,
    folder: str = "/home",
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return of what each data set was made, and where; cells are called by their places."""
    origins = Origins()
    found = {}
    for place, cell in enumerate(cells):
        source, tracked = (cell, ()) if isinstance(cell, str) else cell
        names = analyse(source)
        origins.record(
            CellExecution(
                str(place), "S", source, CellState.OK, place, place,
                reads=names.reads, writes=names.writes,
            ),
            tracked,
            folder,
        )  # fmt: skip
        for dataset, origin in origins.origins((at or {}).get):
            found[dataset] = origin.execution, tuple(sorted(origin.parents))
    return found


def data(name: str, *names: str, line: int = 1, path: str = "") -> TrackedData:
    return TrackedData(name, line, names, path)


IMPORTS = "import cellbook as cb, pandas as pd"


def test_a_variable_made_of_a_tracked_one() -> None:
    found = told(
        IMPORTS,
        "raw = pd.DataFrame({'a': [1, 2]})",
        ("cb.track_data(raw, 'raw')", (data("RAW", "raw"),)),
        "part = raw[raw.a > 1]\nclean = part.dropna()",
        ("%track_data clean", (data("CLEAN", "clean"),)),
    )
    assert found == {"RAW": ("1", ()), "CLEAN": ("3", ("RAW",))}


def test_all_in_one_cell_under_one_name() -> None:
    source = "\n".join(
        [
            "with cb.start_run('x'):",
            "    df = pd.read_csv('x.csv')",
            "    cb.track_data(df, 'raw')",
            "    other = pd.DataFrame()",
            "    cb.track_data(other, 'other')",
            "    df = df.dropna()",
            "    cb.track_data(df, 'clean')",
            "    df.sort_values('a', inplace=True)",
            "    cb.track_data(df, 'sorted')",
        ]
    )
    tracked = (
        data("RAW", "df", line=3),
        data("OTHER", "other", line=5),
        data("CLEAN", "df", line=7),
        data("SORTED", "df", line=9),
    )
    assert told(IMPORTS, (source, tracked)) == {
        "RAW": ("1", ()),
        "OTHER": ("1", ()),
        "CLEAN": ("1", ("RAW",)),
        "SORTED": ("1", ("CLEAN",)),
    }


def test_two_of_two_in_one_cell_are_kept_apart() -> None:
    found = told(
        IMPORTS,
        "a, b = load()",
        ("cb.track_data(a, 'a')\ncb.track_data(b, 'b')", (data("A", "a"), data("B", "b", line=2))),
        "x = a + 1\ny = b + 1\nz = x + y",
        (
            "cb.track_data(x, 'x')\ncb.track_data(y, 'y')\ncb.track_data(z, 'z')",
            (data("X", "x"), data("Y", "y", line=2), data("Z", "z", line=3)),
        ),
    )
    assert {one: found[one][1] for one in "XYZ"} == {"X": ("A",), "Y": ("B",), "Z": ("X", "Y")}


def test_through_functions_transformers_and_expressions() -> None:
    found = told(
        IMPORTS,
        "def clean(frame):\n    return frame.merge(lookup)",
        "raw = pd.DataFrame()\nlookup = pd.DataFrame()",
        ("cb.track_data(raw, 'raw')", (data("RAW", "raw"),)),
        ("cb.track_data(lookup, 'lookup')", (data("LOOKUP", "lookup"),)),
        "scaler = Scaler()\nscaler.fit(raw)",
        ("cb.track_data(clean(raw), 'clean')", (data("CLEAN"),)),
        "scaled = scaler.transform(new)",
        ("cb.track_data(scaled, 'scaled')", (data("SCALED", "scaled"),)),
    )
    assert found["CLEAN"] == ("6", ("LOOKUP", "RAW"))
    assert found["SCALED"] == ("7", ("RAW",))


def test_a_name_that_is_something_else_by_then_is_no_parent() -> None:
    found = told(
        "df = make()",
        ("track_data(df, 'first')", (data("FIRST", "df"),)),
        "df = make_another()",
        "x = df + 1",
        ("track_data(x, 'x')", (data("X", "x"),)),
    )
    assert found["X"] == ("3", ())


def test_what_is_tracked_after_it_was_used() -> None:
    found = told(
        "raw = make()",
        "x = raw + 1",
        ("track_data(raw, 'raw')", (data("RAW", "raw"),)),
        ("track_data(x, 'x')", (data("X", "x"),)),
    )
    assert found["X"] == ("1", ("RAW",))


@pytest.mark.parametrize(
    "read", ["pd.read_csv('d/raw.csv')", "pd.read_csv(Path('d') / 'raw.csv')", "load('d/raw.csv')"]
)
def test_a_file_that_is_read(read: str) -> None:
    path = str(Path("/home/d/raw.csv").resolve())
    cells = (IMPORTS, f"x = {read}", ("cb.track_data(x, 'x')", (data("X", "x"),)))
    assert told(*cells, at={path: "FILE"})["X"] == ("1", ("FILE",))
    assert told(*cells)["X"] == ("1", ())


def test_a_file_of_a_folder_that_the_session_tracked_and_one_named_by_its_end() -> None:
    found = told(
        ("cb.track_data('d')", (data("FOLDER", path="/home/d"),)),
        ("cb.track_data(HERE / 'a.csv')", (data("FILE", path="/else/a.csv"),)),
        "x = read('d/1.csv')\ny = read(HERE / 'a.csv')",
        ("cb.track_data(x)\ncb.track_data(y)", (data("X", "x"), data("Y", "y", line=2))),
    )
    assert (found["X"], found["Y"]) == (("2", ("FOLDER",)), ("2", ("FILE",)))


def test_a_file_that_a_cell_wrote() -> None:
    found = told(
        "raw = make()",
        ("cb.track_data(raw, 'raw')", (data("RAW", "raw"),)),
        "raw.dropna().to_csv('clean.csv')",
        ("cb.track_data('clean.csv')", (data("FILE", path="/home/clean.csv"),)),
        "x = read('clean.csv')",
        ("cb.track_data(x, 'x')", (data("X", "x"),)),
    )
    assert found["FILE"] == ("2", ("RAW",))
    assert found["X"] == ("4", ("FILE",))


def test_lines_are_those_of_the_kernel_behind_empty_ones_and_magics() -> None:
    for head in ("\n\n", "%%time\n"):
        source = f"{head}df = make()\ntrack(df)\ndf = df + 1\ntrack(df)"
        found = told((source, (data("A", "df", line=2), data("B", "df", line=4))))
        assert found == {"A": ("0", ()), "B": ("0", ("A",))}
