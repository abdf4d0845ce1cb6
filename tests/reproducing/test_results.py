"""What counts as a result: runs of real kernels that put out something else the second time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.book import Book
from cellbook.records import Reproduction, ReproductionVerdict
from cellbook.reproducing.outcomes import outcome_text
from cellbook.reproducing.room import reproduce
from tests.reproducing.recording import record

NOT_BEFORE = "import os\nagain = os.path.exists('again')\n"
"""What a cell asks to put out something else when it runs again."""
BEFORE = "%track_run it\n" + NOT_BEFORE + "value = 2 if again else 1\n"

OTHER = {
    "picture": (
        "%matplotlib inline\nimport matplotlib.pyplot as plt\n"
        "figure, axes = plt.subplots()\naxes.plot([value, 3]);",
        ".png: sha256:",
    ),
    "page": (
        "from IPython.display import HTML, display\ndisplay(HTML(f'<b>{value}</b>'))",
        "text/html: <b>1</b> before, <b>2</b> now",
    ),
    "json": (
        "from IPython.display import display\n"
        "display({'application/json': {'a': [value]}}, raw=True)",
        "application/json",
    ),
    "more": (
        "from IPython.display import display\nfor n in range(value):\n    display(n)",
        "1 outputs before, 2 outputs now",
    ),
    "steps": (
        "import cellbook as cb\ncb.log_metric('a', 1.0, step=value)",
        "curve a: a point at step 1 before, one at step 2 now",
    ),
    "tag": (
        "import cellbook as cb\ncb.set_tag('kind', f'k{value}')",
        "tag kind: k1 before, k2 now",
    ),
    "middle": (
        "for n in range(60_000):\n    print('y' * 20 if n != 30_000 else value)",
        "the middle of stdout",
    ),
    "min": ("print('mean', value / 7, 'min', 0.0)", "mean 0.14"),
    "number": ("print('rows', 1600000000000 + value)", "rows 1600000000001 before"),
    "clock": ("print(f'best at 0{value}:15 loss')", "best at 01:15 loss before"),
    "hash": ("print('sha', hex(value * 2**20))", "sha 0x100000 before"),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A book with a run of each of these, which are to be run again."""
    folder = tmp_path_factory.mktemp("results")
    cells = [BEFORE.replace("it\n", f"{name}\n") + cell for name, (cell, _) in OTHER.items()]
    made = record(folder, *cells, "%end_run")
    (folder / "again").touch()
    yield made
    made.close()


@pytest.mark.parametrize("name", OTHER)
def test_other_result_differs(book: Book, name: str) -> None:
    done = reproduce(book, name)
    assert done.verdict is ReproductionVerdict.DIFFERS
    assert OTHER[name][1] in done.first


def again(folder: Path, *cells: str) -> tuple[Reproduction, str]:
    """Run cells as a run and reproduce it; return what came of that, and how it is said."""
    book = record(folder, "%track_run it", *cells, "%end_run")
    (folder / "again").touch()
    done = reproduce(book, "it")
    text = outcome_text(book, done)
    book.close()
    return done, text


def test_same_results_are_identical(tmp_path: Path) -> None:
    done, text = again(
        tmp_path,
        "%matplotlib inline\nimport warnings, pandas as pd, matplotlib.pyplot as plt\n"
        "from sklearn.linear_model import Ridge\nwarnings.warn('constant')",
        "plt.plot([1, 2])\nplt.show()",
        "pd.DataFrame({'x': [1.5]}).style.format('{:.1f}')",
        "Ridge()",
        "object()",
        "for n in range(60_000):\n    print('y' * 20)",
        "plt.hist([1, 2])",
    )
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    assert done.differences == ()
    assert "it as #2: identical ·" in text


def test_times_are_said_to_differ(tmp_path: Path) -> None:
    done, text = again(
        tmp_path,
        "import datetime, time\nbegan = time.time()\nprint(f'{datetime.datetime.now()} loss 0.5')",
        "time.sleep(0.01)\nprint(f'took {time.time() - began:.6f} s')",
    )
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    assert "identical but for times" in text
    assert "taken for times: cell [3]: 2" in text
    assert {one.what for one in done.differences} == {"time"}


def test_other_failure_differs(tmp_path: Path) -> None:
    failing = (
        NOT_BEFORE
        + "import cellbook as cb\nwith cb.start_run('fails'):\n"
        + "    raise MemoryError('two') if again else ValueError('one')"
    )
    book = record(tmp_path, failing)
    assert reproduce(book, "fails").verdict is ReproductionVerdict.IDENTICAL
    (tmp_path / "again").touch()
    done = reproduce(book, "fails")
    assert done.verdict is ReproductionVerdict.DIFFERS
    assert "ValueError: one before, MemoryError: two now" in done.first
    book.close()
