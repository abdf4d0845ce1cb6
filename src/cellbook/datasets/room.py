"""Versions of data sets: tracked, found, labelled, deleted here."""

from __future__ import annotations

import dataclasses
import difflib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cellbook.datasets import aliases
from cellbook.datasets.at_hand import AtHand
from cellbook.datasets.content import Content
from cellbook.datasets.known import TABLE
from cellbook.datasets.naming import default_name, fixed_part, full_name, is_url, local
from cellbook.datasets.versions import (
    add_labels,
    content_version,
    dataset_versions,
    deleted_versions,
    keep_version,
    named_versions,
    new_version,
    take_off,
)
from cellbook.errors import Ambiguous, InvalidInput, MissingDependency, NotFound
from cellbook.records import (
    DataProfile,
    DatasetVersion,
    as_text,
    check_alias,
    check_dataset_name,
    check_labels,
    check_profile,
    check_unused,
)
from cellbook.store import Store, is_ulid

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.datasets.listings import Entry

_IN_MEMORY = {"frame", "array", "sparse", "query", "huggingface"}
_PLACES = {"file", "folder", "glob", "url"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that is not on record yet."""

    version: DatasetVersion
    data: Any
    content: Content
    profile: str = "all"
    """How much of a profile is to be kept: ``all``, ``numbers`` (no values of text), ``none``."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What became of data that was tracked."""

    version: DatasetVersion
    is_new: bool
    """Whether the book had no such content under this name."""
    before: DatasetVersion | None
    """The newest version of the name until then."""
    alias: str = ""
    """The word that leads to it since then; empty where none is new."""
    left: DatasetVersion | None = None
    """Where that word led before; None for nowhere."""


class Datasets:
    """The data sets of a book.

    Parameters
    ----------
    store
        The book's memory.
    users_of
        Names the leaderboards that use a version.
    users_of_label
        Names those that use it because it has a label.
    """

    def __init__(
        self,
        store: Store,
        users_of: Callable[[DatasetVersion], Sequence[str]],
        users_of_label: Callable[[DatasetVersion, str], Sequence[str]],
    ) -> None:
        self._store = store
        self._users_of = users_of
        self._users_of_label = users_of_label
        self.at_hand = AtHand()

    def all(self) -> list[DatasetVersion]:
        """Return all versions, by name and number."""
        unique = {one.dataset_id: one for one in dataset_versions(self._store).values()}
        return sorted(unique.values(), key=lambda one: (one.name, one.version))

    def by_id(self) -> dict[str, DatasetVersion]:
        """Return all versions by id; ids of the same content lead to the same one."""
        return dataset_versions(self._store)

    def propose(
        self,
        data: Any,
        name: str | None = None,
        *,
        labels: Any = None,
        derived_from: Any = None,
        query: str = "",
        profile: bool | str = True,
        made: Mapping[str, str] | None = None,
        blind: bool = False,
    ) -> Proposal:
        """Return the version that some data would be; nothing is put on record.

        Parameters
        ----------
        data, name, labels, derived_from, query, profile
            As :func:`cellbook.track_data` has them.
        made
            The session, execution and run under way.
        blind
            Whether this process may only write, as a forked child.

        Raises
        ------
        InvalidInput
            If no digest can be made of it, or a name cannot stand.
        NotFound
            If there is no such version as `derived_from` names.
        MissingDependency
            If a library that is needed to read it is not installed.
        """
        if name is None and not isinstance(data, (str, os.PathLike)):
            raise InvalidInput(
                f"What is this {type(data).__name__} called? Name it: track_data(data, 'digits')."
            )
        # Whatever is written from here on is no part of what is looked at.
        began = time.time_ns() // 1_000_000
        if isinstance(data, str) and not data.strip():
            raise InvalidInput("No place is named. The working folder is '.', if that is meant.")
        if name is None:
            name = default_name(data) if blind else self._free_name(data)
            try:
                check_dataset_name(name)
            except InvalidInput as error:
                raise InvalidInput(
                    f"The data of {os.fspath(data)!r} cannot be called after its place. {error} "
                    "Name it: track_data(place, 'name'), or %track_data NAME PLACE."
                ) from None
        called = check_dataset_name(name)
        check_labels(labels)
        wanted = check_profile(profile)
        parents = self._parents(derived_from)
        content = self.look_at(data, query)
        version = new_version(
            self._store,
            called,
            content.digest,
            labels,
            content.source,
            content=content,
            made=made,
            parents=parents,
        )
        return Proposal(dataclasses.replace(version, tracked=began), data, content, wanted)

    def _free_name(self, place: str | os.PathLike[str]) -> str:
        """Return what the data of a place is called: not as data is that never lay at a place."""
        name = default_name(place)
        kinds = {one.kind for one in self.named(name)}
        return full_name(place, name) if kinds & _IN_MEMORY and not kinds & _PLACES else name

    def keep(
        self,
        proposal: Proposal,
        alias: str | None = None,
        *,
        by_value: bool = False,
        blind: bool = False,
    ) -> Tracked:
        """Put on record what was proposed.

        Parameters
        ----------
        proposal
            What :meth:`propose` returned.
        alias
            What leads to it from now on; None for nothing.
        by_value
            Whether the data itself is kept, too.
        blind
            Whether this process may only write, as a forked child: then no alias is set.

        Raises
        ------
        InvalidInput
            If the data cannot be kept by value.
        """
        from cellbook.datasets.by_value import keep_value  # noqa: PLC0415 - as in `look_at`
        from cellbook.datasets.profiles import keep_profile  # noqa: PLC0415 - as in `look_at`

        new, content = proposal.version, proposal.content
        if content.listing is not None:
            new = dataclasses.replace(new, manifest=self._store.blobs.put(content.listing))
        if by_value:
            kept = keep_value(self._store, proposal.data, content, self.place_of(new))
            new = dataclasses.replace(new, content=kept)
        there, before = (
            (None, None) if blind else content_version(self._store, new.name, new.digest)
        )
        if proposal.profile != "none" and (there is None or not there.profile):
            texts = proposal.profile == "all"
            made = keep_profile(self._store, proposal.data, texts=texts)
            new = dataclasses.replace(new, profile=made)
        version = keep_version(self._store, new, blind=blind)
        self.at_hand.note(version, proposal.data)
        is_new = there is None
        if alias is None or blind or alias in version.aliases:
            return Tracked(version, is_new, before)
        left = next((one for one in self.named(new.name) if alias in one.aliases), None)
        return Tracked(self.alias(version, alias), is_new, before, alias, left)

    def look_at(self, data: Any, query: str = "") -> Content:
        """Return what is known of data in memory or at a place; nothing is put on record.

        Raises
        ------
        InvalidInput
            If no digest can be made of it.
        MissingDependency
            If a library that is needed to read it is not installed.
        """
        # With numpy and pandas, they would be a part of what every start takes.
        from cellbook.datasets.digests import digest_object, digest_place  # noqa: PLC0415

        if not isinstance(data, (str, os.PathLike)):
            content = digest_object(data)
            if query:
                content = dataclasses.replace(content, kind="query", source=as_text(query))
            return content
        content = digest_place(data, self._store.cache)
        return dataclasses.replace(content, source=self._as_source(data))

    def _as_source(self, place: str | os.PathLike[str]) -> str:
        """Return a place as it is recorded: relative to the book's folder where it lies below."""
        if is_url(os.fspath(place)):
            return os.fspath(place)
        home = Path(self._store.url).parent.resolve()
        path = Path.cwd() / local(place)
        # A link keeps its own name; what goes up has none.
        full = path.resolve() if path.name == ".." else path.parent.resolve() / path.name
        return full.relative_to(home).as_posix() if full.is_relative_to(home) else str(full)

    def place_of(self, version: DatasetVersion) -> Path:
        """Return where the file or folder of a version lies, or lay; of a glob, the folder."""
        place = Path(self._store.url).parent / version.source
        return fixed_part(place) if version.kind == "glob" else place

    def read(self, target: str | DatasetVersion, to: str | os.PathLike[str] | None = None) -> Any:
        """Return data as it was; see :func:`cellbook.read_data`."""
        from cellbook.datasets.by_value import read_value  # noqa: PLC0415 - as in `look_at`
        from cellbook.datasets.digests import digest_place  # noqa: PLC0415 - as in `look_at`

        version = self.find(target)
        place = self.place_of(version) if version.kind in ("file", "folder") else None
        if place is not None:
            there = digest_place(place, self._store.cache).digest if place.exists() else ""
            place = place if there == version.digest else None
        return read_value(self._store, version, None if to is None else Path(to), place)

    def table_of(self, version: DatasetVersion) -> pd.DataFrame | None:
        """Return the content of a version as a frame, to be read only; None where it is not at
        hand any more, or is no table.

        It is looked for in this process's memory, in the book and at its place; what is not the
        content that was tracked does not count.
        """
        from cellbook.datasets.profiles import as_frame, read_file  # noqa: PLC0415 - see `look_at`

        data = self.at_hand.get(version)
        if data is not None and self.look_at(data).digest == version.digest:
            return as_frame(data)
        try:
            found = self.read(version)
        except (InvalidInput, MissingDependency):
            return self._kept_table(version)
        return read_file(found) if isinstance(found, Path) else as_frame(found)

    def _kept_table(self, version: DatasetVersion) -> pd.DataFrame | None:
        """Return the table in a file whose content is in the book, while its place has another."""
        from cellbook.datasets.profiles import is_table, read_file  # noqa: PLC0415 - see `look_at`

        suffix = Path(urlsplit(version.source).path).suffix
        if not version.content or not is_table(suffix, version.size):
            return None
        with tempfile.TemporaryDirectory(prefix="cellbook-") as folder:
            try:
                return read_file(self.read(version, Path(folder) / f"data{suffix}"))
            except (InvalidInput, MissingDependency):
                return None

    def files_of(self, version: DatasetVersion) -> dict[str, Entry] | None:
        """Return the files of a folder or glob, by path; None for what is neither."""
        from cellbook.datasets.listings import unpack  # noqa: PLC0415 - as in `look_at`

        if not version.manifest:
            return None
        return {one.path: one for one in unpack(self._store.blobs.get(version.manifest))}

    def profile(self, version: DatasetVersion) -> DataProfile | None:
        """Return what the values of a version look like; None where it has no profile."""
        from cellbook.datasets.profiles import read_profile  # noqa: PLC0415 - as in `look_at`

        return read_profile(self._store, version.profile)

    def check(self) -> Iterator[tuple[str, str, bool]]:
        """Yield place, problem and whether it is harmless, of data that is not as tracked."""
        from cellbook.datasets.checking import check  # noqa: PLC0415 - as in `look_at`

        return check(self._store, self.all(), Path(self._store.url).parent)

    def _parents(self, targets: Any) -> list[str]:
        if targets is None:
            return []
        one = isinstance(targets, (str, DatasetVersion))
        return [self.find(target).dataset_id for target in ([targets] if one else targets)]

    def named(self, name: str) -> list[DatasetVersion]:
        """Return the versions of a name, by number."""
        return named_versions(self._store, name)

    def find(self, target: str | DatasetVersion) -> DatasetVersion:
        """Return the version that a target names: ``digits@3``, ``data:digits@3``, an id, or
        ``digits`` where that has one version only.

        A word behind the ``@`` is an alias; if none, a label: then the newest that has it is meant.

        Raises
        ------
        NotFound
            If there is none.
        Ambiguous
            If the name has several versions; the message lists them.
        """
        versions = dataset_versions(self._store)
        text = target.dataset_id if isinstance(target, DatasetVersion) else as_text(target).strip()
        text = text.removeprefix("data:")
        if is_ulid(text) and text in versions:
            return versions[text]
        name, at, word = text.rpartition("@")
        name = name if at else text
        named = {one.version: one for one in versions.values() if one.name == name}
        if at and word.isdecimal() and int(word) in named:
            return named[int(word)]
        if at and not word.isdecimal():
            meant = [one for one in named.values() if word in one.aliases]
            meant = meant or [one for one in named.values() if word in one.labels]
            if meant:
                return max(meant, key=lambda one: one.version)
        if not at and len(named) == 1:
            return next(iter(named.values()))
        if named and not at:
            labels = _some(named.values())
            raise Ambiguous(f"{name!r} has {len(named)} versions: {labels}. Name one of them.")
        raise NotFound(self._missing(text, name, word if at else "", versions.values()))

    def _missing(self, text: str, name: str, word: str, versions: Iterable[DatasetVersion]) -> str:
        """Return why a target names no version, and what was meant, as far as that shows."""
        by_name: dict[str, list[DatasetVersion]] = {}
        for one in versions:
            by_name.setdefault(one.name, []).append(one)
        for one in deleted_versions(self._store):
            if text == one.dataset_id or (one.name == name and word == str(one.version)):
                day = time.strftime("%Y-%m-%d", time.localtime(one.deleted / 1000))
                left = f" There are {_some(by_name[one.name])}." if one.name in by_name else ""
                return f"The data set {one.label} was taken off the record on {day}.{left}"
        near = difflib.get_close_matches(name, by_name, 1)
        if name in by_name:
            mend = f"There are {_some(by_name[name])}."
        elif near:
            mend = f"Did you mean {near[0]!r}? There are {_some(by_name[near[0]])}."
        else:
            mend = "`cb.track_data(data, name)` records one."
        return f"The book has no data set {text!r}. {mend}"

    def alias(self, target: str | DatasetVersion, alias: str | None) -> DatasetVersion:
        """Let an alias lead to a version; it leads nowhere else from then on.

        Raises
        ------
        NotFound
            If there is no such version.
        InvalidInput
            If the alias cannot stand.
        """
        word = check_alias(alias)
        version = self.find(target)
        if word not in version.aliases:
            now = time.time_ns() // 1_000_000
            moved = aliases.AliasMove(version.name, word, version.dataset_id, now)
            aliases.move(self._store, moved)
        return self.find(version)

    def drop_alias(self, name: str, alias: str) -> None:
        """Let an alias lead nowhere.

        Raises
        ------
        NotFound
            If it does already.
        """
        if (name, alias) not in aliases.current(self._store):
            raise NotFound(
                f"There is no alias {name}@{alias}. `cellbook data` lists what there is."
            )
        now = time.time_ns() // 1_000_000
        aliases.move(self._store, aliases.AliasMove(name, alias, "", now))

    def alias_history(self, name: str) -> list[aliases.AliasMove]:
        """Return the moves of a data set's aliases, oldest first."""
        return [one for one in aliases.moves(self._store) if one.name == name]

    def label(
        self, target: str | DatasetVersion, *labels: object, drop: Iterable[str] = ()
    ) -> DatasetVersion:
        """Add labels to a version, and take those in `drop` off it.

        Raises
        ------
        NotFound
            If there is no such version.
        InvalidInput
            If a label cannot stand, or a leaderboard uses the version for one that is dropped; the
            message names each.
        """
        drop = tuple(drop)
        with self._store.exclusive():
            version = self.find(target)
            for label in drop:
                if label in version.labels:
                    what = f"The label {label!r} of the data set {version.label}"
                    check_unused(what, self._users_of_label(version, label))
            for same in self._ids(version):
                add_labels(self._store, same, check_labels(labels), drop)
        return self.find(version)

    def delete(self, target: str | DatasetVersion) -> DatasetVersion:
        """Take a version off the record.

        Its number is not given again; the same content, tracked again, has it again.

        Raises
        ------
        NotFound
            If there is none.
        InvalidInput
            If a leaderboard uses it; the message names each.
        """
        with self._store.exclusive():
            version = self.find(target)
            check_unused(f"The data set {version.label}", self._users_of(version))
            for alias in version.aliases:
                self.drop_alias(version.name, alias)
            docs = [(same, self._store.get(TABLE, same)) for same in self._ids(version)]
            self._store.commit([take_off(same, doc) for same, doc in docs if doc is not None])
        return version

    def _ids(self, version: DatasetVersion) -> list[str]:
        versions = dataset_versions(self._store).items()
        return [doc_id for doc_id, one in versions if one.dataset_id == version.dataset_id]


def _some(versions: Iterable[DatasetVersion]) -> str:
    """Return what the newest of some versions are called."""
    named = {one.version: one.label for one in versions}
    return ", ".join(named[version] for version in sorted(named)[-8:])
