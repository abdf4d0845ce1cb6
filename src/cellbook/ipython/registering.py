"""The magics in a shell: added when Cellbook is loaded, what was there before put back after it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from cellbook.ipython.magics import MAGICS
from cellbook.ipython.magics.run import first_line
from cellbook.ipython.printing import Printed
from cellbook.ipython.questions import keep_questions

_REWRITES = (first_line, keep_questions)
"""What looks at a cell's lines before IPython does, in order."""


class Registered:
    """Cellbook's magics in one shell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._magics: list[Any] = []
        self._former: dict[tuple[str, str], Any] = {}
        self._completed: list[str] = []
        self._printed = Printed(shell)

    def add(self, extension: Any) -> None:
        """Add the magics of an extension."""
        tables = self._shell.magics_manager.magics
        for kind in MAGICS:
            magics = kind(extension)
            self._magics.append(magics)
            for name in magics.completed:
                self._shell.set_hook("complete_command", _completer(magics), str_key=f"%{name}")
                self._completed.append(f"%{name}")
            for table, functions in magics.magics.items():
                for name in functions:
                    self._former[table, name] = tables[table].get(name)
        self._shell.register_magics(*self._magics)
        self._shell.input_transformers_cleanup.extend(_REWRITES)
        self._printed.add(extension.book)

    def remove(self) -> None:
        """Take the magics away; those that they stood in for are back."""
        self._printed.remove()
        for rewrite in _REWRITES:
            with contextlib.suppress(ValueError):
                self._shell.input_transformers_cleanup.remove(rewrite)
        manager = self._shell.magics_manager
        for (table, name), former in self._former.items():
            if former is None:
                manager.magics[table].pop(name, None)
            else:
                manager.magics[table][name] = former
        for magics in self._magics:
            manager.registry.pop(type(magics).__name__, None)
            with contextlib.suppress(ValueError):
                self._shell.configurables.remove(magics)
        completers = self._shell.strdispatchers.get("complete_command")
        for name in self._completed:
            completers.strs.pop(name, None)
        self._magics, self._former, self._completed = [], {}, []


def _completer(magics: Any) -> Callable[[Any, Any], list[str]]:
    """Return what IPython calls for words of a line; a failure must not reach who types."""

    def complete(_: Any, event: Any) -> list[str]:
        with contextlib.suppress(Exception):
            words = str(event.text_until_cursor).split()
            before = words[1:] if not event.symbol else words[1:-1]
            return [
                one for one in magics.complete(before, event.symbol) if one.startswith(event.symbol)
            ]
        return []

    return complete
