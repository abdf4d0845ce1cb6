"""Modules on record are imported in place of what lies there by now."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from cellbook.reproducing.recorded import write

HOME = {
    "plain.py": "VALUE = 'then'\n",
    "pkg/__init__.py": "from .part import VALUE\n",
    "pkg/part.py": "VALUE = 'then'\n",
    "space/inside.py": "VALUE = 'then'\n",
    "src/deep.py": "import inspect, pathlib\n"
    "VALUE = 'then'\n"
    "BESIDE = pathlib.Path(__file__).with_name('data.txt').read_text()\n"
    "def shown():\n    return inspect.getsource(shown)\n",
}
SEEN = """
import json, sys
from cellbook.reproducing.recorded import use
use(sys.argv[1])
sys.path[:0] = ["", "src"]
import plain, pkg, pkg.part, space.inside, deep, other
print(json.dumps([one.VALUE for one in (plain, pkg, pkg.part, space.inside, deep, other)]
    + [deep.BESIDE, plain.__file__, deep.shown()]))
"""


def seen(home: Path, listed: Path) -> list[str]:
    command = [sys.executable, "-c", SEEN, str(listed)]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def test_module_runs_as_it_was_where_it_was(tmp_path: Path) -> None:
    home, listed = tmp_path / "home", tmp_path / "modules.json"
    (home / "src").mkdir(parents=True)
    (home / "src" / "data.txt").write_text("beside")
    (home / "other.py").write_text("VALUE = 'now'\n")  # It is not on record.
    write(listed, home, {name: text.encode() for name, text in HOME.items()})
    then = ["then"] * 5 + ["now", "beside", str(home / "plain.py")]
    gone = seen(home, listed)
    assert gone[:-1] == then
    assert gone[-1].startswith("def shown")
    for name in HOME:
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("VALUE = 'now'\nBESIDE = ''\nshown = str\n")
    assert seen(home, listed) == gone


def test_what_comes_first_on_the_path_is_imported(tmp_path: Path) -> None:
    home, first = tmp_path / "home", tmp_path / "first"
    for folder in (home, first):
        folder.mkdir()
    (first / "plain.py").write_text("VALUE = 'first'\n")
    listed = tmp_path / "modules.json"
    write(listed, home, {"plain.py": b"VALUE = 'then'\n"})
    code = (
        "import sys\nfrom cellbook.reproducing.recorded import use\n"
        f"use({str(listed)!r})\nsys.path[:0] = [{str(first)!r}, {str(home)!r}]\n"
        "import plain\nprint(plain.VALUE)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "first\n"
