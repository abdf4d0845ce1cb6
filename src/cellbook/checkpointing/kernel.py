"""The kernel as checkpoints see it: a namespace, and which of its names are the user's."""

from __future__ import annotations

import contextlib
import os
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_OWN = re.compile(
    r"_i?\d+|_i{1,3}|_{1,3}|_[doi]h|In|Out|_exit_code|__vsc_ipynb_file__|__session__"
    r"|__(name|doc|package|loader|spec|file|builtin|builtins)__"
)
"""Names that Python, IPython or a front end makes."""


@dataclass(slots=True)
class Kernel:
    """A live namespace.

    Attributes
    ----------
    namespace
        The user's names, and IPython's own among them.
    hidden
        IPython's own, with the values it gave them: another value is the user's.
    shell
        The IPython shell, if there is one.
    """

    namespace: dict[str, Any]
    hidden: Mapping[str, Any] = field(default_factory=dict)
    shell: Any = None

    def variables(self) -> dict[str, Any]:
        """Return the user's variables."""
        hidden = self.hidden
        return {
            name: value
            for name, value in list(self.namespace.items())
            if isinstance(name, str)
            and not _OWN.fullmatch(name)
            and not (name in hidden and hidden[name] is value)
        }

    def replace(self, values: Mapping[str, Any], remove: Iterable[str]) -> None:
        """Swap variables: all of them, or none if that fails."""
        before = dict(self.namespace)
        try:
            for name in (*remove, *values):
                self.namespace.pop(name, None)
            self.namespace.update(values)
        except BaseException:
            self.namespace.clear()
            self.namespace.update(before)
            raise


def can_be_told(name: str) -> bool:
    """Whether a name can be written down: `globals()` takes halves of characters as well."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def process_state(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return random generators, working folder and module path.

    `environment` is what to save of the environment variables, if anything.
    """
    state: dict[str, Any] = {"random": random.getstate(), "path": list(sys.path)}
    with contextlib.suppress(OSError):
        state["folder"] = str(Path.cwd())
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None:
        state["numpy"] = numpy_random.get_state(legacy=False)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        state["torch"] = torch.get_rng_state().numpy()
    if environment is not None:
        state["environment"] = dict(environment)
    return state


def restore_process(state: Mapping[str, Any]) -> list[str]:
    """Bring back what :func:`process_state` returned; return what could not be.

    It never raises: the variables have been swapped by then.
    """
    parts: list[tuple[str, Callable[[], object]]] = [
        ("the generator of random", lambda: random.setstate(state["random"])),
        ("sys.path", lambda: sys.path.__setitem__(slice(None), state["path"])),
    ]
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None and "numpy" in state:
        parts.append(
            ("numpy's random generator", lambda: _restore_numpy(numpy_random, state["numpy"]))
        )
    torch: Any = sys.modules.get("torch")
    if torch is not None and "torch" in state:
        parts.append(
            (
                "torch's random generator",
                lambda: torch.set_rng_state(torch.from_numpy(state["torch"])),
            )
        )
    if "folder" in state:
        parts.append((f"the working folder {state['folder']}", lambda: os.chdir(state["folder"])))
    if "environment" in state:
        parts.append(("environment variables", lambda: os.environ.update(state["environment"])))
    problems = []
    for name, bring_back in parts:
        try:
            bring_back()
        except Exception as error:
            why = error.strerror if isinstance(error, OSError) else error
            problems.append(f"{name} stays as it is: {why}")
    return problems


def _restore_numpy(numpy_random: Any, state: Mapping[str, Any]) -> None:
    """Bring numpy's global generator back, of the kind that it was."""
    kind = state["bit_generator"]
    if numpy_random.get_state(legacy=False)["bit_generator"] != kind:
        numpy_random.set_bit_generator(getattr(numpy_random, kind)())
    numpy_random.set_state(state)


@contextlib.contextmanager
def standing_in(path: Sequence[str], folder: str | None) -> Iterator[None]:
    """Have modules be found where they were when a state was saved, within the block."""
    before, here = list(sys.path), None
    with contextlib.suppress(OSError):
        here = str(Path.cwd())
        if folder is not None:
            os.chdir(folder)
    sys.path[:] = [*path, *(one for one in before if one not in path)]
    try:
        yield
    finally:
        sys.path[:] = before
        if here is not None:
            with contextlib.suppress(OSError):
                os.chdir(here)
