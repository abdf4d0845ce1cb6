"""Files and frames scored, some rows at a time, with the same validation as behind HTTP."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cellbook.errors import InvalidInput, SignatureMismatch, one_line
from cellbook.optional import require
from cellbook.packaging import PackagedModel, Signature, load_bundle, unpack_bundle
from cellbook.serving.decoding import SHIFTED, csv_options, is_shifted
from cellbook.serving.examples import read_example
from cellbook.serving.outputs import Outputs, outputs_of

ROWS = 50_000
PREDICTION = "prediction"

_TABLES = (".parquet", ".arrow", ".feather")
_FORMS = (".csv", *_TABLES)


def score(
    bundle: str | os.PathLike[str] | PackagedModel,
    data: Any,
    *,
    rows: int = ROWS,
    trust: bool = False,
) -> Any:
    """Return predictions for a frame, with its index.

    Parameters
    ----------
    bundle
        The model: the folder of a bundle, or one that is loaded.
    data
        A frame of pandas, polars or Arrow; one of Dask gives one of Dask, which is computed where
        and when Dask does, and needs the bundle's folder there.
    rows
        How many are scored at a time.
    trust
        Whether code in the bundle may run, as a pickle is.

    Raises
    ------
    SignatureMismatch
        If rows do not fit the signature, with where they begin.
    """
    if hasattr(data, "map_partitions"):
        if isinstance(bundle, PackagedModel):
            bundle = bundle.bundle.folder
            if not bundle.is_dir():
                raise InvalidInput(
                    "The model was loaded of a folder that is gone, as those of a book are, and "
                    "Dask's workers load it themselves. Give them one: `with cellbook.in_service."
                    "bundle_at('models:/NAME/7') as place: score(place.path, frame)`."
                )
        scorer = _Scorer(str(Path(bundle).resolve()), trust, rows)
        return data.map_partitions(scorer, meta=scorer.empty())
    model = bundle if isinstance(bundle, PackagedModel) else load_bundle(bundle, trust=trust)
    frame = data.to_pandas() if hasattr(data, "to_pandas") else data
    if not isinstance(frame, pd.DataFrame):
        raise InvalidInput(f"{type(data).__name__} is no frame. Give one of pandas, or a file.")
    parts = [
        _scored(model, frame.iloc[start : start + rows], start)
        for start in range(0, len(frame), rows)
    ]
    return pd.concat(parts) if parts else _Scorer.of(model).empty()


def score_file(
    bundle: str | os.PathLike[str],
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    keep: Sequence[str] = (),
    rows: int = ROWS,
    trust: bool = False,
    say: Callable[[int], None] | None = None,
) -> int:
    """Score a file of any size into another; return how many rows it has.

    Parameters
    ----------
    bundle
        The folder or zip of a bundle.
    source
        A file of CSV, Parquet or Arrow (``.csv``, ``.parquet``, ``.arrow``, ``.feather``).
    target
        A new file, in any of these forms; it is there when it is whole.
    keep
        Columns of the source that the target has, too.
    rows
        How many are in memory at a time.
    trust
        Whether code in the bundle may run, as a pickle is.
    say
        Called with the number of rows that are done.

    Raises
    ------
    SignatureMismatch
        If rows do not fit the signature, with where they begin.
    InvalidInput
        If a file cannot be read or written.
    """
    read, written = Path(source), Path(target)
    for path in (read, written):
        if path.suffix not in _FORMS:
            raise InvalidInput(f"{path.name} is none of {', '.join(_FORMS)}. Name one.")
    if not read.is_file():
        raise InvalidInput(f"There is no file {read}. Name one.")
    if written.exists():
        raise InvalidInput(f"{written} is there already. Name another.")
    if rows < 1:
        raise InvalidInput("No rows at a time is no way to score. Give 1 or more.")
    partial = written.with_name(f".{secrets.token_hex(4)}-{written.name}")
    try:
        done = _score_into(partial, Path(bundle), read, keep, rows, trust, say or (lambda _: None))
        partial.replace(written)
    finally:
        partial.unlink(missing_ok=True)
    return done


def _score_into(
    target: Path,
    bundle: Path,
    source: Path,
    keep: Sequence[str],
    rows: int,
    trust: bool,
    say: Callable[[int], None],
) -> int:
    done = 0
    with _folder(bundle) as folder, _writer(target) as write:
        model = load_bundle(folder, trust=trust)
        for frame in _chunks(source, rows, model.bundle.signature):
            if frame.empty:  # A file of CSV with nothing but a header.
                continue
            lacking = [name for name in keep if name not in frame]
            if lacking:
                raise InvalidInput(f"{source.name} has no column {lacking[0]!r} to keep.")
            made = _scored(model, frame, done)
            twice = [name for name in made if name in keep]
            if twice:
                raise InvalidInput(f"{twice[0]!r} is a prediction's name. Do not keep that column.")
            write(pd.concat([frame[list(keep)], made], axis="columns"))
            done += len(frame)
            say(done)
    if not done:
        raise InvalidInput(f"{source.name} has no rows. Give one at least.")
    return done


class _Scorer:
    """Scores wherever it comes to: it travels as the bundle's place, not as the model."""

    def __init__(self, bundle: str, trust: bool, rows: int) -> None:
        self._told = (bundle, trust, rows)
        self._model: PackagedModel | None = None

    @classmethod
    def of(cls, model: PackagedModel) -> _Scorer:
        """Return one for a model that is loaded."""
        scorer = cls(str(model.bundle.folder), False, ROWS)
        scorer._model = model
        return scorer

    def __call__(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return predictions for one partition."""
        if not len(frame):
            return self.empty()
        made: pd.DataFrame = score(self._loaded(), frame, rows=self._told[2])
        return made

    def empty(self) -> pd.DataFrame:
        """Return no predictions, of the type that there would be: those of the example have it."""
        model = self._loaded()
        example = read_example(model)
        if example is None:
            raise InvalidInput("The bundle has no input example, so its outputs are not known.")
        return as_frame(outputs_of(model.loaded.call(example)), None).iloc[:0]

    def _loaded(self) -> PackagedModel:
        if self._model is None:
            self._model = load_bundle(self._told[0], trust=self._told[1])
        return self._model

    def __reduce__(self) -> tuple[type[_Scorer], tuple[str, bool, int]]:
        return _Scorer, self._told


def as_frame(outputs: Outputs, index: Any) -> pd.DataFrame:
    """Return outputs, which are one a row, as a frame."""
    columns: dict[str, Any] = {}
    for name, values in outputs.columns.items():
        own = name if outputs.kind == "table" else PREDICTION
        if outputs.kind == "list":
            own = f"{PREDICTION}_{name.rpartition('-')[2]}"
        if values.ndim == 1:
            columns[own] = values
        else:
            flat = values.reshape(len(values), -1)
            columns |= {f"{own}_{place}": flat[:, place] for place in range(flat.shape[1])}
    return pd.DataFrame(columns, index=index)


def _scored(model: PackagedModel, frame: pd.DataFrame, start: int) -> pd.DataFrame:
    try:
        made = outputs_of(model.predict(frame))
    except SignatureMismatch as error:
        raise SignatureMismatch(f"In the rows from {start:,} on: {error}") from None
    except Exception as error:
        raise InvalidInput(
            f"In the rows from {start:,} on, the model fails: {one_line(error)}. Look at these."
        ) from error
    if made.rows != len(frame):
        raise InvalidInput("The model does not give one prediction a row. Call it yourself.")
    return as_frame(made, frame.index)


@contextlib.contextmanager
def _folder(bundle: Path) -> Iterator[Path]:
    if not bundle.is_file():
        yield bundle
        return
    with tempfile.TemporaryDirectory(prefix="cellbook-bundle-") as folder:
        yield unpack_bundle(bundle, Path(folder) / "bundle").folder


# -- files -----------------------------------------------------------------------------------------


def _chunks(path: Path, rows: int, signature: Signature) -> Iterator[pd.DataFrame]:
    try:
        if path.suffix == ".csv":
            header = list(pd.read_csv(path, nrows=0).columns)
            options = csv_options(header, signature)
            with pd.read_csv(path, chunksize=rows, **options) as chunks:
                for chunk in chunks:
                    if is_shifted(chunk):
                        raise InvalidInput(f"{path.name} cannot be read: {SHIFTED}")
                    yield chunk
            return
        for batch in _batches(path, rows):
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows).to_pandas()
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"{path.name} cannot be read: {one_line(error)}.") from error


def _batches(path: Path, rows: int) -> Iterator[Any]:
    if path.suffix == ".parquet":
        parquet = require("pyarrow.parquet", "tables", "Scoring a file of Parquet")
        with parquet.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=rows)
        return
    arrow = require("pyarrow", "tables", "Scoring a file of Arrow")
    ipc = require("pyarrow.ipc", "tables", "Scoring a file of Arrow")
    with arrow.OSFile(str(path)) as opened:
        if opened.read(6) == b"ARROW1":
            file = ipc.open_file(opened)
            for place in range(file.num_record_batches):
                yield file.get_batch(place)
        else:
            opened.seek(0)
            yield from ipc.open_stream(opened)


@contextlib.contextmanager
def _writer(path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as opened:

            def write(frame: pd.DataFrame) -> None:
                frame.to_csv(opened, index=False, header=not opened.tell())

            yield write
        return
    arrow = require("pyarrow", "tables", f"Writing a file of {path.suffix}")
    with contextlib.ExitStack() as stack:
        writers: list[Any] = []

        def write_table(frame: pd.DataFrame) -> None:
            table = arrow.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
            if not writers:
                writers.append(stack.enter_context(_table_writer(path, table.schema)))
            try:
                # Whole numbers among which one is missing are floats in some chunks only.
                writers[0].write_table(table.cast(writers[0].schema))
            except (arrow.ArrowInvalid, ValueError) as error:
                raise InvalidInput(
                    f"The rows are not of one type all through: {one_line(error)}. Write .csv, or "
                    "score all rows at a time."
                ) from None

        yield write_table


@contextlib.contextmanager
def _table_writer(path: Path, schema: Any) -> Iterator[Any]:
    if path.suffix == ".parquet":
        parquet = require("pyarrow.parquet", "tables", "Writing a file of Parquet")
        with parquet.ParquetWriter(path, schema) as writer:
            yield writer
        return
    ipc = require("pyarrow.ipc", "tables", "Writing a file of Arrow")
    with ipc.new_file(path, schema) as writer:
        yield _Sized(writer, schema)


class _Sized:
    """An Arrow writer that tells its schema, as that of Parquet does."""

    def __init__(self, writer: Any, schema: Any) -> None:
        self.schema = schema
        self.write_table = writer.write_table
