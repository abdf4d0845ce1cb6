"""What scikit-learn's estimators are given: their methods, wrapped as long as that is of use.

The methods of all loaded classes below ``sklearn.base.BaseEstimator`` are wrapped (also those of
XGBoost and LightGBM), and of each that is defined from then on.  Classes of the notebook itself are
not, as their code is pickled with them.  Only the outermost call counts: what a pipeline or a
search calls in turn is its own business.  Results and exceptions are as without a wrapper.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib.abc
import importlib.machinery
import inspect
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType, FunctionType, ModuleType
from typing import Any

FITS = ("fit", "fit_transform", "fit_predict", "partial_fit")
PREDICTS = ("predict", "predict_proba", "predict_log_proba", "decision_function")
_VERBS = (*FITS, "transform", "score", *PREDICTS)
_BASE = "sklearn.base"

_WEIGHTS = "sample_weight"
_WAITING = ("joblib", "concurrent.futures", "multiprocessing", "threading", "queue")
"""Modules in which a call waits for threads that work for it."""
_WORKING = ("_get_sequential_output", "BatchedCalls.__call__")
"""Functions of joblib's that do the work themselves."""

Listener = Callable[[str, Any, Any, Any, FrameType, Any], None]
"""Is told the method, the estimator, what it was given, what it returned, who called it, and the
weights of the rows, which are None where there are none."""


@dataclass(frozen=True, slots=True)
class _Call:
    """An outermost call under way."""

    frame: FrameType
    threads: frozenset[threading.Thread]
    """Those that there were when it began: they do not work for it."""


class Hooks:
    """Wraps methods of estimators while there is a listener."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._wrapped: dict[tuple[type, str], tuple[Any, Any]] = {}
        self._looked = -1
        self._inside = threading.local()
        self._calls: dict[int, _Call] = {}
        """By thread."""
        self._base: Any = None
        self._watch: _Watch | None = None

    # -- on and off ----------------------------------------------------------------------------

    def add(self, listener: Listener) -> None:
        """Tell a listener from now on."""
        with self._lock:
            if listener not in self._listeners:
                self._listeners.append(listener)
        self.look()

    def discard(self, listener: Listener) -> None:
        """Tell a listener no longer; with the last one, every method is as it was."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
            if not self._listeners:
                self._unhook()

    def look(self) -> None:
        """Wrap the methods of classes that were loaded since; cheap if there are none."""
        if not self._listeners:
            return
        module = sys.modules.get(_BASE)
        with self._lock:
            if module is None or not hasattr(module, "BaseEstimator"):
                if self._watch is None:
                    self._watch = _Watch(self.look)
                    sys.meta_path.insert(0, self._watch)
                return
            if self._looked == len(sys.modules) and self._base is not None:
                return
            self._looked = len(sys.modules)
            if self._base is None:
                self._base = module.BaseEstimator
                self._follow(self._base)
            for kind in _below(self._base):
                self._wrap_class(kind)

    def _unhook(self) -> None:
        for (owner, name), (wrapper, former) in self._wrapped.items():
            # What somebody else put in its place meanwhile stays.
            if vars(owner).get(name) is wrapper:
                setattr(owner, name, former)
        self._wrapped.clear()
        if self._base is not None:
            if "__init_subclass__" in vars(self._base):
                del self._base.__init_subclass__
            self._base = None
        if self._watch is not None:
            with contextlib.suppress(ValueError):
                sys.meta_path.remove(self._watch)
            self._watch = None
        self._looked = -1

    def _follow(self, base: Any) -> None:
        """Have every class that is defined from now on wrapped at once."""
        if "__init_subclass__" in vars(base):
            return  # Of a later scikit-learn: then they are found at the next look.

        def follow(cls: Any, /, **options: Any) -> None:
            super(base, cls).__init_subclass__(**options)
            with contextlib.suppress(Exception):
                self._wrap_class(cls)

        base.__init_subclass__ = classmethod(follow)

    # -- wrapping ------------------------------------------------------------------------------

    def _wrap_class(self, kind: type) -> None:
        for name in _VERBS:
            owner = next((one for one in kind.__mro__ if name in vars(one)), None)
            if owner is not None and owner.__module__ != "__main__":
                self._wrap(owner, name)

    def _wrap(self, owner: type, name: str) -> None:
        former = vars(owner)[name]
        known = self._wrapped.get((owner, name))
        if known is not None and known[0] is former:
            return
        if isinstance(former, FunctionType):
            wrapper: Any = self._around(former, name)
        elif isinstance(getattr(former, "fn", None), FunctionType) and hasattr(former, "check"):
            # As scikit-learn's `available_if` makes them.
            wrapper = copy.copy(former)
            wrapper.fn = self._around(former.fn, name)
        else:
            return
        try:
            setattr(owner, name, wrapper)
        except (AttributeError, TypeError):  # A class that is written in C.
            return
        # Where somebody put something around ours meanwhile, this goes around that; what is then
        # inside it passes every call on.
        self._wrapped[owner, name] = (wrapper, former)

    def _around(self, function: FunctionType, name: str) -> Callable[..., Any]:
        inside = self._inside

        @functools.wraps(function)
        def method(self_: Any, *args: Any, **kwargs: Any) -> Any:
            if getattr(inside, "now", False) or not self._listeners or self._is_worker():
                return function(self_, *args, **kwargs)
            inside.now = True
            me = threading.get_ident()
            self._calls[me] = _Call(sys._getframe(), frozenset(threading.enumerate()))
            try:
                result = function(self_, *args, **kwargs)
                with contextlib.suppress(Exception):
                    weights = _weights(function, args, kwargs)
                    self._tell(name, self_, args, kwargs, result, sys._getframe(1), weights)
                return result
            finally:
                self._calls.pop(me, None)
                inside.now = False

        return method

    def _is_worker(self) -> bool:
        """Whether this thread works for a call that is under way in another one.

        It does if it was started since, while that waits for threads.  Two folds of a
        cross-validation in two threads work for none, as no estimator's method has called them.
        """
        if not self._calls or threading.current_thread() is threading.main_thread():
            return False
        mine, frames = threading.current_thread(), sys._current_frames()
        return any(
            mine not in call.threads and _waits(frames.get(thread), call.frame)
            for thread, call in list(self._calls.items())
        )

    def _tell(
        self,
        name: str,
        estimator: Any,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        result: Any,
        frame: FrameType,
        weights: Any,
    ) -> None:
        data = args[0] if args else kwargs.get("X")
        if data is not None:
            for listener in list(self._listeners):
                listener(name, estimator, data, result, frame, weights)


