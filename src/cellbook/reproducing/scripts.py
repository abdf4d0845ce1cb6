"""Runs a script again as it was when its run was recorded."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from cellbook.reproducing import recorded
from cellbook.reproducing.screens import screen

_SIZE = {"COLUMNS", "LINES"}
"""Variables that say how large a terminal is, whatever that says itself."""

_RUN = """
import sys
place, modules, path, name = sys.argv[1:5]
sys.argv = [path, *sys.argv[5:]]
with open(place, "rb") as file:
    source = file.read()
from cellbook.reproducing import recorded
recorded.use(modules)
import importlib.util, os, types
main = types.ModuleType("__main__")
main.__file__ = path
main.__package__ = None
main.__loader__ = recorded.RecordedLoader("__main__", path, source)
if name:
    sys.path[0] = os.getcwd()
    spec = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        name += ".__main__"
        spec = importlib.util.find_spec(name)
    main.__spec__ = spec
    main.__package__ = name.rpartition(".")[0]
    if main.__package__:
        importlib.import_module(main.__package__)
else:
    sys.path[0] = os.path.dirname(path)
sys.modules["__main__"] = main
exec(compile(source, path, "exec"), main.__dict__)
"""
"""The script runs under its own path, or as its own module, where another text may stand by now."""
_OPTIONS = ("-O", "-b", "-B", "-u", "-W", "-X")
"""The options of Python that go with a script; others are about where it finds modules."""
_MASKED = "***"


@dataclass(frozen=True, slots=True)
class Launch:
    """How a script was started."""

    options: tuple[str, ...] = ()
    """Of Python."""
    module: str = ""
    """What stood behind ``-m``; empty where its path did."""
    word: str = ""
    """Its path as the command line had it."""
    arguments: tuple[str, ...] = ()
    """Its own."""


def launch_of(command: Sequence[str], path: PurePath) -> Launch:
    """Return how a command line started the script at a path.

    Where something else ran the script (``python -m coverage run train.py 5``), what stands behind
    its name are its arguments.
    """
    words = list(command[1:])
    options: list[str] = []
    while words:
        word = words.pop(0)
        if word.startswith("-m"):
            module = word[2:] or (words.pop(0) if words else "")
            if path.with_suffix("").parts[-len(parts := module.split(".")) :] == tuple(parts) or (
                path.parent.parts[-len(parts) :] == tuple(parts) and path.stem == "__main__"
            ):
                return Launch(tuple(options), module, arguments=tuple(words))
            break
        if word.startswith(_OPTIONS):
            options.append(word)
            if word in ("-W", "-X") and words:
                options.append(words.pop(0))
        elif not word.startswith("-"):
            words.insert(0, word)
            break
    for place, word in enumerate(words):
        if PurePath(word).name == path.name:
            return Launch(tuple(options), word=word, arguments=tuple(words[place + 1 :]))
    return Launch(tuple(options))


def run_script(
    source: bytes,
    modules: Mapping[str, bytes],
    home: Path,
    path: Path,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    python: str = sys.executable,
    until: float | None = None,
    columns: int = 0,
) -> str:
    """Run a script in a process of its own; return what went wrong, empty if nothing did.

    Parameters
    ----------
    source
        Its text as it was.
    modules
        The local modules that it imported, as they were, by their places below `home`.
    home
        The folder of the book.
    path
        Where it lay.
    command
        The command line of then.
    folder
        Where it works.
    environment
        Its environment variables.
    python
        The interpreter.
    until
        When the time is up, by the monotonic clock.
    columns
        How wide the terminal was that it printed to; 0 where that was none.
    """
    if columns:
        # How wide this process thinks that its own terminal is would count for more.
        environment = {name: environment[name] for name in environment.keys() - _SIZE}
    launch = launch_of(command, path)
    if any(_MASKED in one for one in launch.arguments):
        return "its command line held a secret, which is not on record"
    with tempfile.TemporaryDirectory(prefix="cellbook-") as place:
        text = Path(place, "script.py")
        text.write_bytes(source)
        listed = Path(place, "modules.json")
        recorded.write(listed, home, modules)
        start = [str(text), str(listed), str(path), launch.module, *launch.arguments]
        with (
            Path(place, "errors").open("w+b") as errors,
            screen(columns) as output,
            subprocess.Popen(
                [python, *launch.options, "-c", _RUN, *start],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            ) as process,
        ):
            try:
                left = None if until is None else max(0.1, until - time.monotonic())
                code = process.wait(left)
            except subprocess.TimeoutExpired:
                return "it took longer than it may"
            finally:
                if process.poll() is None:
                    process.terminate()
                    try:
                        process.wait(10)
                    except subprocess.TimeoutExpired:
                        process.kill()
            if code == 0:
                return ""
            errors.seek(0)
            lines = errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
            return f"it ended with {code}: {lines[-1] if lines else 'nothing was said'}"
