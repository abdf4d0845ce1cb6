from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cellbook as cb
from cellbook import book as book_module
from cellbook.errors import CellbookWarning, InvalidInput, NotFound


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    book_module.close_all()
    monkeypatch.chdir(tmp_path)
    yield
    book_module.close_all()


def script(tmp_path: Path, body: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "script.py"
    path.write_text(textwrap.dedent(body))
    return subprocess.run(
        [sys.executable, path], cwd=tmp_path, check=check, timeout=120, text=True,
        capture_output=True,
    )  # fmt: skip


# -- where the book is -----------------------------------------------------------------------------


def test_book_is_in_the_working_folder(tmp_path: Path) -> None:
    cb.start_run("r").end()
    assert (tmp_path / ".cellbook" / "format.json").exists()
    assert cb.open().url == str(tmp_path / ".cellbook")


def test_book_of_the_nearest_parent_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cb.open().close()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert book_module.locate() == tmp_path / ".cellbook"


def test_book_by_environment_and_by_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_URL", str(tmp_path / "elsewhere"))
    assert cb.open().url == str(tmp_path / "elsewhere" / ".cellbook")
    assert cb.open((tmp_path / "third").as_uri()).url == str(tmp_path / "third" / ".cellbook")
    cb.start_run("here").end()
    assert cb.open(tmp_path / "third" / ".cellbook").search_runs()["run_name"].tolist() == ["here"]


def test_open_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="postgresql"):
        cb.open("postgresql://host/db")
    with pytest.raises(NotFound, match="no book"):
        cb.open(tmp_path / "none", create=False)


# -- module-level calls ----------------------------------------------------------------------------


def test_module_level_calls_log_to_the_active_run() -> None:
    with cb.start_run("r", params={"a": 1}) as run:
        assert cb.active_run() is run
        assert cb.log_param("lr", 0.1) == 0.1
        cb.log_params({"b": 2})
        cb.log_metric("loss", 1.0, 3)
        cb.log_metrics({"acc": 0.5}, step=1)
        cb.set_tag("t", "x")
        cb.set_tags({"u": 1})
        cb.log_text("hello", "note.txt")
        cb.log_dict({"x": 1}, "d.json")
    assert cb.active_run() is None
    record = run.record
    assert record.params == {"a": 1, "lr": 0.1, "b": 2}
    assert record.metrics == {"loss": 1.0, "acc": 0.5}
    assert record.tags == {"t": "x", "u": "1"}
    assert [artifact.path for artifact in cb.open().artifacts("r")] == ["d.json", "note.txt"]


def test_logging_without_a_run_starts_one() -> None:
    cb.log_metric("loss", 1.0)
    run = cb.active_run()
    assert run is not None
    cb.end_run()
    assert cb.active_run() is None
    cb.end_run()
    assert run.record.metrics == {"loss": 1.0}


def test_search_sees_running_runs_at_once() -> None:
    cb.start_run("r")
    for step in range(10):
        cb.log_metric("acc", step / 10)
    frame = cb.search_runs("metrics.acc > 0.85 and state = 'running'")
    assert frame["metrics.acc"].tolist() == [0.9]
    assert frame["run_number"].tolist() == [1]


def test_search_takes_tinydb_queries() -> None:
    from tinydb import where

    for number in range(5):
        with cb.start_run(f"r{number}", params={"n": number}):
            pass
    assert cb.search_runs(where("params")["n"] >= 3)["run_name"].tolist() == ["r4", "r3"]
    assert len(cb.open().table("runs").search(where("params")["n"] == 2)) == 1


def test_environment_is_recorded_once() -> None:
    book = cb.open()
    cb.start_run("a").end()
    cb.start_run("b").end()
    book.close()
    book = cb.open()
    (session,) = book.table("sessions").all()
    environment = book.table("environments").get(doc_id=session["environment"])
    assert environment["packages"]["pandas"]
    assert environment["python"].startswith(f"{sys.version_info[0]}.{sys.version_info[1]}")


# -- processes -------------------------------------------------------------------------------------


