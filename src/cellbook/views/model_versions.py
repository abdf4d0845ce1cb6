"""One version of a model with all that is known of it, and several beside one another."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cellbook.errors import NotFound
from cellbook.packaging.signature import Columns, Signature, Tensor, signature_of
from cellbook.records import ModelVersion
from cellbook.registry import Told
from cellbook.registry.endpoints import endpoints_of
from cellbook.store import Store
from cellbook.views import formatting
from cellbook.views.data_used import UsedData, used_data, versions_of
from cellbook.views.endpoints import (
    ModelEndpoint,
    ModelPredictions,
    model_endpoints,
    model_predictions,
)
from cellbook.views.markdown import render
from cellbook.views.models import ModelDeed, ModelVersionRow, first_run, model_deeds, version_rows
from cellbook.views.runs_table import records_by_id

_CARD = 200_000
"""Characters of a model card that are shown."""


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """A column that a model takes or gives; of a tensor the only one."""

    name: str
    dtype: str
    nullable: bool
    text: str
    """What else is said of it: its categories, its range, its shape."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a version."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelVersionName:
    """Another version, by what it is called."""

    version_id: str
    label: str
    """``base/2``."""


@dataclass(frozen=True, slots=True)
class ModelVersionPage:
    """A version with all that is known of it."""

    row: ModelVersionRow
    description_html: str
    card_html: str
    """The model card that travels with it; empty where there is none."""
    runs: tuple[str, ...]
    """Ids of all runs that logged it."""
    metrics: Mapping[str, float]
    params: Mapping[str, Any]
    """Of the run that logged it first."""
    data: tuple[UsedData, ...]
    """What that run used."""
    inputs: tuple[ModelColumn, ...]
    outputs: tuple[ModelColumn, ...]
    requirements: tuple[str, ...]
    imports: tuple[str, ...]
    """What loading it would import that is not its library's own reader."""
    files: tuple[ModelFile, ...]
    parents: tuple[ModelVersionName, ...]
    """What it was made from."""
    children: tuple[ModelVersionName, ...]
    """What was made from it."""
    endpoints: tuple[ModelEndpoint, ...]
    """Where it answers, then where it did."""
    predictions: tuple[ModelPredictions, ...]
    """What of its predictions is on record, by endpoint."""
    history: tuple[ModelDeed, ...]
    """What was done to it, the newest first."""
    problem: str
    """Why some of it cannot be told; empty where all can."""


@dataclass(frozen=True, slots=True)
class ModelFact:
    """One line of a comparison of versions."""

    section: str
    """``about``, ``metrics``, ``params``, ``data``, ``inputs``, ``outputs`` or ``requirements``."""
    name: str
    values: tuple[str, ...]
    """Of each version in order, as text; empty where it has none."""
    differs: bool


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """Versions side by side."""

    versions: tuple[ModelVersionRow, ...]
    facts: tuple[ModelFact, ...]


def version_page(
    store: Store, known: Mapping[str, Told], version: ModelVersion
) -> ModelVersionPage:
    """Return all that is known of a version.

    Parameters
    ----------
    store
        The book's memory.
    known
        All models by name.
    version
        One of theirs.
    """
    told = known[version.model]
    (row,) = version_rows(store, told, [version])
    run = first_run(version, records_by_id(store, list(version.runs)))
    content = _Content(store, version)
    signature = content.signature()
    card = content.text("README.md")[:_CARD]
    inputs = {} if run is None else run.inputs
    return ModelVersionPage(
        row,
        render(version.description) if version.description else "",
        render(_plain_card(card)) if card else "",
        tuple(sorted(version.runs, key=lambda one: version.runs[one])),
        {} if run is None else run.metrics,
        {} if run is None else run.params,
        used_data(inputs, versions_of(store, [inputs])),
        _columns(signature.inputs),
        _columns(signature.outputs),
        content.requirements(),
        version.imports,
        tuple(ModelFile(path, digest) for path, digest in sorted(version.files.items())),
        _named(known, version.parents),
        _children(known, version),
        tuple(model_endpoints(endpoints_of(store, version.ids), version)),
        tuple(model_predictions(store, version)),
        tuple(deed for deed in model_deeds(told) if deed.version == version.name),
        content.problem,
    )


