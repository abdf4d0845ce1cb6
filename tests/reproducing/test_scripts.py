"""Plain scripts are started again as they were."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from cellbook.records import Environment, ReproductionVerdict, RunRecord, RunSlice, RunState
from cellbook.reproducing.places import script_place, working_folder
from cellbook.reproducing.room import reproduce
from cellbook.reproducing.scripts import Launch, launch_of
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
    assert any("printed is not compared" in note for note in done.notes)
    book.close()