def test_script_that_raises_leaves_a_failed_run(tmp_path: Path) -> None:
    script(
        tmp_path,
        """
        import cellbook as cb
        cb.start_run("doomed")
        cb.log_metric("m", 1)
        raise ValueError("no luck")
        """,
        check=False,
    )
    record = cb.open().find_run("doomed")
    assert (record.state, record.error) == ("failed", "ValueError: no luck")


@pytest.mark.parametrize(
    ("leave", "state"),
    [
        ("raise SystemExit(3)", "failed"),
        ("sys.exit('no data')", "failed"),
        ("sys.exit(0)", "finished"),
        ("raise SystemExit", "finished"),
    ],
)
def test_script_that_exits_leaves_a_run_that_says_so(
    tmp_path: Path, leave: str, state: str
) -> None:
    body = """
        import sys
        import cellbook as cb
        cb.start_run("open")
        try:
            sys.exit(9)
        except SystemExit:
            pass
        """
    script(tmp_path, f"{textwrap.dedent(body)}{leave}", check=False)
    # Python 3.11 tells nobody of an exit.
    expected = state if sys.version_info >= (3, 12) else "finished"
    assert cb.open().find_run("open").state == expected
    blocks = "import sys\nimport cellbook as cb\nwith cb.start_run('block'):\n    "
    script(tmp_path, blocks + leave, check=False)
    cb.open().refresh()
    assert cb.open().find_run("block").state == state


def test_script_that_just_ends_leaves_a_finished_run(tmp_path: Path) -> None:
    script(tmp_path, "import cellbook as cb\ncb.start_run('r')\ncb.log_metric('m', 1)\n")
    record = cb.open().find_run("r")
    assert record.state == "finished"
    assert record.experiment == "script"
    assert record.notebook == "script.py"


