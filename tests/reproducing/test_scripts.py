"""Plain scripts are started again as they were."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path, PurePosixPath

import pytest

from cellbook.book import Book
from cellbook.records import (
    Environment,
    Reproduction,
    ReproductionVerdict,
    RunRecord,
    RunSlice,
    RunState,
)
from cellbook.reproducing.places import script_place, working_folder
from cellbook.reproducing.room import reproduce
from cellbook.reproducing.screens import screen
from cellbook.reproducing.scripts import Launch, launch_of
from cellbook.store import update
from tests.ipython.kernels import open_book
from tests.sharing.samples import new_book


@pytest.mark.parametrize(
    ("command", "path", "launch"),
    [
        ("python train.py 4 -x", "train.py", Launch((), "", "train.py", ("4", "-x"))),
        ("python -O -W error -Xa b.py", "b.py", Launch(("-O", "-W", "error", "-Xa"), "", "b.py")),
        ("python -m tool 5 6", "tool.py", Launch((), "tool", "", ("5", "6"))),
        ("python -m kit 5", "src/kit/__main__.py", Launch((), "kit", "", ("5",))),
        ("python -m kit.fit", "kit/fit.py", Launch((), "kit.fit")),
        ("python -m coverage run train.py 7", "train.py", Launch((), "", "train.py", ("7",))),
        ("python -I -c pass", "train.py", Launch()),
    ],
)  # fmt: skip
def test_launch_is_read_from_the_command_line(command: str, path: str, launch: Launch) -> None:
    assert launch_of(command.split(), PurePosixPath(path)) == launch


@pytest.mark.parametrize(
    ("command", "path", "folder", "place"),
    [
        ("python train.py", "train.py", "", "train.py"),
        ("python train.py", "sub/train.py", "sub", "sub/train.py"),
        ("python sub/train.py", "sub/train.py", "", "sub/train.py"),
        ("python -m kit", "src/kit/__main__.py", "src", "src/kit/__main__.py"),
        ("python -m kit.fit", "kit/fit.py", "", "kit/fit.py"),
        ("python evil.py", "../../evil.py", "", "evil.py"),
        ("python /away/evil.py", "/away/evil.py", "", "evil.py"),
    ],
)
def test_imported_script_works_below_the_folder_of_the_book(
    tmp_path: Path, command: str, path: str, folder: str, place: str
) -> None:
    book = new_book(tmp_path)
    ran = RunRecord(
        run_id="r", run_name="r", run_number=1, experiment="e", state=RunState.FINISHED,
        start_time=0, imported={"file": "run.zip"},
    )  # fmt: skip
    found = RunSlice(script="s", script_path=path)
    told = Environment("e", "3", command=tuple(command.split()), cwd=str(tmp_path.parent))
    assert working_folder(book, ran, found, told) == tmp_path / folder
    assert script_place(book, ran, found) == tmp_path / place
    book.close()


LOGS = (
    "import sys, random\nimport numpy as np\nimport cellbook as cb\n"
    "from {}part import VALUE\n"
    "with cb.start_run('it') as run:\n"
    "    run.log_metric('n', len(sys.argv) + VALUE)\n"
    "    run.log_metric('drawn', random.random() + np.random.rand())\n"
    "with cb.start_run('next') as run:\n"
    "    run.log_metric('drawn', random.random() + np.random.rand())\n"
)


@pytest.mark.parametrize(
    ("command", "files"),
    [
        (("train.py", "4"), {"train.py": LOGS.format(""), "part.py": "VALUE = 3.0\n"}),
        (("-m", "tool", "5", "6"), {"tool.py": LOGS.format(""), "part.py": "VALUE = 3.0\n"}),
        (
            ("-m", "kit", "5"),
            {
                "kit/__init__.py": "",
                "kit/__main__.py": LOGS.format("."),
                "kit/part.py": "VALUE = 3.0\n",
            },
        ),
    ],
)
def test_script_without_a_seed_is_reproduced(
    tmp_path: Path, command: tuple[str, ...], files: dict[str, str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run([sys.executable, *command], cwd=tmp_path, check=True, timeout=60)
    for name in files:
        (tmp_path / name).write_text("VALUE = 4.0\n")
    book = open_book(tmp_path)
    for name in ("it", "next"):
        done = reproduce(book, name)
        assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
        slices = [book.store.get("slices", one) for one in (done.of, done.run)]
        assert slices[0] == slices[1]
    book.close()


def again(folder: Path, body: str, *, columns: int = 0) -> tuple[Reproduction, Book]:
    """Run a script whose run prints, and then once more as it was."""
    head = "import os, sys, time, shutil\nimport cellbook as cb\nwith cb.start_run('it'):\n"
    (folder / "train.py").write_text(head + textwrap.indent(body, "    "))
    with screen(columns) as output:
        # Readline, which pytest imports, says how wide its own terminal is to all children.
        told = {name: os.environ[name] for name in os.environ.keys() - {"COLUMNS", "LINES"}}
        subprocess.run(
            [sys.executable, "train.py"], cwd=folder, check=True, timeout=60, stdout=output,
            env=told,
        )  # fmt: skip
    book = open_book(folder)
    return reproduce(book, "it"), book


def test_what_a_script_prints_is_compared(tmp_path: Path) -> None:
    done, book = again(tmp_path, "print('same')\nprint('drawn', os.urandom(4).hex())\n")
    assert done.verdict is ReproductionVerdict.DIFFERS
    (found,) = done.differences
    assert (found.what, found.name) == ("output", "train.py")
    assert found.was.startswith("drawn ")
    assert found.now.startswith("drawn ")
    assert not done.doubts
    book.close()


def test_times_that_a_script_prints_are_no_results(tmp_path: Path) -> None:
    body = (
        "print(time.strftime('%Y-%m-%d %H:%M:%S'))\n"
        "print(f'took {time.perf_counter_ns() % 997} ms')\n"
    )
    done, book = again(tmp_path, body)
    assert done.verdict is ReproductionVerdict.IDENTICAL
    assert any("taken for times: train.py" in note for note in done.notes)
    book.close()


def test_the_middle_of_what_a_script_prints_counts(tmp_path: Path) -> None:
    body = "for n in range(100_000):\n    print(os.urandom(4).hex() if n == 50_000 else n)\n"
    done, book = again(tmp_path, body)
    assert done.first == (
        "output train.py: the middle of stdout, which is not on record before, another now"
    )
    book.close()


def test_what_was_printed_before_it_was_recorded_is_told(tmp_path: Path) -> None:
    done, book = again(tmp_path, "print('same')\n")
    assert (done.verdict, done.doubts) == (ReproductionVerdict.IDENTICAL, ())
    book.store.commit([update("slices", done.of, {}, [["stdout"]])])
    done = reproduce(book, "it")
    assert done.verdict is ReproductionVerdict.IDENTICAL
    assert done.doubts == ("what train.py printed is not compared: it is not on record",)
    book.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_a_script_that_printed_to_a_terminal_prints_to_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    body = (
        "import pandas as pd\n"
        "print(sys.stdout.isatty(), shutil.get_terminal_size().columns)\n"
        "print(pd.DataFrame([range(60)], columns=[f'column {n}' for n in range(60)]))\n"
        "print('\\n'.join(['x' * 100] * 20_000))\n"
    )
    done, book = again(tmp_path, body, columns=173)
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    docs = [book.store.get("slices", one) or {} for one in (done.of, done.run)]
    assert docs[0] == docs[1]
    assert book.store.blobs.get(docs[0]["stdout"]).startswith(b"True 173\n")
    book.close()
