"""A book's models behind HTTP: what their names mean now, and what they answer put on record.

``serving`` is told functions by name, and knows neither the registry nor ``monitoring``, which know
nothing of it.  Here are the functions that join them; they are made in the endpoint's processes.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.book import Book, look_into
from cellbook.errors import CellbookError, InvalidInput, NotFound
from cellbook.locating import locate
from cellbook.records import ModelVersion, composed
from cellbook.registry.content import is_own
from cellbook.registry.endpoints import Answering, EndpointNote
from cellbook.registry.finding import parse
from cellbook.serving import Factory
from cellbook.serving.logging_predictions import Prediction
from cellbook.serving.outputs import PREDICT, Outputs
from cellbook.serving.plans import PlannedArm
from cellbook.serving.resolving import Serving

if TYPE_CHECKING:
    from cellbook.monitoring import WindowReport

_FORMS = ("models:", "model:", "runs:/")
"""What names that cannot be paths begin with."""


def names(url: str | None = None) -> Factory:
    """Return what makes a resolver that knows the models of a book.

    `url` is the book's, as :func:`cellbook.book.open` takes it.  It need not be there: an endpoint
    of bundles needs none.
    """
    return Factory("cellbook.in_service:Names", {"root": str(locate(url))})


def recording(url: str | None = None, share: float = 1.0) -> Factory:
    """Return what makes a log that records predictions in a book.

    Parameters
    ----------
    url
        The book's.
    share
        Which share of predictions is kept, from 0 to 1.

    Raises
    ------
    InvalidInput
        If it is no share.
    """
    if not 0 < share <= 1:
        raise InvalidInput(f"The share to be kept is {share!r}. Give one above 0, up to 1.")
    return Factory("cellbook.in_service:Recorder", {"root": str(locate(url)), "share": share})


def deployed_name(model: str, url: str | None = None) -> str:
    """Return a model as a deployment's file has it, which may lie anywhere: an absolute path, or
    ``models:/…``.

    Raises
    ------
    NotFound
        If it names a version that is not in the book at `url`.
    """
    if Path(model).exists():
        return str(Path(model).resolve())
    if not model_of(model):
        return model
    names_of = Names(str(locate(url)))
    try:
        _, version = names_of.version(model)
    finally:
        names_of.close()
    asked = parse(model).name
    if not model.startswith("runs:/") and composed(asked) == composed(version.model):
        # By the name that the book has, what is recorded of it is found.
        model = model.replace(asked, version.model, 1)
    return model if model.startswith(_FORMS) else f"models:/{model}"


def model_of(text: str) -> str:
    """Return the name of the registered model that a text may speak of; empty for a path's."""
    if text.startswith(_FORMS):
        return parse(text).name
    if Path(text).is_absolute() or text.startswith(".") or Path(text).exists():
        return ""
    try:
        return parse(text).name
    except InvalidInput:
        return ""


@dataclass(frozen=True, slots=True)
class BundlePlace:
    """A bundle on this disk, by what somebody called it."""

    path: Path
    """Its folder or zip."""
    version: ModelVersion | None = None
    """The registered version that it is; None for a path."""
    own: bool = False
    """Whether this very user made it in this book, so that loading it needs no consent."""


@contextlib.contextmanager
def bundle_at(model: str | os.PathLike[str], url: str | None = None) -> Iterator[BundlePlace]:
    """Give a bundle to be read: by its path, or by what names a version in the book at `url`.

    Wherever the path of a bundle is taken, a name is taken by this: ``models:/wine/7``,
    ``models:/wine@champion``, ``wine@champion``.  A path that is there comes first.

    Raises
    ------
    NotFound
        If there is neither.
    InvalidInput
        If what is named is no bundle.
    """
    text = os.fspath(model)
    if not model_of(text):
        yield BundlePlace(Path(text))
        return
    names_of = Names(str(locate(url)))
    try:
        found = names_of(text)
        assert found is not None
        book, version = names_of.version(text)
        yield BundlePlace(found[0], version, is_own(book.store, version))
    finally:
        names_of.close()


