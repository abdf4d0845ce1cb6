"""Hears what somebody else's method is called with, after it has done its work."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any


class Wrap:
    """A method wrapped on one object, so that `after` is called with what it was called with."""

    def __init__(self, owner: Any, name: str, after: Callable[..., None]) -> None:
        self._owner, self._name = owner, name
        self._own = name in vars(owner)
        self._original = original = getattr(owner, name)
        self._active = True

        @functools.wraps(original)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if self._active:
                after(*args, **kwargs)
            return result

        self._wrapper = wrapper
        setattr(owner, name, wrapper)

    def remove(self) -> None:
        """Take the wrapper off; where somebody wrapped it in turn, leave it without effect."""
        self._active = False
        if vars(self._owner).get(self._name) is not self._wrapper:
            return
        if self._own:
            setattr(self._owner, self._name, self._original)
        else:
            delattr(self._owner, self._name)


def listen(heard: Callable[..., None]) -> Callable[[], None] | None:
    """Hear from now on what is written to ``sys.stdout``; return what ends it.

    `heard` is called with what `write` was called with: a text, and whatever else a stream of
    somebody's own takes.

    The text goes its way first, untouched.  What is put in the place of ``sys.stdout`` catches
    what it catches, and that is not heard; nor is what goes past it: bytes to its buffer, and what
    other processes write.

    Returns
    -------
    callable or None
        None where there is nothing that could be listened to.
    """
    try:
        return Wrap(sys.stdout, "write", heard).remove
    except (AttributeError, TypeError):
        return None