def _weights(function: FunctionType, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Return the weights of the rows that a method was given: under their own name, as those of a
    pipeline's last step that has some, or by their place."""
    if _WEIGHTS in kwargs:
        return kwargs[_WEIGHTS]
    of_steps = [one for name, one in kwargs.items() if name.endswith(f"__{_WEIGHTS}")]
    if of_steps:
        return of_steps[-1]
    # Behind X and y it may be given without its name.
    names = _parameters(function) if len(args) > 2 else ()
    place = names.index(_WEIGHTS) - 1 if _WEIGHTS in names else len(args)
    return args[place] if place < len(args) else None


@functools.lru_cache(200)
def _parameters(function: FunctionType) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _waits(frame: FrameType | None, call: FrameType) -> bool:
    """Whether a call waits for threads: what it is at innermost, of those that start some."""
    while frame is not None and frame is not call:
        module = frame.f_globals.get("__name__") or ""
        if any(module == one or module.startswith(f"{one}.") for one in _WAITING):
            return not frame.f_code.co_qualname.endswith(_WORKING)
        frame = frame.f_back
    return False


def _below(base: type) -> Iterator[type]:
    seen = {base}
    left = [base]
    while left:
        kind = left.pop()
        yield kind
        subclasses: list[type] = type.__subclasses__(kind)
        for one in subclasses:
            if one not in seen:
                seen.add(one)
                left.append(one)


class _Watch(importlib.abc.MetaPathFinder):
    """Tells when scikit-learn is first imported."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec that others find, with a loader that tells when it is done."""
        if fullname != _BASE:
            return None
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                loader = spec.loader
                if isinstance(loader, importlib.machinery.SourceFileLoader):
                    spec.loader = _Loader(loader.name, loader.path)
                    spec.loader.tell = self._tell
                return spec
        return None


class _Loader(importlib.machinery.SourceFileLoader):
    tell: Callable[[], None]

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then tell."""
        super().exec_module(module)
        with contextlib.suppress(Exception):
            self.tell()


hooks = Hooks()
"""One a process: a class has one set of methods."""