def compare_versions(
    store: Store, known: Mapping[str, Told], versions: Sequence[ModelVersion]
) -> ModelComparison:
    """Return versions, of one model or several, side by side."""
    pages = [version_page(store, known, one) for one in versions]
    facts: list[ModelFact] = []
    for name, tell in _ABOUT.items():
        facts += _fact("about", name, [tell(page) for page in pages])
    sections: tuple[tuple[str, Callable[[ModelVersionPage], Mapping[str, str]]], ...] = (
        ("metrics", lambda page: {k: formatting.number(v) for k, v in page.metrics.items()}),
        ("params", lambda page: {k: formatting.value(v) for k, v in page.params.items()}),
        ("data", _data_texts),
        ("inputs", lambda page: _column_texts(page.inputs)),
        ("outputs", lambda page: _column_texts(page.outputs)),
        ("requirements", _requirement_texts),
    )
    for section, tell_all in sections:
        told = [tell_all(page) for page in pages]
        for name in dict.fromkeys(name for one in told for name in one):
            facts += _fact(section, name, [one.get(name, "") for one in told])
    return ModelComparison(tuple(page.row for page in pages), tuple(facts))


_ABOUT: Mapping[str, Callable[[ModelVersionPage], str]] = {
    "stage": lambda page: page.row.stage.value,
    "aliases": lambda page: ", ".join(f"@{alias}" for alias in page.row.aliases),
    "description": lambda page: formatting.shorten(page.row.description, 200),
    "registered": lambda page: formatting.date(page.row.created),
    "by": lambda page: page.row.by,
    "run": lambda page: page.row.run.label if page.row.run is not None else "",
    "kind": lambda page: page.row.kind,
    "format": lambda page: page.row.format,
    "size": lambda page: formatting.size(page.row.size),
    "check": lambda page: check_text(page.row),
    "approved by": lambda page: approved_text(page.row),
    "source": lambda page: page.row.source,
    "licence": lambda page: page.row.licence,
    "deprecated": lambda page: page.row.deprecated,
    "answers at": lambda page: ", ".join(page.row.endpoints),
    "made from": lambda page: ", ".join(one.label for one in page.parents),
    "digest": lambda page: page.row.digest.rpartition(":")[2][:12],
}


def check_text(row: ModelVersionRow) -> str:
    """Return in a few words what the newest check of a version found."""
    if row.checking is not None:
        return (
            f"could not be checked: {row.checking.problem}"
            if row.checking.problem
            else ("is being checked")
        )
    if row.check is None:
        return "" if not row.bundled else "not checked"
    if row.check.problem:
        return f"failed: {row.check.problem.partition(chr(10))[0]}"
    return "passed" if row.check.tested else "loads; no tests"


def lacking_text(store: Store, version: ModelVersion) -> str:
    """Return what a version was registered without that others can tell nothing for, and what for
    it is needed: ``has no input example: …``; empty where it has all."""
    if not version.bundled or json.loads(_Content(store, version).text("tests.json") or "{}").get(
        "tests"
    ):
        return ""
    signature = _Content(store, version).signature()
    known = signature.inputs is not None
    lacks = "no input example" if known else "no signature and no input example"
    so = "" if known else "what it is asked is not validated, and "
    return f"has {lacks}: {so}a check can only load it"


def approved_text(row: ModelVersionRow) -> str:
    """Return who approved a version, for what: ``lin for production, grace for @champion``."""
    return ", ".join(
        f"{one.by} for {one.target}{'' if one.counts else ' (does not count)'}"
        for one in row.verdicts
        if one.approved
    )


