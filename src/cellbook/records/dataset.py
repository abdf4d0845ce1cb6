"""A data set as it was at one time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cellbook.errors import InvalidInput
from cellbook.records.base import Record
from cellbook.records.values import as_text, check_name

ROLES = ("train", "validation", "test")
"""What runs use data for, where they say; other words may stand there, too."""
_ROLES = {"training": "train", "val": "validation", "valid": "validation", "testing": "test"}


@dataclass(frozen=True, slots=True)
class DatasetVersion(Record):
    """One content of the data of a name: another content is another version.

    Versions are numbered in the order of their creation.  Where two copies of a book tracked the
    same content apart, it is one version, under the id of the older.
    """

    dataset_id: str
    name: str
    digest: str
    """What tells one content from another: a hash of it, as whoever tracked it made it."""
    created: int
    """Milliseconds since 1970 (UTC)."""
    version: int = 0
    """The ``3`` of ``data:NAME@3``; 0 where it was not asked for."""
    labels: tuple[str, ...] = ()
    source: str = ""
    """Where it came from: a path, a URL, a query."""
    labelled: Mapping[str, int] = field(default_factory=dict)
    """Since when it has each of its labels, in milliseconds since 1970; of books that did not note
    that it is not here, and is taken to be from its beginning."""

    @property
    def label(self) -> str:
        """The version as one says it: ``digits@3``."""
        return f"{self.name}@{self.version}"

    def had(self, label: str, until: int | None) -> bool:
        """Whether it has a label, and had it at a time already; None for now."""
        since = self.labelled.get(label, self.created)
        return label in self.labels and (until is None or since <= until)


def check_dataset_name(name: object) -> str:
    """Return `name` as a data set's, or say why it is none.

    Raises
    ------
    InvalidInput
        Also if it holds an ``@``, behind which the version stands.
    """
    text = check_name(name, "data set").strip()
    if "@" in text:
        raise InvalidInput(
            f"The name of a data set holds an @: {text[:60]!r}. The version stands behind that."
        )
    return text


def check_digest(digest: object) -> str:
    """Return `digest` as text of one line, or say why it is none.

    Raises
    ------
    InvalidInput
        If it is empty or no text.
    """
    if not isinstance(digest, str):
        raise InvalidInput(
            f"The digest of a data set is a {type(digest).__name__}. Give a hash of its content "
            "as text, such as hashlib.sha256(data).hexdigest()."
        )
    return check_name(digest, "data set's digest").strip()


def check_labels(labels: object) -> tuple[str, ...]:
    """Return labels, each once and in order, or say why one cannot stand.

    Raises
    ------
    InvalidInput
        If one is no printable line.
    """
    if labels is None:
        return ()
    given: Iterable[object] = [labels] if isinstance(labels, str) else labels  # type: ignore[assignment]
    return tuple(sorted({check_name(label, "label") for label in given}))


def as_role(role: object) -> str:
    """Return what a run uses data for as one word: ``train``, ``validation``, ``test``, or its own;
    empty where nothing is said."""
    text = as_text(role or "").strip().lower()
    return _ROLES.get(text, text) and check_name(_ROLES.get(text, text), "role")
