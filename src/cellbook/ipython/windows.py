"""The line to the windows that show this kernel's notebook: one comm that all of them share.

A window tells what it shows before it runs a cell, and takes errands: to hand its document over,
to bring one back.  The kernel never waits for an answer.  Where no window has Cellbook's
JupyterLab extension (VS Code, nbclient, a terminal), nothing of this happens.

Messages, each a JSON object with a ``type``:

=============== ========== ========================================================================
``notebook``    to here    ``window``, ``path``, ``root``, ``cells``: ``[[id, type, hash], …]``;
                           at first and whenever it has changed
``scheduled``   to here    ``window``, ``cell``: this cell's execution comes next
``gone``        to here    ``window``: it shows the notebook no more
``do``          to here    ``window``, ``id``, ``verb``, ``args``; see :mod:`.errands`
``done``        to there   ``window``, ``id``, and ``result`` or ``error`` with its ``kind``
``state``       to there   what is being recorded; see :meth:`.hooks.Extension.state`
``document``    to there   ``window``, ``checkpoint``: hand the document over to the server, for it;
                           ``asked``: one of those that come by themselves may be passed over
``restore``     to there   ``window``, ``checkpoint``, ``number``, ``cell``: bring its document
                           back; `cell` asked for it and stays
``offer``       to there   the same without a window: for the one that runs `cell`; ``id``, and
                           ``before``, the checkpoint that the document of now belongs to, if any
``carry``       to there   ``id``, ``comments``: put these into the notebook's metadata, or with
                           null take them out; for ``window``, or without one for the one that runs
                           ``cell``
``taken``       to here    ``window``, ``id``: it brings that document back, or carries that
=============== ========== ========================================================================
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import comm
import xxhash

from cellbook.ipython.document import Document
from cellbook.records import Checkpoint

TARGET = "cellbook"
_OPENINGS = 3
"""Times that the comm is opened anew after a front end that does not know it has closed it."""
_SOON = 0.02
"""Seconds after which what is to be told soon is told, once for all that happened meanwhile."""
_REST = 20.0
"""Times as long as it took to find out how things stand, until that is told again."""
_UNTAKEN = 5.0
"""Seconds without a cell after which nobody takes an offer any more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The notebook as one window shows it."""

    path: Path | None
    """Its file; None where the server's folders are not this machine's."""
    document: Document
    digest: str
    """Tells it from any other: of the cells, their order and their sources."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a window is to do with its document: it may be old, or not be there at all."""

    message: Mapping[str, Any]
    taken: Callable[[], None]
    """Called when a window has taken it."""
    untaken: Callable[[], None]
    """Called when none has."""


