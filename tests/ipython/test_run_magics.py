"""``%track_run``, ``%%track_run``, ``%end_run`` and ``%log`` in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cellbook.capture.outputs import strip_ansi
from cellbook.records import CellState, RunState
from tests.ipython.kernels import Kernel, cells, kernel, open_book


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("kernel")) as started:
        started.run("%load_ext cellbook")
        yield started


@pytest.fixture(autouse=True)
def nothing_open(k: Kernel) -> Iterator[None]:
    yield
    k.run("%end_run")


def last_run(k: Kernel) -> dict[str, Any]:
    return dict(max(open_book(k.folder).table("runs").all(), key=lambda doc: doc["run_id"]))


def paths(k: Kernel, run: dict[str, Any]) -> list[str]:
    return [artifact.path for artifact in open_book(k.folder).artifacts(run["run_id"])]


def test_start_reads_names_literals_and_expressions(k: Kernel) -> None:
    k.run("rate, n = 0.01, 3")
    reply = k.run(
        '%track_run "wide net" lr=rate width={2 * n} layers=[64, 64] opt=adam '
        '--experiment wine --tags team=vision,stage=dev --tags by=ada --notes "does it {n}?"'
    )
    assert reply.status == "ok"
    run = last_run(k)
    assert run["run_name"] == "wide net"
    assert run["params"] == {"lr": 0.01, "width": 6, "layers": [64, 64], "opt": "adam"}
    assert run["experiment"] == "wine"
    assert run["tags"] == {"team": "vision", "stage": "dev", "by": "ada"}
    assert run["description"] == "does it 3?"
    number = open_book(k.folder).find_run(run["run_id"]).run_number
    assert reply.text == f"▶ run #{number} wide net · experiment wine"
    assert "<b>" in reply.shown[0]["text/html"]


def test_all_cells_belong_to_the_run_until_it_ends(k: Kernel) -> None:
    before = k.record("print('before')")
    start = k.record("%track_run chain")
    middle = k.record("print('in')")
    end = k.record("%end_run")
    after = k.record("print('after')")
    run = last_run(k)
    assert [cell.run for cell in (before, start, middle, end, after)] == [
        None,
        run["run_id"],
        run["run_id"],
        run["run_id"],
        None,
    ]
    assert run["state"] == RunState.FINISHED


def test_open_run_ends_as_its_last_cell_did(k: Kernel) -> None:
    k.run("%track_run fails")
    k.run("1/0")
    assert last_run(k)["state"] == RunState.RUNNING
    k.run("%track_run follows")
    failed = open_book(k.folder).find_run("fails")
    assert (failed.state, failed.error) == (RunState.FAILED, "ZeroDivisionError: division by zero")
    k.run("1/0")
    k.run("print('mended')")
    k.run("%end_run")
    assert last_run(k)["state"] == RunState.FINISHED


def test_open_run_ends_stopped_after_an_interrupt(k: Kernel) -> None:
    k.run("%track_run halted")
    k.run("raise KeyboardInterrupt")
    reply = k.run("%track_run next")
    assert reply.status == "ok"
    assert open_book(k.folder).find_run("halted").state is RunState.STOPPED


def test_end_run_takes_a_state_and_says_when_there_is_nothing_to_end(k: Kernel) -> None:
    k.run("%track_run judged")
    reply = k.run("%end_run --state failed")
    assert last_run(k)["state"] == RunState.FAILED
    assert reply.text.startswith("✗ run #")
    assert k.run("%end_run").text == "No run is open. %track_run starts one."
    assert "choose from" in k.run("%end_run --state odd").stderr


def test_cell_run_has_the_cells_literals_as_params(k: Kernel) -> None:
    reply = k.run(
        "%%track_run probe-{1 + 1} seed=7 lr=0.25\n"
        "lr = 0.5\nlayers = [1, 2]\n_private = 3\nbig = max(3, 4)\n"
        "for lr in (1, 2): pass\nlr\n"
    )
    run = last_run(k)
    assert run["run_name"] == "probe-2"
    assert run["params"]["seed"] == 7
    assert run["params"]["lr"] == 0.25
    assert run["params"]["layers"] == [1, 2]
    assert "big" not in run["params"]
    assert run["state"] == RunState.FINISHED
    assert "layers [1, 2]" in reply.shown[0]["text/plain"]
    assert reply.result == {"text/plain": "2"}
    assert cells(k.folder)[-1].run == run["run_id"]
    k.run("%%track_run --no-auto-params\nlr = 0.5")
    assert "params" not in last_run(k)
    k.run("%track_run --auto-params\nlr = 0.75")
    assert last_run(k)["params"] == {"lr": 0.75}


def test_cell_run_fails_with_its_cell_and_its_own_traceback(k: Kernel) -> None:
    reply = k.run("%%track_run broken\nprint('on')\nraise ValueError('bad data')")
    assert (reply.status, reply.error) == ("error", "ValueError")
    assert "bad data" in reply.traceback
    assert "run_cell_magic" not in reply.traceback
    run = last_run(k)
    assert (run["state"], run["error"]) == (RunState.FAILED, "ValueError: bad data")
    cell = cells(k.folder)[-1]
    assert (cell.state, cell.run) == (CellState.ERROR, run["run_id"])
    k.run("%%track_run halted-cell\nraise KeyboardInterrupt")
    assert last_run(k)["state"] == RunState.STOPPED
    assert k.run("%end_run").text.startswith("No run is open")


def test_cell_run_may_await_display_and_hold_other_magics(k: Kernel) -> None:
    reply = k.run(
        "%%track_run --notes 'is it slow?'\nimport asyncio\nawait asyncio.sleep(0.01)\n%log acc=1\n"
        "1 + 1\n"
    )
    assert reply.result == {"text/plain": "2"}
    assert last_run(k)["metrics"] == {"acc": 1.0}
    reply = k.run("%%track_run timed\n\n%%time\nprint('body')")
    assert reply.stdout.startswith("body\nCPU times")
    assert (last_run(k)["run_name"], last_run(k)["state"]) == ("timed", RunState.FINISHED)
    reply = k.run("%%time\n%%track_run inner\nprint('body')")
    assert reply.stdout.startswith("body\nCPU times")
    assert (last_run(k)["run_name"], last_run(k)["state"]) == ("inner", RunState.FINISHED)
    assert k.run("%%track_run?").status == "ok"


def test_runs_inside_a_cell_run_are_nested(k: Kernel) -> None:
    k.run("import cellbook as cb")
    k.run(
        "%%track_run outer\nwith cb.start_run('inner-1'): pass\nwith cb.start_run('inner-2'): pass"
    )
    book = open_book(k.folder)
    outer = book.find_run("outer")
    assert {book.find_run(name).parent for name in ("inner-1", "inner-2")} == {outer.run_id}
    assert cells(k.folder)[-1].run == outer.run_id


def test_parent_is_any_target_and_errors_name_the_mend(k: Kernel) -> None:
    k.run("%track_run root")
    k.run("%track_run leaf --parent root")
    book = open_book(k.folder)
    assert book.find_run("leaf").parent == book.find_run("root").run_id
    reply = k.run("%track_run lost --parent nobody")
    assert reply.error == "UsageError"
    assert "no run 'nobody'" in reply.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%track_run one two", "A run has one name, here are 2: one, two."),
        ("%track_run x --experimant e", "There is no option `--experimant`."),
        ("%track_run x lr = 0.1", "A run has one name"),
        ("%track_run x --tags loose", "The tag 'loose' has no value."),
        ("%track_run x --notes", "expected one argument"),
        ("%track_run {1/0}", "`1/0` could not be worked out: ZeroDivisionError"),
        ("%track_run x lr=1e-3 lr=2", "`lr` is given twice."),
        ("%log", "Nothing to log."),
        ("%log 0.5", "What is `0.5`?"),
        ("%log acc=0.5 --step two", "The step 'two' is no whole number."),
        ("%log acc=unknown_name", "There is no variable `unknown_name`."),
        ("%log acc={[1, 2].copy}", "does not stand for one number"),
        ("%cellbook dance", "There are status, pause, resume, doctor, help."),
        ("%cellbook staus", "There is no `%cellbook staus`. Did you mean status?"),
        ("%runs metrics.acc >", "metrics.acc >"),
        ("print(1)\n%%track_run x\nprint(2)", "`%%track_run` not found"),
    ],
)
def test_mistakes_are_said_in_one_breath(k: Kernel, line: str, said: str) -> None:
    reply = k.run(line)
    assert reply.status == "error"
    assert said in reply.stderr + reply.traceback
    assert "Traceback" not in reply.traceback


def test_log_takes_numbers_as_metrics_and_the_rest_as_params(k: Kernel) -> None:
    k.run("import numpy as np\n%track_run logged")
    k.run("scores, name, epoch = np.array([1.0, 2.0]), 'adam', 4")
    reply = k.run(
        '%log acc={scores.mean()} loss=nan opt=name ok=True sizes=[1, 2] "a b"=np.pi --step {epoch}'
    )
    assert "text or a value" in reply.stderr
    reply = k.run('%log acc={scores.mean()} loss=nan opt=name ok=True "a b"={np.pi} --step {epoch}')
    assert (reply.status, reply.shown) == ("ok", [])
    k.run("%end_run")
    run = last_run(k)
    assert run["metrics"]["acc"] == 1.5
    assert run["metrics"]["a b"] == pytest.approx(3.14159, rel=1e-5)
    assert run["stats"]["acc"]["step"] == 4
    assert run["params"] == {"opt": "adam", "ok": True}


def test_log_hints_at_what_was_probably_meant(k: Kernel) -> None:
    k.run("%track_run hinted")
    assert k.run('%log optimizer="adam" acc=0.5').shown == []
    assert k.run('%log loss="0.2"').text == (
        "'loss' is text, so it became a param; for a metric write %log loss=0.2"
    )
    assert k.run('%log acc="high"').text.startswith("'acc' is text")
    assert k.run("%log step=3 loss=0.1").text == (
        "A metric named 'step' was logged; for the step of the others write --step 3"
    )
    assert k.run("%log step=3 loss=0.1 --step 3").shown == []
    assert k.run("%log step=3").shown == []


def test_secret_params_are_masked(k: Kernel) -> None:
    secret = "correct-horse-7"
    reply = k.run(
        f"%%track_run masked db_password={secret} max_tokens=100\napi_key = '{secret}'\n"
        f"login = {{'user': 'ada', 'password': '{secret}'}}\n%log auth_token='{secret}'"
    )
    assert secret not in str(reply.shown)
    assert last_run(k)["params"] == {
        "db_password": "••••",
        "max_tokens": 100,
        "api_key": "••••",
        "login": {"user": "ada", "password": "••••"},
        "auth_token": "••••",
    }


@pytest.mark.parametrize(
    "mistake",
    [
        'cb.search_runs("metrics.loss > 0.1 adn")',
        'cb.log_metric("loss", "abc")',
        'cb.log_metric("loss", [1, 2])',
        'cb.start_run(run_id="nosuch")',
        'cb.start_run("").__enter__()',
    ],
)
def test_mistake_in_python_shows_the_callers_lines_only(k: Kernel, mistake: str) -> None:
    k.run("import cellbook as cb")
    reply = k.run(f"def fit():\n    {mistake}\nfit()")
    assert reply.error in ("QuerySyntaxError", "InvalidMetric", "NotFound", "InvalidInput")
    shown = strip_ansi(reply.traceback)
    assert "in fit()" in shown
    assert "/cellbook/" not in shown
    assert shown.count(reply.error) == 2  # above the frames and below
    assert len(k.run(mistake).traceback.splitlines()) < 12


def test_mistake_in_python_leaves_the_callers_own_error_in_sight(k: Kernel) -> None:
    k.run("import cellbook as cb")
    reply = k.run("try:\n    1 / 0\nexcept ArithmeticError:\n    cb.log_metric('loss', 'abc')")
    first, _, second = reply.traceback.partition("During handling of the above exception")
    assert "ZeroDivisionError" in first
    assert "InvalidMetric" in second


def test_log_reads_local_names_in_a_function_and_starts_a_run(k: Kernel) -> None:
    k.run("def fit(rate):\n    %log rate=rate\n")
    reply = k.run("fit(0.125)")
    assert reply.status == "ok"
    k.run("%end_run")
    assert last_run(k)["metrics"] == {"rate": 0.125}


def test_figures_and_tables_become_artifacts(k: Kernel) -> None:
    k.run(
        "%matplotlib inline\nimport matplotlib.pyplot as plt, pandas as pd\n"
        "import plotly.graph_objects as go"
    )
    k.run("%track_run drawing")
    cell = k.record("plt.plot([1, 2])\ndisplay(pd.DataFrame({'a': [1]}))\ngo.Figure()")
    k.run("%runs\n%compare")
    run = last_run(k)
    kept = paths(k, run)
    assert f"cells/{cell.order:04d}-table-1.html" in kept
    assert sorted(path.partition(".")[2] for path in kept) == ["html", "json", "png"]
    book = open_book(k.folder)
    (picture,) = [one for one in book.artifacts(run["run_id"]) if one.path.endswith(".png")]
    assert book.store.blobs.get(picture.digest).startswith(b"\x89PNG")
    assert (picture.kind, picture.automatic, picture.cell) == ("figure", True, cell.execution_id)


def test_runs_of_a_loop_each_keep_what_was_shown_in_them(k: Kernel) -> None:
    k.run("import cellbook as cb, pandas as pd")
    k.run(
        "for n in range(3):\n    with cb.start_run(f'loop-{n}'):\n"
        "        display(pd.DataFrame({'n': [n]}))"
    )
    book = open_book(k.folder)
    kept = [book.artifacts(f"loop-{n}") for n in range(3)]
    assert [len(found) for found in kept] == [1, 1, 1]
    assert b"<td>2</td>" in book.store.blobs.get(kept[2][0].digest)


@pytest.mark.parametrize("name", ["track_run", "end_run", "log", "runs", "compare", "cellbook"])
def test_every_magic_explains_itself(k: Kernel, name: str) -> None:
    help_text = k.run(f"print(get_ipython().find_line_magic('{name}').__doc__)").stdout
    assert "Examples::" in help_text
    assert f"%{name}" in help_text
    assert "SUPPRESS" not in help_text


def test_help_and_status_are_text_everywhere(k: Kernel) -> None:
    assert "%track_run [NAME]" in k.run("%cellbook help").stdout
    k.run("%track_run shown --experiment e")
    reply = k.run("%cellbook")
    assert reply.shown[0]["text/html"].count("<table") == 1
    status = reply.text
    assert "every cell" in status
    assert "shown (e)" in status
    assert "✓ cellbook" in k.run("%cellbook doctor").text