def named_version(model: str, url: str | None = None) -> str:
    """Return the id of the version that a text names in the book at `url`; empty for a path.

    Raises
    ------
    NotFound
        If it names none that is there.
    """
    if not model_of(model):
        return ""
    names_of = Names(str(locate(url)))
    try:
        return names_of.version(model)[1].version_id
    finally:
        names_of.close()


class Names:
    """Tells which bundle a model's name means now, and which version that is; notes who serves it.

    A version's files are written into a folder of the book's cache when it is first asked for (see
    :class:`~cellbook.registry.Unpacked`); so workers load what no move and no deletion in the book
    takes from them.

    Parameters
    ----------
    root
        The book's folder.
    """

    def __init__(self, root: str) -> None:
        self._root = Path(root)
        self._book: Book | None = None
        self._meant: dict[tuple[str, str], ModelVersion] = {}
        """What names meant when they were last asked for, by name and version."""
        self._note: EndpointNote | None = None

    def __call__(self, model: str) -> tuple[Path, str] | None:
        """Return the bundle's folder and the version; None for what is a path.

        Raises
        ------
        NotFound
            If there is no such model.
        InvalidInput
            If it is no bundle.
        """
        if not model_of(model):
            return None
        book, version = self.version(model)
        self._meant[model, version.name] = version
        return book.models.unpacked.folder(version), version.name

    def own(self, model: str, version: str) -> str:
        """Return the digest of the version that a name meant last, if this very user made it in
        this book: loading it needs no consent, as `cb.load_model` asks for none."""
        meant = self._meant.get((model, version))
        if meant is None or self._book is None or not is_own(self._book.store, meant):
            return ""
        return meant.digest

    def serving(self, now: Serving) -> None:
        """Put on record which versions an endpoint answers with; bundles alone are no matter of a
        book's.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        if self._book is None or self._book.read_only:
            return
        arms = [self._answering(arm) for arm in now.plan.arms]
        if self._note is None:
            if not any(arm.version for arm in arms):
                return
            self._note = EndpointNote(
                self._book.store, now.plan.endpoint, now.address, workers=now.workers,
                records=now.records,
            )  # fmt: skip
        self._note.tell(now.plan.strategy, arms)

    def ended(self) -> None:
        """Put on record that an endpoint has ended.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        if self._note is not None:
            self._note.end()

    def close(self) -> None:
        """Let go of the book."""
        if self._book is not None:
            self._book.close()
            self._book = None

    def _answering(self, arm: PlannedArm) -> Answering:
        version = self._meant.get((arm.model, arm.version))
        told = (version.version_id, version.digest) if version is not None else ("", "")
        return Answering(arm.name, arm.model, *told, arm.weight, arm.shadow)

    def version(self, model: str) -> tuple[Book, ModelVersion]:
        """Return the version that a name means now, and its book.

        Raises
        ------
        NotFound
            If there is no such model.
        InvalidInput
            If it is no bundle.
        """
        try:
            if self._book is None:
                self._book = look_into(self._root)
            version = self._book.models.find(model)
        except NotFound as error:
            if model.startswith(_FORMS):
                raise
            raise NotFound(f"There is no bundle {model}, and it names no model: {error}") from None
        if not version.bundled:
            raise InvalidInput(
                f"{version.label} is files as they came ({version.format}), and cannot be served. "
                "Load them with the library that they are of, and register what you make of them."
            )
        return self._book, version