def _fact(section: str, name: str, values: list[str]) -> list[ModelFact]:
    if not any(values):
        return []
    return [ModelFact(section, name, tuple(values), len(set(values)) > 1)]


def _data_texts(page: ModelVersionPage) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for one in page.data:
        number = f"@{one.version}" if one.version else "(deleted)"
        told.setdefault(one.name or one.dataset_id, []).append(
            " ".join([number, ", ".join(one.roles)]).strip()
        )
    return {name: ", ".join(texts) for name, texts in told.items()}


def _column_texts(columns: Sequence[ModelColumn]) -> dict[str, str]:
    return {one.name: _column_text(one) for one in columns}


def _column_text(column: ModelColumn) -> str:
    missing = "may be missing" if column.nullable else ""
    return " · ".join(filter(None, [column.dtype, column.text, missing]))


def _requirement_texts(page: ModelVersionPage) -> dict[str, str]:
    split = (line.partition("==") for line in page.requirements)
    return {name: version for name, _, version in split}


class _Content:
    """The descriptions of a version that are read from its files."""

    def __init__(self, store: Store, version: ModelVersion) -> None:
        self._store = store
        self._version = version
        self.problem = ""

    def text(self, path: str) -> str:
        """Return a file as text; empty where there is none."""
        digest = self._version.files.get(path)
        if digest is None:
            return ""
        try:
            return self._store.blobs.get(digest).decode("utf-8", "replace")
        except NotFound:
            self.problem = f"{path} is missing from the book. `cellbook verify` tells what else is."
            return ""

    def signature(self) -> Signature:
        """Return what it takes and gives; nothing where that is not known."""
        if not self._version.bundled:
            return Signature()
        try:
            return signature_of(json.loads(self.text("signature.json") or "{}"))
        except (ValueError, KeyError, TypeError, AttributeError):
            self.problem = "Its signature is damaged."
            return Signature()

    def requirements(self) -> tuple[str, ...]:
        """Return what it needs installed: ``name==version`` each."""
        return tuple(filter(None, self.text("requirements.txt").splitlines()))


def _plain_card(card: str) -> str:
    """Return a card without what it says to programs at its head."""
    if not card.startswith("---\n"):
        return card
    return card.partition("\n---")[2].partition("\n")[2]


def _columns(schema: Columns | Tensor | None) -> tuple[ModelColumn, ...]:
    if isinstance(schema, Tensor):
        shape = " × ".join("any" if size is None else str(size) for size in schema.shape)
        return (ModelColumn("tensor", schema.dtype, False, shape),)
    if schema is None:
        return ()
    found = []
    for column in schema.columns:
        text = ""
        if column.categories:
            text = formatting.shorten(", ".join(map(str, column.categories)), 60)
        elif column.minimum is not None or column.maximum is not None:
            low, high = (
                "" if one is None else str(one) for one in (column.minimum, column.maximum)
            )
            text = f"{low} … {high}".strip()
        elif column.observed is not None:
            low, high = (_shown(one) for one in column.observed)
            text = f"seen {low} … {high}"
        found.append(ModelColumn(column.name, column.dtype, column.nullable, text))
    return tuple(found)


def _shown(value: Any) -> str:
    return formatting.number(value) if isinstance(value, float) else str(value)


def _named(known: Mapping[str, Told], ids: Mapping[str, int]) -> tuple[ModelVersionName, ...]:
    found: dict[str, ModelVersionName] = {}
    for version_id in ids:
        one = next(
            (told.of_id(version_id) for told in known.values() if told.of_id(version_id)), None
        )
        label = "(not in this book)" if one is None else one.label
        key = version_id if one is None else one.version_id
        found[key] = ModelVersionName(key, label)
    return tuple(found.values())


def _children(known: Mapping[str, Told], version: ModelVersion) -> tuple[ModelVersionName, ...]:
    return tuple(
        ModelVersionName(one.version_id, one.label)
        for told in known.values()
        for one in told.versions
        if set(version.ids) & one.parents.keys()
    )
