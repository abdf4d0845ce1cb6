"""An endpoint that runs beside its kernel: what its panel shows, and what is done from there."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.errors import CellbookError
from cellbook.views.endpoint_page import (
    EndpointArm,
    EndpointPage,
    EndpointState,
    arms_of,
    less_is_better,
    outcome_moments,
    planned_arm,
)

if TYPE_CHECKING:
    from cellbook.book import Book
    from cellbook.records.deployment import Arm, Deployment
    from cellbook.serving.beside import Beside
    from cellbook.serving.comparing import Moments

OUTCOME = "outcome"
"""What outcomes are called that nobody named."""
OF_LABELS = ("accuracy", "error", "mae")
"""Outcomes that can be reckoned of recorded predictions and their labels, row by row."""
_SAID = 6
_TABLES = ("predictions", "prediction_labels")


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Outcomes that were reckoned of recorded predictions and their labels."""

    moments: dict[str, Moments] = field(default_factory=dict)
    """By arm."""
    since: int | None = None
    """From when on they count, in milliseconds since 1970; None where all do."""
    problem: str = ""
    """Why an arm has none although labels came, or not all of them count, if one has."""


class EndpointLook:
    """Looks at one endpoint again and again.

    Parameters
    ----------
    book
        Where its predictions are recorded, if they are.
    beside
        The endpoint.
    metric
        What outcomes are called; ``accuracy``, ``error`` and ``mae`` are reckoned of the labels of
        recorded predictions, any other one is what is reported to ``/outcomes``.
    """

    def __init__(self, book: Book, beside: Beside, metric: str = OUTCOME) -> None:
        self._book = book
        self.beside = beside
        self.metric = metric
        self._lock = threading.Lock()
        self._command = ""
        self._stamps: tuple[Any, ...] = ()
        self._labelled: Reckoned | None = None

    def page(self) -> EndpointPage:
        """Return what there is to see now."""
        server = self.beside.server
        told = self.beside.arms()
        trouble = ""
        deployment: Deployment | None = None
        try:
            deployment = self.beside.deployment
        except CellbookError as error:
            trouble = str(error)
        state = EndpointState.LOADING if told is None else EndpointState.ANSWERS
        if not server.alive:
            state, trouble = EndpointState.ENDED, server.trouble or trouble
        if told is not None and not self._command:
            self._command = self.beside.example()
        models = {} if deployment is None else {one.name: one.model for one in deployment.arms}
        labelled = None if told is None else self._of_labels(told, _together(deployment))
        return EndpointPage(
            name=deployment.name if deployment is not None else "",
            url=server.url,
            state=state,
            trouble=trouble or ("" if labelled is None else labelled.problem),
            strategy=told["strategy"] if told is not None else "",
            recorded=self.beside.settings.log is not None,
            metric=self.metric,
            less=less_is_better(self.metric),
            arms=arms_of(told, models, self.metric, None if labelled is None else labelled.moments),
            since=None if labelled is None else labelled.since,
            before=_before(deployment),
            command="" if state is EndpointState.ENDED else self._command,
            said=tuple(self.beside.said[-_SAID:]),
        )

    def meant(self, page: EndpointPage) -> tuple[EndpointArm, ...]:
        """Return the arms that the deployment names, which answer within moments: those that did
        before with what is known of them.

        An endpoint that has ended has those that it had.
        """
        try:
            deployment = self.beside.deployment
        except CellbookError:
            return page.arms
        if page.state is EndpointState.ENDED:
            return page.arms
        past = deployment.past[-1].arms if deployment.past else deployment.arms
        stayed = {(one.name, one.model) for one in past}
        known = {one.name: one for one in page.arms}
        return tuple(
            planned_arm(
                one, share, known.get(one.name) if (one.name, one.model) in stayed else None
            )
            for one, share in zip(deployment.arms, _shares(deployment.arms), strict=True)
        )

    def _of_labels(self, told: dict[str, Any], together: int) -> Reckoned | None:
        """Return each arm's outcomes, of predictions that were recorded and have a label."""
        if self.metric not in OF_LABELS:
            return None
        versions = {one["name"]: one["version"] for one in told["arms"]}
        with self._lock:
            self._book.refresh()
            known = self._book.store.stamps()
            tables = (known.get(name) for name in _TABLES)
            stamps = (*tables, told["endpoint"], together, *versions.items())
            if stamps != self._stamps or self._labelled is None:
                shadows = [one["name"] for one in told["arms"] if one["shadow"]]
                self._labelled = reckoned(
                    self._book, told["endpoint"], versions, self.metric, together, shadows
                )
                self._stamps = stamps
            return self._labelled


