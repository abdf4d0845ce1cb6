"""Models under names: registered, found, loaded, checked and written out here."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cellbook.errors import CellbookError, CellbookWarning, InvalidInput, NotFound
from cellbook.packaging import (
    Bundle,
    BundleCheck,
    PackagedModel,
    check_bundle,
    load_bundle,
    open_bundle,
    pack_bundle,
)
from cellbook.records import (
    Evidence,
    EvidenceKind,
    ModelEvent,
    ModelEventKind,
    ModelVersion,
    RegisteredModel,
    as_text,
    check_model_name,
    to_doc,
)
from cellbook.registry.checks import CheckUnderWay, start_check
from cellbook.registry.content import is_own, lent, write_out
from cellbook.registry.finding import find_model, find_version, read_named
from cellbook.registry.reading import EVENTS, Told, flaws, read_models
from cellbook.registry.registering import RegistersModels
from cellbook.registry.rules import EXAMPLE_MENDS, NO_TESTS, last_check, only_loads
from cellbook.registry.telling import Hooks
from cellbook.registry.unpacked import Unpacked
from cellbook.store import Store, create
from cellbook.tracking import warn


class Models(RegistersModels):
    """The registered models of a book.

    Parameters
    ----------
    store
        The book's memory.
    run_id
        Returns the id of a run by what names it.
    origin
        Returns ``session``, ``execution`` and ``run`` under way, as far as there are any.
    told
        Returns an event as what is sent of it to webhooks and commands.

    Attributes
    ----------
    hooks
        Sends events to where the user wants that.
    unpacked
        Versions that are written out, to be served or scored.
    """

    def __init__(
        self,
        store: Store,
        run_id: Callable[[str], str],
        origin: Callable[[], Mapping[str, str]],
        told: Callable[[ModelEvent], Mapping[str, Any]],
    ) -> None:
        super().__init__(store, origin)
        self._run_id = run_id
        self.hooks = Hooks(store, told, warn)
        self.on_events = self.hooks.tell
        self.unpacked = Unpacked(store)

    def run_id(self, target: str) -> str:
        """Return the id of a run by what names it."""
        return self._run_id(target)

    # -- reading -------------------------------------------------------------------------------

    def all(self) -> list[Told]:
        """Return all models that have a version, by name, with versions and events."""
        return [told for told in read_models(self._store).values() if told.versions]

    def told(self, name: object) -> Told:
        """Return a model with its versions and all that was done to them.

        Raises
        ------
        NotFound
            If there is none; it suggests the name that is nearest.
        """
        called = check_model_name(name)
        return find_model(read_named(self._store, called), called)

    def get(self, name: object) -> RegisteredModel:
        """Return a model by its name.

        Raises
        ------
        NotFound
            If there is none; it suggests the name that is nearest.
        """
        return self.told(name).model

    def find(self, target: object) -> ModelVersion:
        """Return a version by what names it: ``models:/wine/7``, ``wine@champion`` …

        Raises
        ------
        NotFound
            If there is none; it says what there is.
        Ambiguous
            If two versions were given that number, in two copies of the book.
        """
        return find_version(read_named(self._store, target), target, self.run_id)

    # -- using ---------------------------------------------------------------------------------

    def load(self, target: object, *, trust: bool = False) -> PackagedModel:
        """Load the model of a version.

        What oneself logged in this book loads without consent.

        Raises
        ------
        NotFound
            If there is no such version, or its content is missing.
        InvalidInput
            If it is no bundle, or cannot be loaded here.
        Untrusted
            If loading it runs code, and `trust` is not given.
        """
        told, version = self._found(target)
        _check_bundled(version)
        if version.deprecated or told.model.deprecated:
            why = version.deprecated or told.model.deprecated
            warnings.warn(f"{version.label} is deprecated: {why}", CellbookWarning, stacklevel=3)
        for alias in version.aliases:
            if alias in told.model.conflicts and str(target).endswith(f"@{alias}"):
                warnings.warn(
                    f"@{alias} of {version.model} was moved by two people apart; the later move "
                    f"counts, to {version.label}. Move it once more to settle that.",
                    CellbookWarning,
                    stacklevel=3,
                )
        with lent(self._store, version) as folder:
            return load_bundle(folder, trust=trust or is_own(self._store, version))

    def bundle(self, target: object, path: str | os.PathLike[str]) -> Path:
        """Write the files of a version into a new folder or, if `path` ends with ``.zip``, a zip.

        Raises
        ------
        NotFound
            If there is no such version, or its content is missing.
        InvalidInput
            If there is something at `path`, or files as they came should become one zip.
        """
        _, version = self._found(target)
        place = Path(path)
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise InvalidInput(f"{place} is there already. Name a folder that is not, or is empty.")
        if place.suffix == ".zip":
            _check_bundled(version)
            with lent(self._store, version) as folder:
                return pack_bundle(folder, place)
        write_out(self._store, version, place)
        return place

    def opened(self, target: object) -> Bundle:
        """Return what the bundle of a version is; its files are gone when this returns.

        Raises
        ------
        NotFound
            If there is no such version, or its content is missing.
        InvalidInput
            If it is no bundle.
        """
        _, version = self._found(target)
        _check_bundled(version)
        with lent(self._store, version) as folder:
            return open_bundle(folder)

    def check_version(
        self,
        target: object,
        *,
        trust: bool = False,
        say: Callable[[str], None] = lambda line: None,
        by: str | None = None,
        check_id: str = "",
    ) -> BundleCheck:
        """Build a clean environment, load a version in it and run its tests; keep what came of it.

        Parameters
        ----------
        target
            The version.
        trust
            Whether code in it may run that somebody else made.
        say
            Is told what is being done, a line each.
        check_id
            Of a check that is on record as this process's already; empty for a new one.

        Raises
        ------
        InvalidInput
            If it is no bundle.
        Untrusted
            If loading it runs code, and `trust` is not given.
        """
        told, version = self._found(target)
        _check_bundled(version)
        under_way = CheckUnderWay(self._store, version, self._by(by), check_id)

        def tell(line: str) -> None:
            self._store.beat()
            say(line)

        try:
            with lent(self._store, version) as folder:
                allowed = trust or is_own(self._store, version)
                found = check_bundle(folder, trust=allowed, say=tell)
        except CellbookError as error:
            under_way.failed(error)
            raise
        wrong = [f"{name}: {problem}" for name, problem in found.tests if problem]
        event = self._event(
            ModelEventKind.CHECKED, told.model.name, version.version_id, self._by(by),
            value=as_text(found.problem or "; ".join(wrong)),
            reason=_report(found),
        )  # fmt: skip
        ops = [create(EVENTS, event.event_id, to_doc(event)), under_way.found(event.event_id)]
        self._store.commit(ops, durable=True)
        self._tell(event)
        return found

    def start_check(self, target: object, *, by: str | None = None) -> ModelVersion:
        """Have a version checked by a process of its own, unless it is being checked.

        What came of it is on record when that is done.

        Raises
        ------
        InvalidInput
            If it is no bundle, or code in it would run that somebody else made.
        """
        _, version = self._found(target)
        _check_bundled(version)
        with lent(self._store, version) as folder:
            start_check(self._store, version, open_bundle(folder), self._by(by))
        return version

    def check_evidence(self, target: object) -> Evidence:
        """Return the newest check of a version as what an approval rests upon.

        Raises
        ------
        NotFound
            If it was not checked.
        """
        told, version = self._found(target)
        for event in reversed(told.events):
            if event.kind is ModelEventKind.CHECKED and event.version in version.ids:
                return Evidence(EvidenceKind.CHECK, event.event_id, event.value or event.reason)
        raise NotFound(
            f"{version.label} was not checked yet. `cellbook models check {version.label}` does it."
        )

    def untested(self, version: ModelVersion) -> str:
        """Return that a version's check saw no more than that it loads; empty if it saw more, or
        there was none."""
        check = last_check(self.told(version.model), version)
        if check is None or not only_loads(check):
            return ""
        return f"Its check: loads; no tests. {EXAMPLE_MENDS}"

    def check(self) -> Iterator[tuple[str, str, bool]]:
        """Yield the versions whose content is not all there, as :meth:`cellbook.Book.verify` has
        it: place, problem, and whether that does no harm."""
        for told in read_models(self._store).values():
            for version in told.versions:
                digests = version.files.items()
                lost = [path for path, one in digests if not self._store.blobs.path(one).exists()]
                if lost or not version.files:
                    more = f" and {len(lost) - 1:,} more" if len(lost) > 1 else ""
                    what = f"{lost[0]}{more}" if lost else "its list of files"
                    yield f"model {version.label}", f"{what} is missing; it cannot be used", False
        for place, problem in flaws(self._store).items():
            told_of = (
                f"it cannot be read ({problem}); models are told without it. A later Cellbook, if"
            )
            yield place, f"{told_of} one wrote it, can", False

    def _found(self, target: object) -> tuple[Told, ModelVersion]:
        known = read_named(self._store, target)
        version = find_version(known, target, self.run_id)
        return known[version.model], version


def _check_bundled(version: ModelVersion) -> None:
    if not version.bundled:
        raise InvalidInput(
            f"{version.label} is files as they came ({version.format}). cb.bundle('{version.label}'"
            ", 'FOLDER') writes them; load them with the library that they are of."
        )


def _report(found: BundleCheck) -> str:
    """Return in a line what a check found."""
    passed = sum(not problem for _, problem in found.tests)
    tests = f"{passed} of {len(found.tests)} tests passed" if found.tests else NO_TESTS
    return " · ".join([f"Python {found.python}", tests, *found.notes])