class Recorder:
    """Records predictions in a book, from a thread of a worker; each endpoint has its log.

    Parameters
    ----------
    root
        The book's folder.
    share
        Which share of predictions is kept.
    """

    def __init__(self, root: str, share: float) -> None:
        from cellbook.monitoring import PredictionLog, Predictions  # noqa: PLC0415 - heavy
        from cellbook.monitoring.predictions import SHADOW  # noqa: PLC0415 - heavy

        self._book = look_into(Path(root))
        self._predictions = Predictions(self._book.store)
        self._share = share
        self._logs: dict[str, PredictionLog] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._shadow = SHADOW
        self._versions: dict[str, str] = {}
        """By what predictions call a version, its id."""

    def __call__(self, predictions: Sequence[Prediction]) -> None:
        """Put predictions into the queue of their endpoint's log."""
        for one in predictions:
            log = self._logs.get(one.endpoint)
            if log is None:
                log = self._logs[one.endpoint] = self._predictions.log(
                    one.endpoint, share=self._share, versions=self._versions
                )
            rows = _rows(one)
            log.log(
                one.inputs,
                _columns(one.outputs),
                model=self._label(one),
                arm=f"{one.arm}{self._shadow}" if one.shadow else one.arm,
                latency=one.latency,
                ids=row_ids(one.prediction_id, rows),
                time_ms=one.time,
            )

    def close(self) -> None:
        """Write what waits."""
        for log in self._logs.values():
            log.close()
        self._book.close()

    def _label(self, one: Prediction) -> str:
        key = (one.model, one.version)
        if key not in self._labels:
            model = model_of(one.model)
            label = self._labels[key] = f"{model}/{one.version}" if model else one.version
            if model:
                # What was deleted meanwhile is still served, and is found no more.
                with contextlib.suppress(CellbookError):
                    self._versions[label] = self._book.models.find(label).version_id
        return self._labels[key]


def look(
    book: Book,
    endpoint: str,
    seconds: float,
    *,
    data: str | None = None,
    metrics: Sequence[str] = (),
    since: int | None = None,
    model: str | None = None,
) -> list[WindowReport]:
    """Return what there is to say of the windows of an endpoint that have ended.

    Parameters
    ----------
    book
        The book that has its predictions.
    endpoint
        Its name.
    seconds
        How long a window is.
    data
        The version of data that inputs are compared with; None for the reference that was kept of
        the endpoint's newest model, or of the endpoint, if there is one.
    metrics
        What is measured of predictions that have a label.
    since
        Only of predictions from then on, in milliseconds since 1970; None for all.
    model
        Only of predictions of that version (``credit/1``); None for all.

    Raises
    ------
    NotFound
        If there is no such endpoint or data.
    InvalidInput
        If the data is no table, or not at hand.
    """
    from cellbook.answers import reference_of  # noqa: PLC0415 - workers need none of it
    from cellbook.monitoring import Predictions, watch  # noqa: PLC0415 - heavy

    predictions = Predictions(book.store)
    chunks = predictions.chunks(endpoint)
    if not chunks:
        there = ", ".join(predictions.endpoints())
        others = f"there are those of: {there}" if there else "there are none of any endpoint yet"
        raise NotFound(
            f"No predictions of {endpoint!r} are on record; {others}. "
            "`cellbook serve MODEL --record` keeps them."
        )
    base = reference_of(book, endpoint, data=data or "")
    reference = None if base is None else base.sketch
    return watch(
        predictions, endpoint, seconds, reference=reference, metrics=metrics,
        since=since, model=model,
    )  # fmt: skip


def row_ids(prediction_id: str, rows: int) -> list[str]:
    """Return the ids of a request's rows: its own, or with the place of the row behind it."""
    if rows == 1:
        return [prediction_id]
    return [f"{prediction_id}-{place}" for place in range(rows)]


def _rows(one: Prediction) -> int:
    if one.outputs.rows is not None:
        return one.outputs.rows
    inputs = one.inputs
    if isinstance(inputs, Mapping):
        inputs = next(iter(inputs.values()), ())
    return len(inputs)


def _columns(outputs: Outputs) -> dict[str, Any]:
    """Return what is recorded of outputs: of a matrix, each column; nothing, if not one a row."""
    found: dict[str, Any] = {}
    for name, values in outputs.columns.items() if outputs.rows is not None else ():
        called = "prediction" if name == PREDICT else name
        if values.ndim == 2:
            found |= {f"{called}.{place}": values[:, place] for place in range(values.shape[1])}
        else:
            found[called] = values.tolist()
    return found
