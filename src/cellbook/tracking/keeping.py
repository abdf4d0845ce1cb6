"""What a run keeps as files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.datasets import keep_version, new_version
from cellbook.errors import InvalidInput
from cellbook.records import Artifact, DatasetVersion, ModelVersion, as_role, as_step, to_doc
from cellbook.store import create, update
from cellbook.tracking import media
from cellbook.tracking.folders import files_below
from cellbook.tracking.trouble import warn

if TYPE_CHECKING:
    from cellbook.tracking.runs import Runs


class KeepsFiles(ABC):
    """The half of :class:`cellbook.Run` that keeps artifacts."""

    def __init__(self, runs: Runs, run_id: str) -> None:
        self._runs = runs
        self._store = runs.store
        self._guarded = runs.trouble.guarded
        self.run_id = run_id
        """The ULID that names the run in every copy of the book."""

    @abstractmethod
    def begin(self) -> None:
        """Start the run in the book, where it was to start with the first thing logged."""

    def log_artifact(self, local_path: str | Path, artifact_path: str | None = None) -> None:
        """Keep a copy of a file, or of all files of a folder, below `artifact_path`."""
        source = Path(local_path)
        if source.is_dir():
            folder = f"{artifact_path}/{source.name}" if artifact_path else source.name
            self.log_artifacts(source, folder)
            return
        if not source.is_file():
            raise InvalidInput(
                f"There is no file {str(source)!r} to keep (looked in {Path.cwd()}). "
                "Write it first, or give its full path."
            )
        self._keep_file(source, f"{artifact_path}/{source.name}" if artifact_path else source.name)

    def log_artifacts(self, local_dir: str | Path, artifact_path: str | None = None) -> None:
        """Keep a copy of every file below a folder, books left out.

        A file that cannot be read, or has a name that cannot be recorded, is passed over; one
        warning names it.
        """
        folder = Path(local_dir)
        if not folder.is_dir():
            raise InvalidInput(f"There is no folder {str(folder)!r} (looked in {Path.cwd()}).")
        below = f"{media.artifact_path(artifact_path)}/" if artifact_path else ""
        refused = []
        for source in files_below(folder, but=Path(self._store.url)):
            try:
                self._keep_file(source, below + source.relative_to(folder).as_posix())
            except InvalidInput as error:
                refused.append(error)
        if refused:
            more = f" (and {len(refused) - 1:,} more)" if len(refused) > 1 else ""
            warn(f"Of folder {str(folder)!r} one file was not kept{more}: {refused[0]}")

    def log_figure(
        self,
        figure: Any,
        artifact_file: str,
        *,
        step: int | None = None,
        save_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a matplotlib or plotly figure, as the file's extension says."""
        self._keep(media.encode_figure(figure, artifact_file, save_kwargs=save_kwargs), step)

    def log_model(
        self,
        model: Any,
        name: str,
        *,
        signature: Any = None,
        input_example: Any = None,
        alias: str | None = None,
        tags: Mapping[str, Any] | None = None,
        derived_from: Any = None,
        reference: Any = None,
        **options: Any,
    ) -> ModelVersion:
        """Register a model under a name, as made by this run.

        It is packed as a bundle and read back; the same content is the same version.  If anything
        goes wrong, that is raised, and nothing is registered.

        Parameters
        ----------
        model
            A fitted model of scikit-learn, XGBoost, LightGBM, PyTorch, Keras or statsmodels, any
            object that predicts, or a function.
        name
            What it is called.
        signature
            What it takes and gives; None to infer it of `input_example`.
        input_example
            Some of its input, of which at most 100 rows are kept, with what it predicts for them;
            without, a warning says once what the model lacks.
        alias
            A word, such as ``champion``, that leads to this version from then on.
        tags
            Set on the version.
        derived_from
            What names the versions that it was made from, as ``models:/base/2``: one, or several.
        reference
            The table that it was trained on, of which a sketch is kept: what the model is asked
            later is compared with that.  None for the tracked data that it was fitted to, if there
            is any; False for none.
        options
            What else :func:`cellbook.packaging.save_bundle` takes: ``method``, ``tests``,
            ``description``, ``facts``, ``extra_requirements``.

        Raises
        ------
        InvalidInput
            If it cannot be packed, or predicts something else once it is.
        """
        if self._runs.forked:
            raise InvalidInput(
                "A forked process cannot give a model its number. Return it to the process that "
                "started this one, and log it there."
            )
        return self._runs.keep_model(
            model, name, run=self.run_id, ready=self.begin, signature=signature,
            input_example=input_example, alias=alias, tags=tags, derived_from=derived_from,
            reference=reference, **options,
        )  # fmt: skip

    def log_image(
        self,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
    ) -> None:
        """Keep an image: an array (height × width, or × 1, 3 or 4 channels), PIL image or file."""
        self._keep(media.encode_image(image, artifact_file, key=key, step=step), step)

    def log_table(self, data: Any, artifact_file: str, *, step: int | None = None) -> None:
        """Keep a table: a pandas, Arrow or polars frame, dict of columns or list of rows."""
        self._keep(media.encode_table(data, artifact_file), step)

    def log_text(self, text: str, artifact_file: str, *, step: int | None = None) -> None:
        """Keep text as a file."""
        self._keep(media.encode_text(text, artifact_file), step)

    def log_dict(self, dictionary: Any, artifact_file: str, *, step: int | None = None) -> None:
        """Keep a dictionary or list as JSON or, by the file's extension, YAML."""
        self._keep(media.encode_dict(dictionary, artifact_file), step)

    def log_html(self, html: str, artifact_file: str, *, step: int | None = None) -> None:
        """Keep an HTML page."""
        self._keep(media.encode_html(html, artifact_file), step)

    def log_audio(
        self,
        audio: Any,
        artifact_file: str,
        *,
        sample_rate: int | None = None,
        step: int | None = None,
    ) -> None:
        """Keep sound: samples (floats in −1…1 or int16; samples × channels), bytes or a file."""
        self._keep(media.encode_audio(audio, artifact_file, sample_rate=sample_rate), step)

    def log_histogram(
        self, values: Any, key: str, *, bins: Any = 64, step: int | None = None
    ) -> None:
        """Keep the histogram of some numbers, or of ready ``(counts, edges)``."""
        self._keep(media.encode_histogram(values, key, bins=bins, step=step), step)

    def log_scores(self, key: str, values: Any, *, ids: Any = None) -> None:
        """Keep a metric's value on each example, for leaderboards to compare runs pair by pair.

        Parameters
        ----------
        key
            The metric, as it is logged; its value as a whole is still :meth:`log_metric`'s.
        values
            One number an example; NaN where there is none.
        ids
            What names each example; None means its place, which then must be the same in all runs.

        Raises
        ------
        InvalidInput
            If these are no numbers, or ids are of another number or not all different.
        """
        self._keep(media.encode_scores(key, values, ids), None)

    def log_input(
        self,
        name: str | DatasetVersion,
        digest: str = "",
        *,
        role: str = "",
        labels: Any = None,
        source: str = "",
    ) -> DatasetVersion:
        """Note that the run uses some data: a version of it, or what is known by a hash.

        Parameters
        ----------
        name
            What :func:`cellbook.track_data` returned; or what the data set is called, of which
            another digest is another version.
        digest
            The hash, as text; none where `name` is a version.
        role
            What for: ``train``, ``validation``, ``test``, ``reference`` or a word of your own.
        labels
            Words for the version, such as ``nightly``; added to those it has.
        source
            Where it came from.

        Raises
        ------
        InvalidInput
            If the name, the digest or a label cannot stand.
        """
        use = as_role(role)
        known = name if isinstance(name, DatasetVersion) else None
        version = known or new_version(self._store, name, digest, labels, source)
        self.begin()
        with self._guarded():
            if known is None:
                version = keep_version(self._store, version, blind=self._runs.forked)
            used = {version.dataset_id: {use: self._runs.now()}}
            self._store.commit([update("runs", self.run_id, {"inputs": used})])
        return version

    def keep_output(self, encoded: media.Encoded, cell: str) -> None:
        """Keep an output that a cell of the run displayed."""
        self._keep(encoded, None, cell=cell, automatic=True)

    # -- inside ---------------------------------------------------------------------------------

    def _keep(
        self,
        encoded: media.Encoded,
        step: int | None,
        *,
        cell: str | None = None,
        automatic: bool = False,
    ) -> None:
        if step is not None:
            step = as_step(step, encoded.path, "artifact")
        self.begin()
        with self._guarded():
            digest = self._store.blobs.put(encoded.data)
            artifact = Artifact(
                artifact_id=self._store.new_id(),
                run=self.run_id,
                path=encoded.path,
                digest=digest,
                size=len(encoded.data),
                time=self._runs.now(),
                kind=encoded.kind,
                media_type=encoded.media_type,
                step=step,
                cell=cell or self._runs.current_cell,
                automatic=automatic,
                meta=encoded.meta,
            )
            self._store.commit([create("artifacts", artifact.artifact_id, to_doc(artifact))])

    def _keep_file(self, source: Path, path: str) -> None:
        place = media.artifact_path(path)
        try:
            source.open("rb").close()
        except OSError as error:
            raise InvalidInput(
                f"The file {str(source)!r} cannot be read ({error.strerror}). "
                "Make it readable, then log it again."
            ) from None
        self.begin()
        with self._guarded():
            digest, size = self._store.blobs.put_file(source)
            artifact = Artifact(
                artifact_id=self._store.new_id(),
                run=self.run_id,
                path=place,
                digest=digest,
                size=size,
                time=self._runs.now(),
                media_type=media.media_type_of(place),
                cell=self._runs.current_cell,
            )
            self._store.commit([create("artifacts", artifact.artifact_id, to_doc(artifact))])
