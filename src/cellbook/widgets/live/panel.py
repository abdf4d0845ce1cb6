"""A panel in a cell's output: React in the page, answers from the kernel.

The widget's own module is a loader of a few lines, as every instance sends it anew; the panels
themselves, and plotly where something is drawn, come once a page as bytes over the kernel's own
line.  So it works wherever widgets do, with no server, no network, and in no front end twice.

Messages from the page: ``{"file": name}``, answered with the file's bytes; ``{"id": n, "ask": name,
"query": {…}}``, a question of :data:`cellbook.answers.QUESTIONS`; ``{"id": n, "change": name,
"body": {…}}``, one of its CHANGES; and ``{"id": n, "run": run, "path": path}``, an artifact.  All
but the first are answered by ``{"id": n}`` with JSON, or the artifact's
bytes, in a buffer; or by ``{"id": n, "error": message}``.  From the kernel comes ``{"changed":
[table, …]}`` when the book did, which the page answers by ``{"heard": true}``, or by any question.
A page that has come says ``{"here": true}``: what was told last, while it was being loaded, is told
again.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from cellbook import answers, assets
from cellbook.errors import CellbookError, InvalidInput
from cellbook.views.formatting import size
from cellbook.views.wire import encode
from cellbook.widgets.live.watching import watch

if TYPE_CHECKING:
    from cellbook.book import Book

_log = logging.getLogger(__name__)


_LARGEST = 64 * 2**20
"""Bytes of an artifact that a page is sent."""


class LivePanel(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget has no types here
    """One panel.

    Parameters
    ----------
    book
        What it is about.
    kind
        Which panel of the front end it is: ``compare``.
    state
        What is shown, and how: the front end's own struct.
    first
        Questions whose answers it begins with, so that it draws at once: ``(name, query)``.
    notebook
        The notebook that it stands in, as records name it; empty where nobody knows.
    """

    _esm = Path(__file__).parent / "loader.js"

    version = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    first = traitlets.List().tag(sync=True)
    """Of each first question: name, query, and answer as JSON text."""

    def __init__(
        self,
        book: Book,
        kind: str,
        state: Mapping[str, Any],
        first: Sequence[tuple[str, Mapping[str, Any]]] = (),
        *,
        notebook: str = "",
    ) -> None:
        self._reader = answers.Reader(book, notebook)
        told = [[name, dict(query), self.answer(name, query).decode()] for name, query in first]
        super().__init__(version=_version(), kind=kind, state=dict(state), first=told)
        self._heard = True
        self._told: set[str] = set()
        self._untold: set[str] = set()
        self.add_class("cellbook-panel")
        _take_in_subshell(self.comm)
        self.on_msg(self._take)
        watch(book, self)

    def answer(self, name: str, query: Mapping[str, Any]) -> bytes:
        """Return the answer to a question, as JSON.

        Raises
        ------
        CellbookError
            If there is no such question, or none such answer.
        """
        call = answers.QUESTIONS.get(name)
        if call is None:
            raise InvalidInput(f"There is no question {name!r}.")
        kind = typing.get_type_hints(call)["query"]
        return encode(call(self._reader, answers.read_struct(kind, query)))

    def change(self, name: str, body: Mapping[str, Any]) -> bytes:
        """Change something in the book; return what it came to, as JSON.

        Raises
        ------
        CellbookError
            If it cannot be done.
        """
        call = answers.CHANGES.get(name)
        if call is None:
            raise InvalidInput(f"Nothing is changed by {name!r}.")
        kind = typing.get_type_hints(call)["body"]
        return encode(call(self._reader, answers.read_fields(kind, body)))

    def artifact(self, run: str, path: str) -> bytes:
        """Return the bytes of an artifact.

        Raises
        ------
        NotFound
            If it is not there.
        InvalidInput
            If it is too large for a page.
        """
        found, file = answers.find_artifact(self._reader, run, path)
        if found.size > _LARGEST:
            raise InvalidInput(
                f"{path!r} has {size(found.size)}, too much for a page. `cellbook show` says where "
                "a run's files are."
            )
        return file.read_bytes()

    @property
    def closed(self) -> bool:
        """Whether it was closed, and has no page any more."""
        return self.comm is None

    def tell(self, tables: Sequence[str]) -> None:
        """Tell the page that tables of the book have changed, unless it has not heard the last yet.

        A widget outlives the output that showed it: of a page that is gone nothing is heard.
        """
        self._untold.update(tables)
        self._tell_rest()

    def _tell_rest(self) -> None:
        if self._heard and self._untold:
            self._heard = False
            self._told, self._untold = self._untold, set()
            self.send({"changed": sorted(self._told)})

    def _take(self, _: Any, content: Any, __: Any) -> None:
        self._heard = True
        if content == {"here": True}:
            self._untold |= self._told
        # What changed while the page was slow to hear may be the last that changes for long.
        self._tell_rest()
        match content:
            case {"file": str(name)} if name in assets.NAMES:
                self.send({"file": name}, [assets.content(name)])
            case {"id": number, "ask": str(name), "query": dict(query)}:
                self._answer(number, lambda: self.answer(name, query))
            case {"id": number, "change": str(name), "body": dict(body)}:
                self._answer(number, lambda: self.change(name, body))
            case {"id": number, "run": str(run), "path": str(path)}:
                self._answer(number, lambda: self.artifact(run, path))

    def _answer(self, number: Any, call: Callable[[], bytes]) -> None:
        try:
            found = call()
        except CellbookError as error:
            self.send({"id": number, "error": str(error)})
        except Exception as error:
            _log.exception("A panel could not answer")
            self.send({"id": number, "error": f"{type(error).__name__}: {error}"})
        else:
            self.send({"id": number}, [found])


def _take_in_subshell(comm: Any) -> None:
    """Have a comm's messages read by the thread that JupyterLab sends them to.

    ipykernel 7.4 reads them where the comm last sent something, which is the cell's own thread: a
    panel in the output of a cell that trains would be answered when that has ended.  Older and
    other kernels know nothing of it, and do either by themselves.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, named: named


@functools.cache
def _version() -> str:
    """Return what tells this front end from those of other installations in one page."""
    return hashlib.sha256(assets.content("panels.js")).hexdigest()[:16]