class Windows:
    """The windows that show this kernel's notebook.

    Parameters
    ----------
    shell
        The shell of the kernel.
    guarded
        Lets no failure out.
    do
        Runs an errand of a window: takes verb and arguments, returns what is to be answered.
    state
        Returns what is being recorded, as the windows show it.
    attached
        Told when a window has come where there was none.
    """

    def __init__(
        self,
        shell: Any,
        guarded: Callable[[], contextlib.AbstractContextManager[None]],
        do: Callable[[str, str, Mapping[str, Any]], Mapping[str, Any]],
        state: Callable[[], Mapping[str, Any]],
        attached: Callable[[], None],
    ) -> None:
        self._loop: Any = getattr(getattr(shell, "kernel", None), "io_loop", None)
        self._guarded = guarded
        self._do = do
        self._state = state
        self._attached = attached
        self._comm: Any = None
        self._openings = _OPENINGS
        self._shown: dict[str, Shown] = {}
        self._scheduled: dict[str, str] = {}
        self._latest = ""
        self._due = False
        self._pause = _SOON
        self._cells = 0
        self._offers: dict[int, Offer] = {}
        self._offered = 0

    # -- the line ------------------------------------------------------------------------------

    def open(self) -> None:
        """Make the line, in a kernel; windows find it by its target."""
        self._openings = 0
        self._open()

    def _open(self) -> None:
        if self._loop is None or self._comm is not None or self._openings == _OPENINGS:
            return
        self._openings += 1
        self._comm = comm.create_comm(target_name=TARGET, data=dict(self._state()))
        self._comm.on_msg(self._hear)
        self._comm.on_close(self._closed)

    def close(self) -> None:
        """Take the line down."""
        self.settle()
        line, self._comm, self._openings = self._comm, None, _OPENINGS
        self._shown.clear()
        if line is not None:
            line.close()

    def _closed(self, message: Mapping[str, Any]) -> None:
        self._comm = None

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send a message to all windows; from any thread."""
        if self._loop is None:
            return
        if threading.current_thread() is threading.main_thread():
            self._send(message)
        else:
            with contextlib.suppress(RuntimeError):  # The loop is closed: the kernel ends.
                self._loop.add_callback(self._send, message)

    def _send(self, message: Mapping[str, Any]) -> None:
        with self._guarded():
            self._open()
            if self._comm is not None:
                self._comm.send(dict(message))

    def tell_state(self) -> None:
        """Tell, a moment from now, what is being recorded."""
        if self._loop is None or self._due or (self._comm is None and self._openings == _OPENINGS):
            return
        self._due = True
        with contextlib.suppress(RuntimeError):
            self._loop.add_callback(self._loop.call_later, self._pause, self._tell_state)

    def _tell_state(self) -> None:
        self._due = False
        with self._guarded():
            began = time.perf_counter()
            self.tell(self._state())
            self._pause = max(_SOON, _REST * (time.perf_counter() - began))

    # -- what windows say ----------------------------------------------------------------------

    def _hear(self, message: Mapping[str, Any]) -> None:
        with self._guarded():
            data = message["content"]["data"]
            window = str(data.get("window", ""))
            match data.get("type"):
                case "notebook":
                    if window not in self._shown:
                        # It may have come when what was offered had been told already.
                        for offer in self._offers.values():
                            self.tell(offer.message)
                    self._shown[window] = _shown(data)
                    if self._latest not in self._shown:
                        self._latest = window
                        self._attached()
                    self.tell_state()
                case "scheduled":
                    self._scheduled[str(data["cell"])] = self._latest = window
                case "gone":
                    self._shown.pop(window, None)
                    for cell in [cell for cell, by in self._scheduled.items() if by == window]:
                        del self._scheduled[cell]
                case "taken":
                    taken = self._offers.pop(int(data["id"]), None)
                    if taken is not None:
                        taken.taken()
                case "do":
                    self._latest = window
                    answer = self._do(window, str(data["verb"]), data.get("args") or {})
                    self.tell({"type": "done", "id": data["id"], "window": window, **answer})
                    self.tell_state()

    def begin_cell(self, cell: str | None) -> str | None:
        """Return the window that runs a cell, as it begins; None where none has said so.

        There may be one all the same: what it says waits behind the cells that it has asked for
        already, and behind the one that loads this extension.
        """
        self._cells += 1
        told = self._scheduled.pop(cell, None) if cell else None
        if told is not None:
            self._latest = told
        elif cell is None or self.shown(cell) is None:
            # What else runs a cell may have changed the notebook behind the windows' back.
            self._latest = ""
        return told

    @property
    def listened_to(self) -> bool:
        """Whether a window may hear what is told, known or not yet known."""
        return self._comm is not None

    def shown(self, cell: str | None = None) -> Shown | None:
        """Return the notebook as the window shows it that spoke last; None where none does.

        `cell` is one that must be in it: what runs a cell that it does not show is no window of
        its.
        """
        found = self._shown.get(self._latest)
        return found if found and (cell is None or cell in found.document.order) else None

    @property
    def ran(self) -> int:
        """How many cells have begun: each may have changed outputs."""
        return self._cells

    # -- errands for windows -------------------------------------------------------------------

    def ask_document(self, checkpoint: Checkpoint, *, asked: bool) -> None:
        """Have the document that is shown now kept with a checkpoint; from any thread.

        Without `asked` it may be passed over for a later one, where there are many.
        """
        if self.shown() is not None:
            self.tell(
                {
                    "type": "document",
                    "window": self._latest,
                    "checkpoint": checkpoint.checkpoint_id,
                    "asked": asked,
                }
            )

    def restore(self, window: str, checkpoint: Checkpoint, number: int, cell: str | None) -> None:
        """Have a checkpoint's document brought back in a window."""
        self.tell(
            {
                "type": "restore",
                "window": window,
                "checkpoint": checkpoint.checkpoint_id,
                "number": number,
                "cell": cell,
            }
        )

    def offer(
        self,
        checkpoint: Checkpoint,
        number: int,
        cell: str,
        *,
        before: Checkpoint | None,
        taken: Callable[[], None],
        untaken: Callable[[], None],
    ) -> None:
        """Have a checkpoint's document brought back in the window that runs a cell, if one does.

        Parameters
        ----------
        checkpoint, number
            What to bring back.
        cell
            The cell that asks.
        before
            The checkpoint with which the window is to keep the document of now.
        taken
            Called once a window has said that it does.
        untaken
            Called if none says so.
        """
        message = {
            "type": "offer",
            "checkpoint": checkpoint.checkpoint_id,
            "number": number,
            "cell": cell,
            "before": None if before is None else before.checkpoint_id,
        }
        self._offer(message, taken, untaken)

    def carry(
        self,
        comments: Mapping[str, Any] | None,
        cell: str,
        window: str | None,
        *,
        taken: Callable[[], None],
        untaken: Callable[[], None],
    ) -> None:
        """Have comments put into the notebook's metadata, or with None taken out.

        Parameters
        ----------
        comments
            As they are to stand there.
        cell, window
            The cell that asks, and the window that runs it, where that is known.
        taken
            Called once a window has said that it does.
        untaken
            Called if none says so.
        """
        message = {"type": "carry", "cell": cell, "window": window, "comments": comments}
        self._offer(message, taken, untaken)

    def _offer(
        self, message: Mapping[str, Any], taken: Callable[[], None], untaken: Callable[[], None]
    ) -> None:
        self._offered += 1
        whole = {**message, "id": self._offered}
        self._offers[self._offered] = Offer(whole, taken, untaken)
        self.tell(whole)
        self._wait_for(self._offered, self._cells)

    def _wait_for(self, offered: int, cells: int) -> None:
        def look() -> None:
            if self._cells != cells:
                # The windows' messages wait behind cells.
                self._wait_for(offered, self._cells)
            elif offered in self._offers:
                with self._guarded():
                    self._offers.pop(offered).untaken()

        self._loop.call_later(_UNTAKEN, look)

    def settle(self) -> None:
        """Wait for nobody any more to take what was offered."""
        while self._offers:
            with self._guarded():
                self._offers.popitem()[1].untaken()


def _shown(data: Mapping[str, Any]) -> Shown:
    cells = data["cells"]
    hashes = {str(cell): str(digest) for cell, kind, digest in cells if kind == "code"}
    return Shown(
        _file(str(data.get("root", "")), str(data.get("path", ""))),
        Document(tuple(hashes), hashes, {str(cell): str(digest) for cell, _, digest in cells}),
        xxhash.xxh3_128_hexdigest(json.dumps(cells).encode()),
    )


def _file(root: str, path: str) -> Path | None:
    """Return the file at a server's path; None where its folder is not on this machine."""
    if not root or not path:
        return None
    with contextlib.suppress(RuntimeError, OSError, ValueError):
        file = Path(root).expanduser() / path
        return file if file.is_absolute() and file.parent.is_dir() else None
    return None
