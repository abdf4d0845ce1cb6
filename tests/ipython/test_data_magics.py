"""``%track_data`` in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ipython.kernels import Kernel, kernel

START = """
%load_ext cellbook
import cellbook as cb, pandas as pd
df = pd.DataFrame({"a": [1, 2, 3], "b": [True, False, True]})
parts = {"small": df[:2]}
"""


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("kernel")
    (folder / "raw data").mkdir()
    (folder / "raw data" / "x.csv").write_text("1,2")
    with kernel(folder) as started:
        started.run(START)
        yield started


def test_what_is_said(k: Kernel) -> None:
    first = k.run("%track_data df").text
    assert first == "data:df@1 · 3 rows × 2 columns · first version"
    assert k.run("%track_data df").text == "data:df@1 · 3 rows × 2 columns · as before"
    more = k.run(
        "%track_data df {df.assign(c=1).iloc[:2]} --label nightly --alias best --from df@1"
    )
    assert more.text == (
        "data:df@2 · 2 rows × 3 columns · new version (was @1: 1 row fewer, 1 column more)"
        " · @best is @2"
    )
    assert k.run("%track_data df --alias best").text.endswith("as before · @best is @1 (was @2)")
    assert k.run("%track_data df --alias best").text.endswith("as before")
    assert k.run("%track_data df --role train").text.endswith(
        "as before · no run is open that it is used in for train"
    )
    assert "2 rows" in k.run('%track_data small parts["small"] --keep').text
    assert k.run("cb.read_data('data:small@1').equals(df[:2])").text == "True"
    assert "data:x@1 · 3 bytes" in k.run("%track_data 'raw data/x.csv'").text
    assert "data:raw@1 · 1 file, 3 bytes" in k.run("%track_data raw 'raw data'").text


def test_what_a_cell_shows_of_records(k: Kernel) -> None:
    said = k.run("cb.track_data(df, 'shown', labels='nightly')").text
    assert said == "data:shown@1 · 3 rows × 2 columns · nightly"
    assert "DatasetVersion(" in k.run("repr(cb.track_data(df, 'shown'))").text
    rows = k.run("cb.track_subset(of='shown@1', rows=[0, 2], split='test')").text
    assert rows == "2 of 3 rows of data:shown@1 · test"
    assert k.run("[cb.open().datasets.find('shown')]").text.startswith("[data:shown@1")


def test_a_run_uses_what_is_tracked(k: Kernel) -> None:
    k.run("%track_run uses")
    assert k.run("%track_data df df --role train").text.endswith("· as before · used for train")
    k.run("%end_run")
    run = "cb.open().find_run('uses')"
    assert k.run(f"[list(roles) for roles in {run}.inputs.values()]").text == "[['train']]"


def test_a_version_knows_the_cell_that_made_it(k: Kernel) -> None:
    k.run("%track_data made {df + 1}")
    k.run("made = cb.open().datasets.find('made').made")
    assert k.run("sorted(made)").text == "['execution', 'session']"
    k.run("cells = [doc for _, _, doc in cb.open().store.select('cells')]")
    k.run("made_by = [c['source'] for c in cells if c['execution_id'] == made['execution']]")
    assert k.run("made_by").text == "['%track_data made {df + 1}']"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%track_data", "Track what?"),
        ("%track_data nothing", "There is no variable and no file `nothing`."),
        ("%track_data a b c", "What is `c`?"),
        ("%track_data {df}", "What is it called?"),
        ("%track_data parts['small']", "What is it called?"),
        ("%track_data df --bogus", "There is no option `--bogus`"),
        ("%track_data df --rol train", "There is no option `--rol`. Did you mean `--role`?"),
        ("%track_data df --alias 'two words'", "Write 'two-words'"),
        ("%track_data parts", "No digest can be made of data of the type dict"),
        ("%track_data x none/there.csv", "There is no file or folder"),
        ("%track_data df --alias 3", "would be taken for a version"),
        ("%track_data df --from none", "no data set 'none'"),
        ("%track_data x {1/0}", "ZeroDivisionError"),
    ],
)
def test_mistakes_are_one_line(k: Kernel, line: str, said: str) -> None:
    answer = k.run(line)
    assert answer.status == "error"
    assert said in str(answer)


def test_completion(k: Kernel) -> None:
    def completed(line: str) -> str:
        word = "" if line.endswith(" ") else line.split()[-1]
        return k.run(f"get_ipython().complete({word!r}, {line!r}, {len(line)})[1][:9]").text

    assert completed("%track_data df --r") == "['--role']"
    assert "validation" in completed("%track_data df --role ")
    assert completed("%track_data df --role tr") == "['train']"
    assert "df@2" in completed("%track_data df --from df")
    assert "parts" in completed("%track_data par"), "IPython knows variables"


def test_help_explains(k: Kernel) -> None:
    said = k.run("print(get_ipython().find_line_magic('track_data').__doc__)").stdout
    assert "%track_data digits df --role train --label nightly" in said


def test_rows_that_are_fitted_are_on_record_with_what_chose_them(k: Kernel) -> None:
    k.run("import numpy as np\nrng = np.random.default_rng(0)")
    k.run("table = pd.DataFrame(rng.random((60, 3)), columns=list('xyz'))")
    k.run("%track_data table")
    k.run("%track_run fits")
    k.run("chosen = table[table.x > 0.3]")
    k.run("columns = ['x', 'y']\npart = chosen[columns].to_numpy()")
    # Imported and used in the same cell: its methods are wrapped as soon as it is defined.
    k.run(
        "from sklearn.linear_model import LinearRegression\n"
        "model = LinearRegression().fit(part, chosen.z)"
    )
    k.run("%end_run")
    k.run("(used,) = cb.rows_used('fits')")
    assert k.run("used.positions.tolist() == chosen.index.tolist()").text == "True"
    assert k.run("print(used.subset.selector)").stdout.splitlines() == [
        "chosen = table[table.x > 0.3]",
        "columns = ['x', 'y']",
        "part = chosen[columns].to_numpy()",
    ]
    assert k.run("used.contains(int(chosen.index[0]))").text == "True"
    before = k.run("LinearRegression.fit.__code__.co_filename").text
    k.run("%unload_ext cellbook")
    after = k.run("LinearRegression.fit.__code__.co_filename").text
    assert "cellbook" in before
    assert "sklearn" in after
    k.run("%load_ext cellbook")


def test_two_versions_are_compared(k: Kernel) -> None:
    k.run("first = pd.DataFrame({'id': [1, 2, 3], 'v': [1.0, 2.0, 3.0]})")
    k.run("%track_data pair first")
    k.run("second = first.assign(v=[1.0, 2.0, 4.0])")
    shown = k.run("%data_diff pair@1 second --key id")
    assert "rows (by id): 0 added · 0 removed · 1 changed · 2 the same" in shown.text
    assert "1 changed" in k.run("%data_diff pair@1 {second[:3]} --key id").text
    assert "Write %data_diff NAME@1 NAME@2" in k.run("%data_diff pair@1").stderr


def test_what_was_made_of_what_is_told_by_the_cells(tmp_path: Path) -> None:
    (tmp_path / "raw.csv").write_text("a,b\n1,2\n3,4\n")
    with kernel(tmp_path) as started:
        for source in (
            "%load_ext cellbook\nimport cellbook as cb, pandas as pd",
            "%track_data raw raw.csv",
            "df = pd.read_csv('raw.csv')\nother = pd.DataFrame({'z': [1]})",
            "%track_data df\n%track_data other",
            "df = df[df.a > 1].reset_index(drop=True)",
            "%track_data clean df",
            "cb.track_data(df.assign(c=1), 'wide')",
        ):
            assert started.run(source).status == "ok"
        arrows = (
            "import time\n"
            "for _ in range(100):\n"
            "    drawn = cb.lineage('data:wide')\n"
            "    if drawn.lineage.nodes[0].title == 'raw.csv': break\n"
            "    time.sleep(0.1)\n"
            "print(drawn.text)"
        )
        said = started.run(arrows).stdout.splitlines()
    lines = [line.partition("  (")[0] for line in said]
    assert lines == [
        "  raw.csv",
        "    → read: raw@1",
        "  raw@1",
        "    ⇢ read: cell [3]",
        "  cell [3]",
        "    ⇢ made: df@1",
        "  df@1",
        "    ⇢ read: cell [5]",
        "  cell [5]",
        "    ⇢ made: clean@1",
        "  clean@1",
        "    ⇢ read: cell [7]",
        "  cell [7]",
        "    ⇢ made: wide@1",
        "▸ wide@1",
        "Dashed (⇢) is what the data flow of the cells tells, where no `derived_from` says it.",
    ]
