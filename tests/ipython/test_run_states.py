"""How a run of several cells ends: the rule of docs/guide.md, in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.records import RunRecord, RunState
from tests.ipython.kernels import Kernel, kernel, open_book


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("kernel")) as started:
        started.run("%load_ext cellbook\nimport cellbook as cb")
        yield started


@pytest.fixture(autouse=True)
def nothing_open(k: Kernel) -> Iterator[None]:
    yield
    k.run("%end_run")


def find(k: Kernel, name: str) -> RunRecord:
    return open_book(k.folder).find_run(name)


@pytest.mark.parametrize(
    "typo",
    ["%log loss=0.2 oops", "%end_run foo", "%track_run b --experimnt foo", "%runs metrics.x >"],
)
def test_mistyped_magic_decides_nothing(k: Kernel, typo: str) -> None:
    k.run("%track_run typo")
    assert k.run(typo).error == "UsageError"
    assert k.run("%end_run").text.split(" · ")[0].endswith("typo finished")


def test_cell_that_is_no_python_decides_nothing(k: Kernel) -> None:
    k.run("%track_run slip")
    assert k.run("x = 1\nif True print(x)").error == "SyntaxError"
    k.run("%end_run")
    assert find(k, "slip").state is RunState.FINISHED
    k.run("%track_run real")
    k.run("import ast; ast.parse('if True print')")
    k.run("%end_run")
    assert find(k, "real").state is RunState.FAILED


def test_mistyped_magic_leaves_the_run_before_open(k: Kernel) -> None:
    k.run("%track_run kept")
    k.run('%track_run next --tags ""=x')
    k.run('%track_run next ""=3')
    assert find(k, "kept").state is RunState.RUNNING


@pytest.mark.parametrize(
    ("trouble", "state"),
    [("raise KeyboardInterrupt", RunState.STOPPED), ("1/0", RunState.FAILED)],
)
def test_looking_cells_keep_what_went_wrong(k: Kernel, trouble: str, state: RunState) -> None:
    k.run(f"%track_run looked-{state}")
    k.run(trouble)
    for look in ("%runs", "# well?\n%cellbook status", "%compare", "%runs\n%compare", "%runs?"):
        k.run(look)
    k.run("%track_run after")
    assert find(k, f"looked-{state}").state is state


def test_end_run_says_how_the_last_cell_ended_that_did_something(k: Kernel) -> None:
    k.run("%track_run halted")
    k.run("raise KeyboardInterrupt")
    k.run("%runs")
    assert "halted stopped · " in k.run("%end_run").text
    assert (find(k, "halted").state, find(k, "halted").error) == ("stopped", "KeyboardInterrupt")


@pytest.mark.parametrize("later", ["x = 1", "x = 1\n%end_run", "x = 1\ncb.end_run()"])
def test_run_that_went_on_after_a_failure_is_finished_and_says_so(k: Kernel, later: str) -> None:
    name = f"mended-{len(later)}"
    k.run(f"%track_run {name}")
    failed = k.record("1/0").execution_count
    said = k.run(later).text or k.run("%end_run").text
    assert (find(k, name).state, find(k, name).error) == (RunState.FINISHED, None)
    if "cb." not in later:
        assert f"{name} finished, although cell [{failed}] failed · " in said


def test_what_follows_the_end_in_its_cell_is_not_the_runs(k: Kernel) -> None:
    k.run("%track_run over")
    k.run("1/0")
    k.run("%end_run\nx = 1")
    assert find(k, "over").state is RunState.FAILED


@pytest.mark.parametrize("last", ["x = 1", "1/0"])
def test_restart_of_the_kernel_stops_the_open_run(tmp_path: Path, last: str) -> None:
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook")
        k.run("%track_run open")
        k.run(last)
        k.manager.restart_kernel()
        k.client.wait_for_ready(timeout=60)
        state = find(k, "open").state
    assert state is (RunState.STOPPED if last == "x = 1" else RunState.FAILED)


def test_second_start_says_which_run_it_ended_and_how(k: Kernel) -> None:
    k.run("%track_run first")
    k.run("1/0")
    number = find(k, "first").run_number
    assert k.run("%track_run second").text.endswith(f" · ended #{number} first: failed")


def test_log_says_which_run_it_started(k: Kernel) -> None:
    reply = k.run("%log loss=1")
    (run,) = open_book(k.folder).table("runs").all()[-1:]
    assert reply.text.startswith("▶ run #")
    assert f"{run['run_name']} was started by this %log; %end_run ends it" in reply.text
    assert k.run("%log loss=0.5").shown == []


def test_log_function_says_once_which_run_it_started(k: Kernel) -> None:
    first = k.run("cb.log_metric('loss', 1)\ncb.log_metric('loss', 2)\ncb.end_run()")
    assert first.text.endswith("was started, as none was open; %end_run ends it")
    assert len(first.shown) == 1
    assert k.run("cb.log_metric('loss', 1)\ncb.end_run()").shown == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [("lr = 2", "✓"), ("lr = 2\n1/0", "✗"), ("lr = 2\nraise KeyboardInterrupt", "■")],
)
def test_line_of_a_cell_run_becomes_its_end(k: Kernel, body: str, shown: str) -> None:
    reply = k.run(f"%%track_run wide\n{body}")
    (begun, ended) = reply.shown
    assert begun["text/plain"].startswith("▶ run #")
    assert ended["text/plain"].startswith(f"{shown} run #")
    assert ended["text/plain"].endswith("s · experiment default · lr 2")
    cell = max(open_book(k.folder).table("cells").all(), key=lambda doc: doc["execution_id"])
    assert [output["data"] for output in cell["outputs"]] == [ended]


def test_runs_of_a_loop_name_their_cell(k: Kernel) -> None:
    cell = k.record("for n in range(3):\n    with cb.start_run(f'turn-{n}'): pass")
    again = k.record("with cb.start_run(run_id='turn-1'): pass")
    assert find(k, "turn-0").cells == find(k, "turn-2").cells == (cell.execution_id,)
    assert find(k, "turn-1").cells == (cell.execution_id, again.execution_id)
