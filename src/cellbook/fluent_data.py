"""The module-level functions about data: ``cb.track_data``, ``cb.read_data`` …"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook import book
from cellbook.answers.rows_used import find_rows_used
from cellbook.errors import InvalidInput
from cellbook.records import DatasetVersion, Subset
from cellbook.views.data_text import data_frame

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.book import Target


def track_data(
    data: Any,
    name: str | None = None,
    *,
    labels: Any = None,
    split: str | None = None,
    alias: str | None = None,
    keep: bool = False,
    derived_from: Any = None,
    query: str = "",
    profile: bool | str = True,
) -> DatasetVersion:
    """Put on record what some data is now; with an active run, as what that uses.

    The digest is of content and schema: a renamed column, another dtype, time zone, order of
    categories or index is another version, and the same content is the same version again.

    Parameters
    ----------
    data
        A path of a file or folder, a glob or a URL; a pandas, polars or Arrow table, a series, an
        index, a numpy array, a scipy sparse matrix, a Hugging Face data set.
    name
        What the data set is called.  None takes the file's or folder's name: ``people`` of
        ``people.csv``, or the whole where data in memory has that name already.
    labels
        A word for the version, or several, such as ``"nightly"``; added to those it has.
    split
        What the active run uses it for: ``train``, ``validation``, ``test``, ``reference`` or a
        word of your own.
    alias
        A word that leads to this version from now on, and no longer to another.
    keep
        Whether the data itself is kept in the book, for :func:`read_data`.  Else nothing is copied:
        the book knows the digest, and where files lie.
    derived_from
        What it was made from: a version or what names one (``"raw@2"``), or several.
    query
        The text of the query whose result `data` is.
    profile
        Whether a profile is kept, which is what :func:`cellbook.data_diff` compares where the rows
        are gone.  ``"numbers"`` leaves out the most frequent values of texts.

    Returns
    -------
    DatasetVersion
        With its ``digest`` and ``version``.

    Raises
    ------
    InvalidInput
        If no digest can be made of the data; it names column, row and type.
    NotFound
        If there is no such version as `derived_from` names.
    MissingDependency
        If a library that is needed to read it is not installed; names the extra.
    """
    tracked = book.open().track_data(
        data,
        name,
        labels=labels,
        split=split or "",
        alias=alias,
        keep=keep,
        derived_from=derived_from,
        query=query,
        profile=profile,
    )
    return tracked.version


def track_query(
    sql: Any, con: Any, name: str, *, params: Any = None, **options: Any
) -> DatasetVersion:
    """Put on record what a query answers now: its text, and the digest of its result.

    Rows count in the order that they come in: end the query with ORDER BY.  To have the result as
    well, read it yourself: ``cb.track_data(pd.read_sql(sql, con), name, query=sql)``.

    Parameters
    ----------
    sql, con, params
        As :func:`pandas.read_sql_query` has them: text, or a statement of SQLAlchemy; a connection
        of that or of sqlite3.
    name
        What the data set is called.
    options
        Those of :func:`track_data`.

    Returns
    -------
    DatasetVersion
        With its ``digest`` and ``version``.
    """
    import pandas as pd  # noqa: PLC0415 - keeps `import cellbook` quick

    result = pd.read_sql_query(sql, con, params=params)
    return track_data(result, name, query=str(sql), **options)


def track_subset(
    data: Any = None,
    *,
    of: str | DatasetVersion | None = None,
    split: str = "train",
    rows: Any = None,
) -> Subset:
    """Put on record which rows of tracked data are used, where nothing else tells.

    What scikit-learn, XGBoost and LightGBM fit is on record by itself.  For what is trained
    otherwise, as with Keras or PyTorch, say it here.

    Parameters
    ----------
    data
        A part of tracked data: a frame, an array, a tensor in the machine's own memory.
    of
        The version, or what names it; None finds it among what this process tracked.
    split
        What for: ``train``, ``validation``, ``test`` or a word of your own.
    rows
        Positions in the version, or a mask of its rows, instead of `data`.

    Returns
    -------
    Subset

    Raises
    ------
    NotFound
        If there is no such version, or the rows are not found in it.
    InvalidInput
        If `rows` are no positions of it.
    """
    here = book.open()
    version = None if of is None else here.datasets.find(of)
    return here.fits.track_subset(data, version, split, rows, sys._getframe(1))


def rows_used(run: Target | None = None, *, of: str | DatasetVersion | None = None) -> list[Any]:
    """Return which rows of which data went into what.

    Parameters
    ----------
    run
        The run; None means the active one, or with `of` every run.
    of
        Only of this version.

    Returns
    -------
    list of UsedRows
        Oldest first, each with ``subset`` (the record: role, estimator, selector), ``positions``,
        ``contains(label)`` and ``difference(other)``.

    Raises
    ------
    NotFound
        If there is no such run or version.
    InvalidInput
        If no run is active, and none is named.
    """
    return find_rows_used(book.open(), run, of)


def read_data(target: str | DatasetVersion, to: str | Path | None = None) -> Any:
    """Return data that was tracked as it was then.

    Parameters
    ----------
    target
        A version, or what names one: ``"data:digits@3"``, ``"digits@champion"``.
    to
        Where a file or folder is to be written; None where it still lies where it was, or was in
        memory.

    Returns
    -------
    object
        A frame, array or matrix like the one that was kept; of files the path where they are.

    Raises
    ------
    NotFound
        If there is no such version.
    InvalidInput
        If the book does not have it (``keep=True`` keeps it), or needs to know where it is to go.
    StoreCorrupt
        If what is kept is damaged.
    """
    return book.open().datasets.read(target, to)


def search_datasets(name: str | None = None) -> pd.DataFrame:
    """Return versions of data sets as a DataFrame, by name and number.

    Parameters
    ----------
    name
        The data set's, not a query; None means all.

    Returns
    -------
    DataFrame
        Columns ``dataset_id, name, version, kind, rows, columns, size, created, labels, aliases,
        source, kept, parents, run, digest``.  `run` is the one that tracked it first, `parents` are
        the ids of what it was made from (as the cells tell it, where nobody said), `size` is bytes.
    """
    room = book.open().datasets
    if name is None:
        return data_frame(room.all())
    found = room.named(name.removeprefix("data:"))
    if not found and any(sign in name for sign in "=<>~"):
        raise InvalidInput(
            f"Data sets are found by their name, not by a query such as {name[:60]!r}: "
            "cb.search_datasets('people'), or without a name all of them."
        )
    return data_frame(found)
