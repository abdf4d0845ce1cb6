"""Which line of work code belongs to: its asyncio task or thread, or the cells of a notebook."""

from __future__ import annotations

import asyncio
import threading
import weakref
from typing import Any, TypeAlias

Flow: TypeAlias = "weakref.ref[Any]"

_cell: Flow | None = None


def here() -> Flow:
    """Return the line of work under way: what a run started here belongs to.

    All cells of a notebook are one, the main thread's, although a kernel runs some of them in
    tasks of their own.
    """
    flow = _here()
    return weakref.ref(threading.main_thread()) if flow is _cell else flow


def begin_cell() -> None:
    """Say that what is under way is a notebook's cell; in other threads cells stay apart."""
    global _cell
    if threading.current_thread() is threading.main_thread():
        _cell = _here()


def _here() -> Flow:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    flow = weakref.ref(threading.current_thread() if task is None else task)
    hash(flow)  # It is remembered from now on, also when the task is gone.
    return flow