def log_in_child(run: cb.Run, number: int) -> None:
    run.log_metric(f"child{number}", number)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_run_travels_to_child_processes(method: str) -> None:
    with cb.start_run("r") as run:
        context = multiprocessing.get_context(method)
        children = [context.Process(target=log_in_child, args=(run, n)) for n in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join(60)
            assert child.exitcode == 0
        run.log_metric("own", 1)
    assert run.record.state == "finished"
    assert run.record.metrics == {"child0": 0, "child1": 1, "own": 1}


def test_run_survives_a_pickle() -> None:
    run = cb.start_run("r", params={"a": 1})
    again = pickle.loads(pickle.dumps(run))
    again.log_metric("m", 2)
    assert again.run_id == run.run_id
    assert again.params == {"a": 1}
    run.end()
    assert run.record.metrics == {"m": 2}


def test_fork_in_a_plain_script(tmp_path: Path) -> None:
    script(
        tmp_path,
        """
        import os, sys
        import cellbook as cb
        run = cb.start_run("r")
        pid = os.fork()
        if pid == 0:
            cb.log_metric("child", 1)
            sys.exit(0)
        os.waitpid(pid, 0)
        cb.log_metric("parent", 2)
        run.end()
        """,
    )
    record = cb.open().find_run("r")
    assert record.metrics == {"child": 1, "parent": 2}
    assert cb.open().verify().findings == []


def test_close_leaves_no_live_journal(tmp_path: Path) -> None:
    cb.start_run("r")
    cb.open().close()
    names = [path.name for path in (tmp_path / ".cellbook" / "journal").rglob("*.jsonl")]
    assert len(names) == 1
    assert names[0].endswith(".closed.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == [".cellbook"]


@pytest.mark.parametrize(
    "options",
    [{"query": 5}, {"order_by": [None]}, {"order_by": 5}, {"max_results": "5"}],
)
def test_search_refuses_arguments_of_a_wrong_kind(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        cb.open(tmp_path).search_runs(**options)


@pytest.mark.parametrize("target", ["file", "/dev/null"])
def test_where_no_book_can_be_one_warning_says_so(tmp_path: Path, target: str) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "-c", "import cellbook as cb\nwith cb.start_run('r') as run:\n"
         "    run.log_text('a', 'a.txt')\n    run.log_metric('m', 1)\n    run.log_param('p', 1)"],
        env={**os.environ, "CELLBOOK_URL": target}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("CellbookWarning") == 1


def test_a_book_that_could_not_be_made_is_made_when_one_looks_again(tmp_path: Path) -> None:
    (tmp_path / ".cellbook").touch()
    book = cb.open(tmp_path)
    with pytest.warns(CellbookWarning, match="No book can be made"):
        book.start_run("lost").end()
    book.look_again()
    assert book.read_only
    (tmp_path / ".cellbook").unlink()
    book.look_again()
    assert not book.read_only
    book.start_run("kept").end()
    assert book.search_runs()["run_name"].tolist() == ["kept"]
    assert cb.open(tmp_path).verify().ok


def test_a_step_of_closing_that_fails_does_not_keep_the_others(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import cellbook as cb, sqlite3\n"
         "book = cb.open('.'); run = cb.start_run('first'); other = cb.open('other')\n"
         "cb.start_run('second')\n"
         "def fail(): raise sqlite3.ProgrammingError('Cannot operate on a closed database.')\n"
         "book.runs.close = fail"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "was not closed in order" in done.stderr
    ended = cb.open(tmp_path / "other").find_run("second")
    assert ended.state == "finished"
    assert not [path for path in tmp_path.rglob("*.jsonl") if ".closed" not in path.name]


def test_a_deleted_working_folder_is_said_in_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", "import pathlib, sys, cellbook as cb\n"
         "from cellbook.errors import CellbookError\n"
         "pathlib.Path.cwd().rmdir()\n"
         "try: cb.start_run()\n"
         "except CellbookError as error: print(error)\n"
         "with cb.open(sys.argv[1]).start_run('kept'): pass",
         str(tmp_path)],
        cwd=gone, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The working folder is no longer there.")
    assert cb.open(tmp_path).find_run("kept").state == "finished"


@pytest.mark.parametrize("place", ["a\0b", "//[x", "~nouser/x", "x" * 5000])
def test_a_place_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(InvalidInput, match="No book can be at"):
        cb.open(place)


def test_a_number_that_no_run_can_have_is_not_found(tmp_path: Path) -> None:
    cb.open(tmp_path)
    with pytest.raises(NotFound, match="has no run"):
        cb.start_run(run_id="#" + "9" * 20)


def test_metric_history_takes_one_run_or_several(tmp_path: Path) -> None:
    opened = book_module.open(tmp_path)
    for name in ("one", "two"):
        with opened.start_run(name) as run:
            run.log_metrics({"loss": 1.0, "acc": 0.5})
    assert len(opened.metric_history("one")) == 2
    both = opened.metric_history(["#2", 1], ["loss"])
    assert both["run_name"].tolist() == ["two", "one"]
    assert opened.metric_history(opened.find_run(1), ["acc"])["value"].tolist() == [0.5]
    with pytest.raises(NotFound, match="three"):
        opened.metric_history(["one", "three"])


def test_a_passing_book_leaves_nothing_behind(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("CELLBOOK_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    book = book_module.look_into(tmp_path / "passing", create=True, folder=tmp_path / "work")
    assert book.folder == tmp_path / "work"
    book.start_run("one").end()
    book.discard()
    assert not (tmp_path / "passing").exists()
    assert not list((tmp_path / "cache").iterdir())


def test_a_run_of_a_script_begins_with_one_line_in_the_journal(tmp_path: Path) -> None:
    body = """
        import cellbook as cb
        run = cb.start_run("r", params={"lr": 0.1, "long": "x" * 7_000}, tags={"a": "b"})
        run.log_param("lr", 0.2)
        run.end()
    """
    script(tmp_path, body)
    record = cb.open().find_run("r")
    assert (record.params["lr"], record.tags) == (0.2, {"a": "b"})
    assert [value for _, value in record.param_history["lr"]] == [0.1]
    assert "whole in artifact" in record.params["long"]
    lines = [
        [op[0] for op in json.loads(line)["o"] if op[1] == record.run_id]
        for path in (tmp_path / ".cellbook" / "journal").rglob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    # The last of it tells how random generators stood.
    assert next(tables for tables in lines if tables) == ["runs", "slices", "runs"]
    assert [one for tables in lines for one in tables].count("runs") == 4


def test_a_mistake_in_params_leaves_no_run_behind() -> None:
    with pytest.raises(InvalidInput):
        cb.start_run("wrong", params={"a": 1, "": 1})
    assert cb.search_runs().empty
    assert cb.active_run() is None