def reckoned(
    book: Book,
    endpoint: str,
    versions: dict[str, str],
    metric: str,
    together: int = 0,
    shadows: Collection[str] = (),
) -> Reckoned:
    """Return the outcomes of arms, over the time in which all of them answered.

    What a model did before the other was there says nothing of the difference: who asks, and what
    they ask, changes with time.

    Parameters
    ----------
    book, endpoint
        Whose predictions.
    versions
        By arm, the version that it serves now.
    metric
        One of :data:`OF_LABELS`.
    together
        Since when all of them stand there, in milliseconds since 1970.
    shadows
        Those of the arms that nobody is answered by.
    """
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy
    from cellbook.monitoring.measures import kinds_apart  # noqa: PLC0415
    from cellbook.monitoring.predictions import SHADOW  # noqa: PLC0415
    from cellbook.views.monitor_labels import labelled, score_of  # noqa: PLC0415 - heavy

    frame = Predictions(book.store).frame(endpoint)
    if not len(frame) or not frame["label"].notna().any():
        return Reckoned()
    outputs = [str(one) for one in frame.columns if str(one).startswith("output.")]
    told = labelled(frame, score_of(outputs))
    said = told.columns.prediction
    if said not in told.frame.columns:
        return Reckoned()
    # A version that is not registered is the whole of what its predictions say.
    version = told.frame["model"].astype(str).str.rpartition("/")[2]
    of_arm = {
        arm: (told.frame["arm"] == (f"{arm}{SHADOW}" if arm in shadows else arm))
        & (version == name)
        for arm, name in versions.items()
    }
    times = told.frame["time"].dt.as_unit("ms").astype("int64")
    firsts = [int(times[rows].min()) for rows in of_arm.values() if rows.any()]
    since = max(together, *firsts) if len(firsts) > 1 else None
    known = told.frame["label"].notna() & told.frame[said].notna()
    if since is not None:
        known &= times >= since
    found, problem = {}, ""
    for arm, there in of_arm.items():
        rows = told.frame[known & there]
        if apart := kinds_apart(rows["label"], rows[said]):
            problem = f"{arm}: {apart}"
            if apart.whole:
                continue
            rows = rows[~apart.rows]
        try:
            if metric == "mae":
                values = (rows[said].astype(float) - rows["label"].astype(float)).abs()
            else:
                same = rows[said].astype(object) == rows["label"].astype(object)
                values = (same if metric == "accuracy" else ~same).astype(float)
        except (TypeError, ValueError):
            continue
        found[arm] = outcome_moments(values.tolist())
    return Reckoned(found, since, problem)


def _together(deployment: Deployment | None) -> int:
    """Return since when all arms stand there, in milliseconds since 1970; 0 if always."""
    if deployment is None:
        return 0
    arms = {(one.name, one.model, one.shadow) for one in deployment.arms}
    for past in reversed(deployment.past):
        if not arms <= {(one.name, one.model, one.shadow) for one in past.arms}:
            return past.until
    return 0


def _shares(arms: Sequence[Arm]) -> list[float]:
    """Return which share of the requests each arm has."""
    whole = sum(arm.weight for arm in arms if not arm.shadow) or 1.0
    return [arm.weight if arm.shadow else arm.weight / whole for arm in arms]


def _before(deployment: Deployment | None) -> str:
    """Return what a rollback would bring back, in words."""
    if deployment is None or not deployment.past:
        return ""
    last = deployment.past[-1]
    told = []
    for arm, part in zip(last.arms, _shares(last.arms), strict=True):
        registered = arm.model.startswith("models:/")
        name = arm.model.removeprefix("models:/") if registered else Path(arm.model).name
        share = "as a shadow" if arm.shadow else f"{part:.0%}"
        told.append(f"{name} ({share})" if len(last.arms) > 1 else f"{name} alone")
    return " and ".join(told)
