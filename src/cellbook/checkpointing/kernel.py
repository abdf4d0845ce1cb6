"""The kernel as checkpoints see it: a namespace, and which of its names are the user's."""

from __future__ import annotations

import contextlib
import os
import random
import re
import sys
from collections.abc import Iterable, Mapping
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
    """Bring back what :func:`process_state` returned; return what could not be."""
    problems = []
    random.setstate(state["random"])
    sys.path[:] = state["path"]
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None and "numpy" in state:
        numpy_random.set_state(state["numpy"])
    torch: Any = sys.modules.get("torch")
    if torch is not None and "torch" in state:
        torch.set_rng_state(torch.from_numpy(state["torch"]))
    if "folder" in state:
        try:
            os.chdir(state["folder"])
        except OSError as error:
            problems.append(f"the working folder {state['folder']}: {error.strerror}")
    for name, value in state.get("environment", {}).items():
        os.environ[name] = value
    return problems
