"""What names a version: ``models:/wine/7``, ``wine@champion``, ``runs:/12/wine`` …"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cellbook.errors import Ambiguous, InvalidInput, NotFound
from cellbook.records import LATEST, ModelStage, ModelVersion, spelled_as
from cellbook.registry.reading import VERSIONS, Told, read_model, read_models
from cellbook.store import Store

FORMS = "Name a version as models:/NAME/7, or by an alias as models:/NAME@champion."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for."""

    name: str
    version: str = ""
    """A number, a stage or ``latest``."""
    alias: str = ""
    run: str = ""


def parse(target: object) -> Wanted:
    """Read what names a version.

    Raises
    ------
    InvalidInput
        If it names none.
    """
    text = str(target).strip()
    if text.startswith("runs:/"):
        run, slash, name = text.removeprefix("runs:/").partition("/")
        if run and slash and name:
            return Wanted(name, run=run)
        raise InvalidInput(f"What a run logged is named as runs:/RUN/NAME, not {text[:80]!r}.")
    for start in ("models:/", "model:"):
        text = text.removeprefix(start)
    name, slash, version = text.lstrip("/").partition("/")
    alias = ""
    if not slash:
        name, at, alias = name.partition("@")
        if at and not alias:
            raise InvalidInput(f"{str(target)[:80]!r} names no alias. {FORMS}")
        if alias[:1].isdecimal() or alias.lower() == LATEST:
            version, alias = alias, ""
    if not name or (slash and not version) or "/" in version or "@" in version:
        raise InvalidInput(f"{str(target)[:80]!r} names no version of a model. {FORMS}")
    return Wanted(name, version, alias)


def read_named(store: Store, target: object) -> Mapping[str, Told]:
    """Return the model that a target speaks of; where there is none, all that there are, so that
    the nearest name can be told.

    Raises
    ------
    InvalidInput
        If it names none.
    """
    doc = store.get(VERSIONS, str(target))
    name = parse(target).name if doc is None else str(doc["model"])
    return read_model(store, name) or read_models(store)


def find_version(
    known: Mapping[str, Told], target: object, run_id: Callable[[str], str]
) -> ModelVersion:
    """Return the version that `target` names.

    Parameters
    ----------
    known
        All models by name.
    target
        ``models:/NAME/7``, ``NAME/7``, ``NAME@7``, ``NAME@alias``, ``NAME/latest``,
        ``NAME/production``, ``runs:/RUN/NAME``, an id; a name alone means its newest version.
    run_id
        Returns the id of a run by what names it.

    Raises
    ------
    NotFound
        If there is none; it says what there is.
    Ambiguous
        If two versions were given that number.
    """
    for told in known.values():
        found = told.of_id(str(target))
        if found is not None:
            return _alive(found)
    wanted = parse(target)
    told = find_model(known, wanted.name)
    if wanted.run:
        run = run_id(wanted.run)
        logged = [one for one in told.versions if run in one.runs]
        if logged:
            return max(logged, key=lambda one: one.runs[run])
        raise NotFound(
            f"That run logged no version of {wanted.name!r} that is still there. {_has(told)}"
        )
    if wanted.alias:
        return _by_alias(told, wanted.alias)
    if wanted.version.lower() in ("", LATEST):
        return max(told.versions, key=lambda one: one.version_id)
    if wanted.version.lower() in list(ModelStage):
        stage = ModelStage(wanted.version.lower())
        there = [one for one in told.versions if one.stage is stage]
        if there:
            return max(there, key=lambda one: one.version_id)
        raise NotFound(f"No version of {wanted.name!r} is in {stage.value}. {_has(told)}")
    return _by_number(told, wanted.version)


def find_model(known: Mapping[str, Told], name: str) -> Told:
    """Return a model by its name, whichever way its accents are written.

    Raises
    ------
    NotFound
        If there is none, or all its versions were deleted.
    """
    told = known.get(spelled_as(name, known))
    if told is not None and told.versions:
        return told
    if told is not None:
        raise NotFound(f"All versions of the model {name!r} were deleted. Register a new one.")
    alive = [one for one, told in known.items() if told.versions]
    near = difflib.get_close_matches(name, alive, 1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    raise NotFound(
        f"The book has no model {name[:80]!r}.{meant} `%models` lists what there is, "
        "`run.log_model(model, 'NAME')` registers one."
    )


def _by_alias(told: Told, alias: str) -> ModelVersion:
    version_id = told.model.aliases.get(spelled_as(alias, told.model.aliases))
    found = told.of_id(version_id) if version_id else None
    if found is None:
        raise NotFound(f"No version of {told.model.name!r} has the alias {alias!r}. {_has(told)}")
    return found


def _by_number(told: Told, text: str) -> ModelVersion:
    number, tilde, digest = text.removeprefix("v").partition("~")
    if not number.isdecimal() or len(number) > 9 or (tilde and not digest):
        raise NotFound(f"{told.model.name!r} has no version {text[:40]!r}. {_has(told)}")
    named = [one for one in (*told.versions, *told.gone) if int(number) in one.numbers]
    if tilde:
        named = [one for one in named if one.digest.rpartition(":")[2].startswith(digest)]
    if not named:
        raise NotFound(f"{told.model.name!r} has no version {text[:40]!r}. {_has(told)}")
    if len(named) > 1:
        # Also where only one of them is left: what is meant may be the other one.
        several = " and ".join(f"{told.model.name}/{number}~{one.short_digest}" for one in named)
        raise Ambiguous(
            f"{told.model.name}/{number} was given twice, in two copies of this book: {several}. "
            "Name one of these."
        )
    return _alive(named[0])


def _alive(version: ModelVersion) -> ModelVersion:
    if version.deleted:
        raise NotFound(f"{version.label} was deleted; its number is not used again.")
    return version


def _has(told: Told) -> str:
    names = [one.name for one in told.versions[-6:]]
    more = "… " if len(told.versions) > 6 else ""
    aliases = ", ".join(f"@{alias}" for alias in told.model.aliases)
    return f"It has {more}{', '.join(names)}" + (f" and {aliases}." if aliases else ".")
