"""Models on their way into a book: packed, looked at, and put on record in one transaction."""

from __future__ import annotations

import dataclasses
import os
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tinydb import where

from cellbook.errors import NotFound, StoreError, one_line
from cellbook.packaging import Bundle, Signature, save_bundle, unpack_bundle
from cellbook.packaging.manifest import FILE
from cellbook.packaging.recorded import check_recorded
from cellbook.records import (
    ModelEvent,
    ModelEventKind,
    ModelVersion,
    Reference,
    RegisteredModel,
    as_text,
    check_mapping,
    check_model_name,
    check_name,
    spelled_as,
    to_doc,
)
from cellbook.registry.changing import ChangesModels
from cellbook.registry.content import Content, adopt_bundle, keep_bundle, seal_of
from cellbook.registry.importing import keep_files
from cellbook.registry.reading import EVENTS, VERSIONS, Told, read_model, read_models
from cellbook.registry.rules import runs_again
from cellbook.registry.training import Found, has_reference, reference_of, reference_op
from cellbook.store import Op, Store, create, update
from cellbook.tracking import warn


class RegistersModels(ChangesModels):
    """The half of :class:`cellbook.registry.Models` that makes versions.

    Parameters
    ----------
    store
        The book's memory.
    origin
        Returns ``session``, ``execution`` and ``run`` under way, as far as there are any.
    """

    def __init__(self, store: Store, origin: Callable[[], Mapping[str, str]]) -> None:
        super().__init__(store)
        self._origin = origin
        self.training: Found = lambda model, run: iter(())
        """Gives what a model was trained on, as far as that was tracked; set by who has the data.
        """

    @abstractmethod
    def find(self, target: object) -> ModelVersion:
        """Return a version by what names it."""

    @abstractmethod
    def opened(self, target: object) -> Bundle:
        """Return what the bundle of a version is."""

    def log(
        self,
        model: Any,
        name: object,
        *,
        run: str | None = None,
        alias: object = None,
        tags: Mapping[str, Any] | None = None,
        derived_from: object = None,
        reference: Any = None,
        by: str | None = None,
        ready: Callable[[], None] = lambda: None,
        **options: Any,
    ) -> ModelVersion:
        """Register a model that is in memory.

        Parameters
        ----------
        model
            As :func:`cellbook.packaging.save_bundle` takes it.
        name
            What it is called.  The same content under the same name is the same version.
        run
            The id of the run that made it; None for the one under way, empty for none.
        alias
            A word that leads to it from then on.
        tags
            Set on the version.
        derived_from
            What names the versions that it was made from: one, or several.
        reference
            The table that it was trained on, by which it is told later whether what it is asked
            looks otherwise: a sketch of it is kept.  None for the tracked data that it was fitted
            to, or that the run used as ``train``, if there is any; False for none.
        ready
            Called when it is packed, and is about to be registered.
        options
            What else :func:`~cellbook.packaging.save_bundle` takes: ``signature``,
            ``input_example``, ``method``, ``tests``, ``description``, ``facts`` …

        Raises
        ------
        InvalidInput
            If it cannot be packed; then nothing is registered.
        """
        called = self._called(name)
        with self._store.blobs.workshop() as place:
            bundle = save_bundle(model, place / "bundle", name=called, **options)
            signature = bundle.signature
            content = adopt_bundle(self._store, bundle)
            seal = seal_of(self._store.book_id, called, content.digest, content.files)
            kept = self._reference(signature, reference, model, run)
            ready()
            about = as_text(options.get("description", ""))
            return self._register(
                called, content, seal, run, alias, tags, derived_from, by, about, kept
            )

    def register(
        self,
        source: str | os.PathLike[str],
        name: object,
        *,
        run: str | None = None,
        alias: object = None,
        tags: Mapping[str, Any] | None = None,
        derived_from: object = None,
        origin: str = "",
        licence: str = "",
        by: str | None = None,
    ) -> ModelVersion:
        """Register a model that lies on disk, or a version under another name.

        Parameters
        ----------
        source
            A bundle: its folder or zip; else any file or folder of a model, which is kept as it is,
            and not looked into further than its descriptions; or what names a version.
        name, run, alias, tags, derived_from
            As :meth:`log` has them.
        origin
            Where it came from; empty for what the place tells.
        licence
            Under which it may be used; empty for what its description tells.

        Raises
        ------
        InvalidInput
            If there is nothing, it is damaged, or a bundle's input example or tests cannot be run.
        """
        called, path = self._called(name), Path(source)
        if path.exists():
            content = self._keep(path, origin, licence)
        elif str(source).startswith(("models:", "model:", "runs:/")):
            content = self._again(self.find(source))
        else:
            raise NotFound(
                f"There is no file or folder {str(source)!r} (looked in {Path.cwd()}), and it "
                "names no version, as models:/wine/7 does."
            )
        return self._register(called, content, "", run, alias, tags, derived_from, by)

    def _called(self, name: object) -> str:
        """Return a name as the book has it already, or else as it is to have it."""
        word = check_model_name(name)
        return word if read_model(self._store, word) else spelled_as(word, read_models(self._store))

    def _reference(
        self, signature: Signature, told: Any, model: Any, run: str | None
    ) -> Reference | None:
        run_id = self._origin().get("run", "") if run is None else run
        try:
            return reference_of(self._store, signature, told, lambda: self.training(model, run_id))
        except StoreError:
            raise
        except Exception as error:
            if told is not None:
                raise
            # Nobody asked for it: the model is registered all the same.
            warn(
                f"What the model was trained on was not kept for monitoring ({one_line(error)}). "
                "reference=TABLE gives it, reference=False does without."
            )
            return None

    def keep_reference(self, target: object, data: Any, *, source: str = "") -> Reference:
        """Keep what a version was trained on, in place of what is kept of that: a sketch of it.

        Parameters
        ----------
        target
            The version.
        data
            A table that has the inputs of the model.
        source
            What it is, as people say it: ``data:wine@3``.

        Raises
        ------
        NotFound
            If there is no such version.
        InvalidInput
            If it is no bundle, or the table lacks inputs.
        """
        version = self.find(target)
        made = reference_of(
            self._store, self.opened(version.version_id).signature, data, lambda: iter(())
        )
        assert made is not None
        made = dataclasses.replace(made, source=as_text(source) or made.source)
        self._store.commit([reference_op(self._store, made, version.version_id)])
        return made

    def _keep(self, path: Path, origin: str, licence: str) -> Content:
        if path.is_dir() and (path / FILE).is_file():
            content = keep_bundle(self._store, path)
        elif path.is_file() and path.suffix == ".zip":
            with self._store.blobs.workshop() as place:
                bundle = unpack_bundle(path, place / "bundle")
                check_recorded(bundle, path.name)
                content = adopt_bundle(self._store, bundle)
        else:
            return keep_files(self._store, path, origin=origin, licence=licence)
        return dataclasses.replace(content, source=origin or str(path), licence=licence)

    def _again(self, version: ModelVersion) -> Content:
        names = [field.name for field in dataclasses.fields(Content)]
        return Content(**{name: getattr(version, name) for name in names})

    def _register(
        self,
        name: str,
        content: Content,
        seal: str,
        run: str | None,
        alias: object,
        tags: Mapping[str, Any] | None,
        derived_from: object,
        by: str | None,
        about: str = "",
        reference: Reference | None = None,
    ) -> ModelVersion:
        """Put a version on record, in one transaction: its content is there already."""
        made, who, now = dict(self._origin()), self._by(by), time.time_ns() // 1_000_000
        active = made.pop("run", "")
        run_id = active if run is None else run
        events: list[ModelEvent] = []
        with self._store.exclusive():
            parents = {one.version_id: now for one in self._named(derived_from)}
            told = read_model(self._store, name).get(name)
            same = told and next(
                (one for one in told.versions if one.digest == content.digest), None
            )
            runs = {run_id: now} if run_id else {}
            if told and same:
                version = same
                ops = _added(same, runs, parents, content)
            else:
                number = _next_number(self._store, name)
                version = ModelVersion(
                    self._store.new_id(), name, number, content.digest, now, who,
                    runs=runs, made=made, parents=parents, seal=seal,
                    **{field.name: getattr(content, field.name)
                       for field in dataclasses.fields(content) if field.name != "digest"},
                )  # fmt: skip
                ops = [create(VERSIONS, version.version_id, to_doc(version))]
                events.append(self._event(ModelEventKind.REGISTERED, name, version.version_id, who))
                version = dataclasses.replace(version, ids=(version.version_id,))
                if about:
                    events.append(
                        self._event(
                            ModelEventKind.DESCRIBED, name, version.version_id, who, value=about
                        )
                    )
            for key, value in check_mapping(tags or {}, "tags").items():
                events.append(
                    self._event(
                        ModelEventKind.TAGGED, name, version.version_id, who,
                        subject=check_name(key, "tag"), value=as_text(value),
                    )
                )  # fmt: skip
            ops += [create(EVENTS, event.event_id, to_doc(event)) for event in events]
            if reference is not None and not (same and has_reference(self._store, same.ids)):
                ops.append(reference_op(self._store, reference, version.version_id))
            if alias is not None and not runs_again():
                # What is run again makes candidates: it takes no name from what has it now.
                moved, event = self.alias_ops(
                    told or _fresh(name, version), version, alias, "", None, who
                )
                ops += moved
                events += [event] if event is not None else []
            if ops:
                self._store.commit(ops, durable=True)
        self._tell(*events)
        return self.find(version.version_id)

    def _named(self, targets: object) -> list[ModelVersion]:
        if targets is None:
            return []
        given: Sequence[object] = targets if isinstance(targets, (list, tuple)) else [targets]
        return [one if isinstance(one, ModelVersion) else self.find(one) for one in given]


def _next_number(store: Store, name: str) -> int:
    """Return a number that no version of the name ever had: deleted ones count, and those that
    cannot be read."""
    docs = store.select(VERSIONS, where("model") == name)
    given = (doc.get("number") for _, _, doc in docs)
    return 1 + max((number for number in given if isinstance(number, int)), default=0)


def _added(
    version: ModelVersion, runs: Mapping[str, int], parents: Mapping[str, int], content: Content
) -> list[Op]:
    """Return what adds to a version what was not known of it."""
    changes: dict[str, Any] = {}
    if new := {run: when for run, when in runs.items() if run not in version.runs}:
        changes["runs"] = new
    if new := {one: when for one, when in parents.items() if one not in version.ids}:
        changes["parents"] = new
    for name in ("source", "licence"):
        if getattr(content, name) and not getattr(version, name):
            changes[name] = getattr(content, name)
    return [update(VERSIONS, version.version_id, changes)] if changes else []


def _fresh(name: str, version: ModelVersion) -> Told:
    """Return a model that is only just being registered."""
    return Told(RegisteredModel(name, version.created), (version,), (), (), {})
