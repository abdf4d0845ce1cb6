"""A data set as it was at one time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cellbook.errors import InvalidInput
from cellbook.records.base import Record
from cellbook.records.values import as_text, check_name

ROLES = ("train", "validation", "test", "reference")
"""What runs use data for, where they say; other words may stand there, too."""
OUTPUT = "output"
"""The role of data that a run made rather than used."""
PROFILES = ("all", "numbers", "none")
"""How much of a profile is kept: ``numbers`` tells no values of text."""
_ROLES = {"training": "train", "val": "validation", "valid": "validation", "testing": "test"}


@dataclass(frozen=True, slots=True)
class DatasetVersion(Record):
    """One content of the data of a name: another content is another version.

    Versions are numbered in the order of their creation, those that were taken off the record
    among them.  Where two copies of a book tracked the same content apart, it is one version, under
    the id of the older.
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
    kind: str = ""
    """``file``, ``folder``, ``glob``, ``frame``, ``array``, ``sparse``, ``query``, ``url`` or
    ``huggingface``; empty where only a digest was given."""
    size: int = 0
    """Bytes: of files as they are, of tables and arrays those of the values."""
    rows: int | None = None
    """None, as `columns`, where it has none."""
    columns: int | None = None
    manifest: str = ""
    """The blob that lists what a folder or glob consists of; empty where there is none."""
    content: str = ""
    """The blob that lists the chunks of what is kept by value; empty where nothing is."""
    profile: str = ""
    """The blob with its profile; empty where there is none."""
    etag: str = ""
    """What the server of a URL called this content."""
    made: Mapping[str, str] = field(default_factory=dict)
    """``session``, ``execution`` and ``run`` that first tracked it, as far as there were any."""
    parents: Mapping[str, int] = field(default_factory=dict)
    """The ids of the versions that it was made from, with when that was said, in milliseconds."""
    implied: Mapping[str, int] = field(default_factory=dict)
    """The same as the data flow of the cells tells it, which counts where nobody said."""
    maker: str = ""
    """The execution that made it by the data flow, which may be an earlier one than that which
    tracked it; empty where that is not known."""
    tracked: int = 0
    """When it was tracked last, in milliseconds since 1970; 0 where only a digest was given."""
    modified: int = 0
    """When the file was written that was tracked last, in microseconds since 1970; 0 of all else,
    as the manifest has the times of a folder's files, and in books that did not note it."""
    deleted: int = 0
    """When it was taken off the record, in milliseconds since 1970; then name, number, digest and
    `created` are all that is left of it.  0 for what is on record."""
    aliases: tuple[str, ...] = ()
    """The names that lead to it at the moment; not a part of the document."""

    @property
    def label(self) -> str:
        """The version as one says it: ``digits@3``."""
        return f"{self.name}@{self.version}"

    @property
    def made_of(self) -> Mapping[str, int]:
        """What it was made from: as somebody said, else as is implied."""
        return self.parents or self.implied

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


def check_alias(alias: object) -> str:
    """Return `alias` as one of a data set's version, or say why it is none.

    Raises
    ------
    InvalidInput
        Also if it is a number, as versions are, several words, or holds an ``@``.
    """
    text = check_name(alias, "alias").strip()
    if len(text.split()) > 1:
        raise InvalidInput(
            f"An alias is one word, so that data:NAME@ALIAS is: not {text[:60]!r}. Write "
            f"{'-'.join(text.split())[:60]!r}."
        )
    if "@" in text or text.isdecimal():
        raise InvalidInput(
            f"The alias {text[:60]!r} would be taken for a version. Use a word, such as 'champion'."
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


def check_profile(profile: object) -> str:
    """Return how much of a profile is wanted, or say what can be.

    Raises
    ------
    InvalidInput
        If it is neither ``all``, ``numbers`` nor ``none``, True nor False.
    """
    text = "all" if profile is True else "none" if profile is False else profile
    if text not in PROFILES:
        raise InvalidInput(f"A profile is 'all', 'numbers' (no texts) or 'none', not {profile!r}.")
    return str(text)


def as_role(role: object) -> str:
    """Return what a run uses data for as one word: ``train``, ``validation``, ``test``, or its own;
    empty where nothing is said."""
    text = as_text(role or "").strip().lower()
    return _ROLES.get(text, text) and check_name(_ROLES.get(text, text), "role")
