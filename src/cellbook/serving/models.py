"""A version of a model in this process: it takes what fits, and says whose fault a failure is."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cellbook.errors import InvalidBundle, Untrusted, one_line
from cellbook.packaging import PackagedModel, load_bundle, open_bundle
from cellbook.packaging.bundle import check_consent
from cellbook.packaging.manifest import read_manifest
from cellbook.serving.examples import example_request, read_example
from cellbook.serving.fitting import Fitted, Fitter
from cellbook.serving.outputs import Outputs, concatenated, outputs_of
from cellbook.serving.plans import PlannedArm
from cellbook.serving.refusing import Refused

_LOG = logging.getLogger("cellbook.serving")
_LOGGED_EVERY = 10.0
_CHECKED_FOR = 5.0
"""Seconds for which a model that made something of its example counts as whole."""


class Model:
    """A loaded version.  It predicts in one thread at a time.

    Parameters
    ----------
    packaged
        The model.
    version
        What it is called.
    ignore_unknown
        Whether columns that it does not take are left out, instead of refused.
    """

    def __init__(
        self, packaged: PackagedModel, version: str, *, ignore_unknown: bool = False
    ) -> None:
        self.version = version
        self.bundle = packaged.bundle
        self.signature = packaged.bundle.signature
        self.platform: str = packaged.bundle.about["model"]["format"]
        self.fitter = Fitter(self.signature, ignore_unknown=ignore_unknown)
        self.request = example_request(packaged, self.fitter)
        """A request that it can be asked, as JSON; empty if none is known."""
        self._call = packaged.loaded.call
        example = read_example(packaged)
        self._example = None
        if example is not None:
            self._example = Fitted(
                len(example) if getattr(example, "ndim", 0) else None, None, example
            )
        self._whole_until = self._quiet_until = 0.0
        self.seconds = math.inf
        """What it takes for one row, at best; not known of a model without an example."""
        self.by_rows = self._is_by_rows()
        """Whether it may be given the rows of several requests at once."""

    def predict(self, parts: Sequence[Fitted]) -> list[Outputs | Refused]:
        """Return what it predicts for each of several requests, or why it does not."""
        if len(parts) > 1:
            try:
                return list(self._together(parts))
            except Exception:
                # One of them is to blame; the others shall not pay for it.
                return [self._alone(part) for part in parts]
        return [self._alone(parts[0])]

    def _together(self, parts: Sequence[Fitted]) -> list[Outputs]:
        rows = sum(part.rows or 0 for part in parts)
        made = self._made(self.fitter.assemble(parts))
        if made.rows != rows:
            self.by_rows = False
            raise ValueError("It does not give a prediction a row.")
        ends = np.cumsum([part.rows or 0 for part in parts]).tolist()
        starts = [0, *ends[:-1]]
        return [made.cut(start, end) for start, end in zip(starts, ends, strict=True)]

    def _alone(self, part: Fitted) -> Outputs | Refused:
        try:
            return self._made(self.fitter.assemble([part]))
        except Exception as error:
            return self._blamed(error)

    def _blamed(self, error: Exception) -> Refused:
        """Say whose fault it is: the input's, if the model still makes something of its example.

        Of a model without one, errors that say that a value is wrong are the input's.
        """
        if isinstance(error, _Left):
            inputs_fault = False
        elif self._example is None:
            inputs_fault = isinstance(error, (ValueError, TypeError, LookupError, ArithmeticError))
        elif inputs_fault := time.monotonic() < self._whole_until:
            pass
        else:
            inputs_fault = self._is_whole()
        if inputs_fault:
            return Refused(422, f"The model cannot take this input: {one_line(error)}.")
        self._log(error)
        return Refused(500, "The model failed. The server's log says how.")

    def _log(self, error: Exception) -> None:
        """Log why it failed, now and then: a model that always fails fills no disk."""
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + _LOGGED_EVERY
            _LOG.error("Version %s of a model failed.", self.version, exc_info=error)

    def _made(self, data: Any) -> Outputs:
        """Return what the model makes of data; it fails, if it means to end the process."""
        with _staying():
            return outputs_of(self._call(data))

    def _is_whole(self) -> bool:
        try:
            self._made(self._example.data if self._example else None)
        except Exception:
            return False
        self._whole_until = time.monotonic() + _CHECKED_FOR
        return True

    def _timed(self, row: Any) -> Outputs:
        began = time.perf_counter()
        made = self._made(row)
        self.seconds = min(self.seconds, time.perf_counter() - began)
        return made

    def _is_by_rows(self) -> bool:
        """Try it: rows of the example by themselves must get what they get among the others.

        That also has the model loaded to the last, before the first request comes.
        """
        example = self._example
        if example is None or self.signature.inputs is None or not example.rows:
            return False
        try:
            whole = self._made(example.data)
            if whole.rows != example.rows:
                return False
            rows = [_row(example.data, place) for place in range(min(example.rows, 8))]
            apart = concatenated([self._timed(row) for row in rows])
            return _equal(whole.cut(0, len(rows)), apart)
        except Exception:
            return False


def load_model(arm: PlannedArm, *, trust: bool = False, ignore_unknown: bool = False) -> Model:
    """Load what an arm answers with, every byte of which is checked.

    What the user made who serves it needs no consent: the plan has its digest.

    Raises
    ------
    CellbookError
        If it cannot be; see :func:`cellbook.packaging.load_bundle`.
    """
    folder = Path(arm.folder)
    own = arm.own != "" and read_manifest(folder).digest == arm.own
    try:
        with _staying():
            loaded = load_bundle(folder, trust=trust or own)
            return Model(loaded, arm.version, ignore_unknown=ignore_unknown)
    except Untrusted:
        called = arm.model.removeprefix("models:/")
        mend = "serve it with --trust, or Settings(trust=True)"
        check_consent(open_bundle(folder), trust, called=called, mend=mend)
        raise
    except _Left as left:
        raise InvalidBundle(
            f"{folder.name} cannot be loaded: it means to end its process ({left})."
        ) from left


@contextlib.contextmanager
def _staying() -> Iterator[None]:
    """Make a failure of what would end the process, or its event loop: ``sys.exit()``, say."""
    try:
        yield
    except Exception:
        raise
    except BaseException as error:
        raise _Left(one_line(error)) from error


class _Left(Exception):
    """Code of a model has meant to end the process."""


def _row(data: Any, place: int) -> Any:
    return (data.iloc if hasattr(data, "iloc") else data)[place : place + 1]


def _equal(one: Outputs, other: Outputs) -> bool:
    if list(one.columns) != list(other.columns) or one.rows != other.rows:
        return False
    for name, values in one.columns.items():
        others = other.columns[name]
        if values.shape != others.shape:
            return False
        if values.dtype.kind == "f":
            # Matrix products of one row and of many round otherwise.
            few = values.dtype.itemsize < 8
            if not np.allclose(values, others, rtol=1e-3 if few else 1e-6, atol=1e-6,
                               equal_nan=True):  # fmt: skip
                return False
        elif not np.array_equal(values, others):
            return False
    return True
