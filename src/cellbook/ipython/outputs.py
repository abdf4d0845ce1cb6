"""Listens to what cells put out, after it went its way; nothing is formatted a second time.

What is displayed passes three methods of a shell, whatever the front end: ``display_pub.publish``,
``displayhook.write_format_data`` and ``_showtraceback``, which IPython made to be overridden.
Each is wrapped on the instance, so that it also hears background threads.  Text has two ways:

- A kernel's streams hand their text to the front end from a thread of their own, with the message
  that the text answers.  A hook there hears prints of any thread and what subprocesses write, as
  the front end does, without touching a single ``print``.
- A terminal's streams are heard by wrapping ``write`` while a cell runs, as IPython does itself.

``%%capture`` and ``redirect_stdout`` put others in the place of what is listened to here, so what
they catch is not an output of the cell.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cellbook.capture.listening import Wrap

_CHILDREN_CAP = 32 * 1024 * 1024
"""Bytes that forked children may leave for us while one cell runs."""


class Sink(Protocol):
    """What becomes of outputs; may be called from any thread."""

    def add_text(self, message: str, stream: str, text: str) -> None:
        """Take text of ``stdout`` or ``stderr``; `message` is the id of what it answers."""

    def add_display(
        self, message: str, output_type: str, data: Mapping[str, Any], metadata: Any, name: str
    ) -> None:
        """Take a MIME bundle; `name` is its display id, empty where it has none."""

    def update_display(self, data: Mapping[str, Any], metadata: Any, name: str) -> None:
        """Take what replaces the bundle of that display id."""

    def clear(self, message: str, wait: bool) -> None:
        """Drop the outputs so far, with `wait` when the next one comes."""

    def set_traceback(self, message: str, lines: list[str]) -> None:
        """Take a traceback as it was shown."""


Guard = Callable[[], contextlib.AbstractContextManager[object]]
"""Gives a context that lets no failure of ours out."""


class Tap:
    """The listeners on one shell.

    Parameters
    ----------
    shell
        The shell whose outputs are listened to.
    sink
        Where they go.
    guard
        Surrounds every call of `sink`.
    """

    def __init__(self, shell: Any, sink: Sink, guard: Guard) -> None:
        self._shell = shell
        self._sink = sink
        self._guard = guard
        self._wraps: list[Wrap] = []
        self._streams: list[_KernelStream] = []

    def install(self) -> None:
        """Begin to listen."""
        shell = self._shell
        self._wraps = [
            Wrap(shell.display_pub, "publish", self._published),
            Wrap(shell.displayhook, "write_format_data", self._displayed),
            Wrap(shell, "_showtraceback", self._shown),
        ]
        if getattr(shell, "kernel", None) is not None:
            # A terminal does not really clear: it wipes one line.
            self._wraps.append(Wrap(shell.display_pub, "clear_output", self._cleared))
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if hasattr(stream, "register_hook") and hasattr(stream, "pub_thread"):
                self._streams.append(_KernelStream(stream, self._wrote))

    def remove(self) -> None:
        """Stop listening, and put everything back."""
        for wrap in self._wraps:
            wrap.remove()
        for stream in self._streams:
            stream.remove()
        self._wraps, self._streams = [], []

    def hear_streams(self) -> Callable[[], None]:
        """Listen to streams that are no kernel's while a cell runs; return what ends it."""
        heard = [entry.stream for entry in self._streams]
        wraps = []
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if not any(stream is other for other in heard):
                with contextlib.suppress(AttributeError):
                    wraps.append(Wrap(stream, "write", self._listener(name)))

        def stop() -> None:
            for wrap in wraps:
                wrap.remove()

        return stop

    def flush(self) -> None:
        """Wait until what was printed so far has been heard."""
        for entry in self._streams:
            entry.flush()

    def _listener(self, name: str) -> Callable[..., None]:
        shell, add_text = self._shell, self._sink.add_text
        publisher, hook = shell.display_pub, shell.displayhook

        # Called for every print: looking things up and a guard's context would take microseconds.
        def listen(text: str, *_: Any, **__: Any) -> None:
            try:
                # In a terminal displays and tracebacks are printed too; those are heard elsewhere.
                if not (
                    getattr(publisher, "is_publishing", False)
                    or hook.is_active
                    or getattr(shell, "showing_traceback", False)
                ):
                    add_text("", name, text)
            except Exception as error:
                with self._guard():
                    raise error

        return listen

    # -- what is heard -------------------------------------------------------------------------

    def _published(
        self,
        data: Any,
        metadata: Any = None,
        *_: Any,
        transient: Any = None,
        update: bool = False,
        **__: Any,
    ) -> None:
        with self._guard():
            name = str((transient or {}).get("display_id") or "")
            if update:
                self._sink.update_display(data, metadata, name)
            else:
                message = _id_in(self._shell.display_pub)
                self._sink.add_display(message, "display_data", data, metadata, name)

    def _displayed(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        with self._guard():
            message = _id_in(self._shell.displayhook)
            self._sink.add_display(message, "execute_result", data, metadata, "")

    def _shown(self, kind: Any, error: Any, lines: Any, *_: Any, **__: Any) -> None:
        with self._guard():
            self._sink.set_traceback(_id_in(self._shell.displayhook), list(lines))

    def _cleared(self, wait: bool = False, *_: Any, **__: Any) -> None:
        with self._guard():
            self._sink.clear(_id_in(self._shell.display_pub), wait)

    def _wrote(self, message: str, name: str, text: str) -> None:
        with self._guard():
            self._sink.add_text(message, name, text)


class _KernelStream:
    """A hook on one of a kernel's streams.

    Hooks belong to the thread that registers them.  A kernel sends text in a thread of its own; a
    child made by fork sends it in the thread that forked, and leaves it for us in a file.
    """

    def __init__(self, stream: Any, heard: Callable[[str, str, str], None]) -> None:
        self.stream = stream
        self._heard = heard
        self._pid = os.getpid()
        self._read = 0
        self._children: Any = None
        with contextlib.suppress(OSError):
            # Without buffer and in append mode, several children write it at a time.
            self._children = tempfile.TemporaryFile("ab+", buffering=0)  # noqa: SIM115
        stream.register_hook(self._hook)
        stream.pub_thread.schedule(lambda: stream.register_hook(self._hook))

    def flush(self) -> None:
        """Wait until what was printed so far has been heard."""
        self.stream.flush()
        if self._children is None:
            return
        descriptor = self._children.fileno()
        size = os.fstat(descriptor).st_size
        if size > self._read:
            lines = os.pread(descriptor, size - self._read, self._read)
            self._read = size
            if size > _CHILDREN_CAP // 2:
                # A child that writes between these two loses a line: better than a full disk.
                os.ftruncate(descriptor, 0)
                self._read = 0
            for line in lines.splitlines():
                self._heard(*json.loads(line))

    def remove(self) -> None:
        """Stop listening."""
        stream = self.stream
        stream.unregister_hook(self._hook)
        if stream.pub_thread is not None:
            stream.pub_thread.schedule(lambda: stream.unregister_hook(self._hook))
        if self._children is not None:
            self._children.close()

    def _hook(self, message: Any) -> Any:
        content = message["content"]
        parent = message.get("parent_header") or {}
        heard = (str(parent.get("msg_id", "")), content["name"], content["text"])
        if os.getpid() == self._pid:
            self._heard(*heard)
        elif self._children is not None:
            with contextlib.suppress(OSError, ValueError):
                if os.fstat(self._children.fileno()).st_size < _CHILDREN_CAP:
                    self._children.write(json.dumps(heard).encode() + b"\n")
        return message


def _id_in(publisher: Any) -> str:
    """Return the id of the message that what `publisher` publishes answers, if it knows one."""
    header = getattr(publisher, "parent_header", None)
    return str(header.get("msg_id", "")) if isinstance(header, dict) else ""
