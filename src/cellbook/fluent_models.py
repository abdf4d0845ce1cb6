"""The module-level functions about models: ``cb.log_model``, ``cb.load_model`` …"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook import book
from cellbook.errors import InvalidInput
from cellbook.packaging import PackagedModel, load_bundle
from cellbook.records import ModelVersion
from cellbook.views.models_text import models_frame, versions_frame

if TYPE_CHECKING:
    import pandas as pd


def log_model(model: Any, name: str, **options: Any) -> ModelVersion:
    """Register a model as made by the active run; see :meth:`cellbook.Run.log_model`."""
    return book.open().run_at_hand().log_model(model, name, **options)


def register_model(
    model: Any,
    name: str,
    *,
    alias: str | None = None,
    tags: Mapping[str, Any] | None = None,
    derived_from: Any = None,
    source: str = "",
    licence: str = "",
    **options: Any,
) -> ModelVersion:
    """Register a model: one in memory, one on disk, or a version under another name.

    Parameters
    ----------
    model
        A model, as :meth:`cellbook.Run.log_model` takes it; a bundle (its folder or zip); any file
        or folder of a model, such as one that was downloaded from Hugging Face, which is kept as it
        is and never run; ``models:/NAME/7`` or ``runs:/RUN/NAME``.
    name
        What it is called.  The same content under the same name is the same version.
    alias
        A word, such as ``champion``, that leads to this version from then on.
    tags
        Set on the version.
    derived_from
        What names the versions that it was made from: one, or several.
    source, licence
        Of files: where they came from, and under which licence they may be used; empty for what
        the place itself tells.
    options
        Of a model in memory: what :meth:`cellbook.Run.log_model` takes besides.

    Raises
    ------
    InvalidInput
        If it cannot be kept; then nothing is registered.
    """
    here = book.open()
    if isinstance(model, (str, os.PathLike)):
        if options:
            raise InvalidInput(f"{next(iter(options))!r} is for a model in memory. Leave it out.")
        return here.models.register(
            model, name, alias=alias, tags=tags, derived_from=derived_from, origin=source,
            licence=licence,
        )  # fmt: skip
    if source or licence:
        raise InvalidInput("Source and licence are of files. Set them as tags of this model.")
    return here.runs.keep_model(
        model, name, alias=alias, tags=tags, derived_from=derived_from, **options
    )  # fmt: skip


def load_model(model_uri: str | os.PathLike[str], *, trust: bool = False) -> PackagedModel:
    """Load a registered model, or a bundle on disk.

    Parameters
    ----------
    model_uri
        ``models:/NAME/7``, ``models:/NAME@champion``, ``models:/NAME/latest``,
        ``models:/NAME/production``, ``runs:/RUN/NAME``; or the path of a bundle.
    trust
        Whether code in it may run, which a pickle is.  What you logged yourself in this book needs
        no consent.

    Returns
    -------
    PackagedModel
        ``predict(data)`` checks the data and predicts; ``native`` is the model itself.

    Raises
    ------
    NotFound
        If there is no such version.
    InvalidInput
        If it is damaged, or its library is not installed.
    Untrusted
        If loading it runs code, and `trust` is not given; the message says what it would import.
    """
    if _is_path(model_uri):
        return load_bundle(model_uri, trust=trust)
    return book.open().models.load(model_uri, trust=trust)


def bundle(model_uri: str, path: str | os.PathLike[str]) -> Path:
    """Write a registered model as a folder or, where `path` ends with ``.zip``, as one file.

    Parameters
    ----------
    model_uri
        As :func:`load_model` has it.
    path
        What to make.

    Raises
    ------
    NotFound
        If there is no such version.
    InvalidInput
        If there is something at `path`.
    """
    return book.open().models.bundle(model_uri, path)


def search_models(text: str = "") -> pd.DataFrame:
    """Return the registered models as a DataFrame, a row each, by name.

    Parameters
    ----------
    text
        Only those that have it in their name, description, tags or owners.

    Returns
    -------
    DataFrame
        Columns ``name, versions, latest_version, aliases, production, owners, description, tags,
        deprecated, creation_time, last_updated``.
    """
    return models_frame(book.open().models.all(), text)


def model_versions(name: str = "") -> pd.DataFrame:
    """Return the versions of a model as a DataFrame, the oldest first.

    Parameters
    ----------
    name
        The model; empty for the versions of all.

    Returns
    -------
    DataFrame
        Columns ``name, version, stage, aliases, run_id, kind, format, size, digest, source,
        licence, description, tags, deprecated, creation_time, user, version_id``.

    Raises
    ------
    NotFound
        If there is no such model.
    """
    models = book.open().models
    return versions_frame([models.told(name)] if name else models.all())


def _is_path(target: str | os.PathLike[str]) -> bool:
    if isinstance(target, os.PathLike):
        return True
    if target.startswith(("models:", "model:", "runs:/")):
        return False
    # A folder is never taken for a name, nor a name for a folder that only happens to be there.
    return Path(target).exists() and (os.sep in target or Path(target, "digests.json").exists())
