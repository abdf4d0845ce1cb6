"""Checks the front end: types, unit tests, and that what is committed was built from this source.

All of it happens in a copy in a temporary folder, with the packages that yarn.lock names, so that
nothing of a working copy has a part in it.  bundle/ and src/cellbook/assets are built anew and
compared byte by byte: the same source, packages and builder make the same files, wherever they lie.
"""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MADE = ("bundle", "lib", "node_modules", ".yarn", "*.tsbuildinfo", "__pycache__")
"""What is no source."""
ASSETS = HERE.parent / "src" / "cellbook" / "assets"
MEND = (
    "What is committed was not built from this source. This builds it:\n"
    "    cd labextension && jlpm install --immutable && jlpm build:prod"
)


def files(folder: Path) -> set[str]:
    """Return the paths of all files below a folder, from there."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }


def differences(built: Path, committed: Path) -> list[str]:
    """Return a line for each file that is not the same in both folders."""
    here, there = files(built), files(committed)
    _, differing, _ = filecmp.cmpfiles(built, committed, sorted(here & there), shallow=False)
    return [
        *(f"differs: {name}" for name in differing),
        *(f"missing: {name}" for name in sorted(here - there)),
        *(f"left over: {name}" for name in sorted(there - here)),
    ]


def main() -> int:
    """Check everything; the first thing that is wrong ends it."""
    subprocess.run([sys.executable, HERE / "generate_types.py", "--check"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / HERE.name
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns(*MADE))
        for step in (["install", "--immutable"], ["check"], ["test"], ["build:prod"]):
            subprocess.run(["jlpm", *step], cwd=copy, check=True)
        wrong = differences(copy / "bundle", HERE / "bundle")
        wrong += differences(Path(folder) / "src" / "cellbook" / "assets", ASSETS)
    if wrong:
        print(*wrong, MEND, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"This failed: {' '.join(map(str, error.cmd))}")
