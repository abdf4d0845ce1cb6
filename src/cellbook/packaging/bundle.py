"""A bundle: a folder with a model and all that it takes to use it elsewhere, or later."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellbook.errors import (
    CellbookWarning,
    InvalidBundle,
    InvalidInput,
    Untrusted,
    one_line,
)
from cellbook.packaging import describing, mlmodel, standalone
from cellbook.packaging.dangers import is_dangerous
from cellbook.packaging.environment import check_pin, python_env, requirements
from cellbook.packaging.examples import encode_input, first_rows
from cellbook.packaging.formats import Saved, save_model
from cellbook.packaging.manifest import (
    Manifest,
    make_manifest,
    read_manifest,
    verify,
    write_manifest,
)
from cellbook.packaging.shapes import PICKLED, check_about
from cellbook.packaging.signature import (
    Signature,
    infer_signature,
    signature_doc,
    signature_of,
)
from cellbook.packaging.standalone.checks import run_checks
from cellbook.packaging.standalone.models import DESCRIPTION, caller, is_safe
from cellbook.packaging.standalone.values import difference, encode_output, read_json
from cellbook.packaging.zips import unpack_zip, write_zip

MOST_BYTES = 64 << 30
"""What a zip of a bundle may unpack to, unless a caller says otherwise."""

_CODE = Path(standalone.__file__).parent


@dataclass(frozen=True)
class Bundle:
    """A bundle on disk, whose files are what its list says.  Nothing of it has been loaded."""

    folder: Path
    manifest: Manifest
    signature: Signature
    about: Mapping[str, Any]
    """``name``, ``description``, ``facts``, ``model`` and ``python``."""
    imports: tuple[str, ...]
    """What loading it would import that is not its library's own reader; a pickle's own words, not
    the bundle's."""

    def __repr__(self) -> str:
        model = self.about["model"]
        return f"<Bundle {self.about['name']} · {model['kind']}, {model['format']} · {self.folder}>"

    @property
    def digest(self) -> str:
        """The digest that bundles of equal content share."""
        return self.manifest.digest

    @property
    def safe(self) -> bool:
        """Whether loading it runs no code but its library's."""
        return is_safe(self.about["model"])

    @property
    def requirements(self) -> list[str]:
        """What it needs installed: ``name==version`` each.

        Raises
        ------
        InvalidBundle
            If it says something else there, which pip might follow to anywhere.
        """
        try:
            lines = (self.folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
            return [check_pin(line) for line in lines]
        except (InvalidInput, OSError, UnicodeDecodeError) as error:
            raise InvalidBundle(f"{self.folder.name} is damaged. {error}") from None


@dataclass(frozen=True)
class PackagedModel:
    """A model loaded from a bundle."""

    bundle: Bundle
    loaded: standalone.Loaded

    def __repr__(self) -> str:
        # The last line of a cell shows it: what it is, and what it wants to be given.
        about = self.bundle.about
        return f"<PackagedModel {about['name']} · {about['model']['kind']} · {self.signature}>"

    @property
    def signature(self) -> Signature:
        """What it takes and gives."""
        return self.bundle.signature

    @property
    def native(self) -> Any:
        """The model, as its own library knows it."""
        return self.loaded.native

    def predict(self, data: Any) -> Any:
        """Return what the model predicts.

        Parameters
        ----------
        data
            What fits the signature; see :meth:`Signature.conform`.

        Raises
        ------
        SignatureMismatch
            If it does not.
        """
        return self.loaded.call(self.bundle.signature.conform(data))


def save_bundle(
    model: Any,
    folder: str | os.PathLike[str],
    *,
    name: str = "model",
    signature: Signature | None = None,
    input_example: Any = None,
    method: str | None = None,
    tests: Mapping[str, Any] | None = None,
    description: str = "",
    facts: Mapping[str, str] | None = None,
    extra_requirements: tuple[str, ...] = (),
) -> Bundle:
    """Write a model with all that it takes to use it elsewhere.

    Nothing is there until all of it is.  With an example, the bundle is read back and must predict
    the same.

    Parameters
    ----------
    model
        A fitted model of scikit-learn, XGBoost, LightGBM, PyTorch, Keras or statsmodels, any object
        that predicts, or a function; those of a notebook or a local module travel by value.
    folder
        A folder that does not exist, or is empty.
    name
        What the model is called.
    signature
        What it takes and gives; None to infer it of `input_example`.
    input_example
        Some of its input, of which at most 100 rows are kept.
    method
        The method that predicts, such as ``predict_proba``; None for what its library has.
    tests
        More inputs, by name; what the model makes of them now, it must make of them later.
    description
        What it is for, in Markdown.
    facts
        What else is known of it (its run, its metrics, its licence), for the model card.
    extra_requirements
        What it needs that it does not import by itself, as ``name==version``.

    Raises
    ------
    InvalidInput
        If it cannot be saved, or, read back, predicts something else.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidInput(f"{target} is there already. Name a folder that is not, or is empty.")
    with made_whole(target) as partial:
        saved = _write(partial, model, name, signature, input_example, method, tests or {},
                       description, facts or {}, extra_requirements)  # fmt: skip
        canonical = {f"model/{file}": digest for file, digest in saved.canonical.items()}
        manifest = make_manifest(partial, canonical)
        write_manifest(partial, manifest)
        _read_back(partial)
    # What has just been written and read back is not hashed once more.
    return _bundle(target, manifest, set(saved.about["imports"]))


def open_bundle(
    folder: str | os.PathLike[str], *, read: Callable[[Path, str], str] | None = None
) -> Bundle:
    """Read what a bundle is, and check every byte of it; load nothing.

    Parameters
    ----------
    folder
        Where it lies.
    read
        Reads a file, as :func:`cellbook.packaging.manifest.verify` has it.

    Raises
    ------
    InvalidBundle
        If it is no bundle, or is damaged.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    pickles = verify(path, manifest, read)
    bundle = _bundle(path, manifest, {one for told in pickles.values() for one in told.imports})
    model = bundle.about["model"]
    if model["format"] in PICKLED and model["file"] not in pickles:
        # Nobody has looked into it, nor does the digest tell what it says.
        raise InvalidBundle(
            f"{path.name} has its pickle in {model['file']!r:.80}, which is called otherwise than "
            "any of ours. Do not load it."
        )
    return bundle


def _bundle(path: Path, manifest: Manifest, imports: set[str]) -> Bundle:
    try:
        about = check_about(read_json(path / DESCRIPTION))
        signature = signature_of(read_json(path / "signature.json"))
        claimed = set(about["model"]["imports"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidBundle(
            f"{path.name} is damaged ({one_line(error)}). Get it once more."
        ) from None
    known = imports | {one for one in claimed if "." in one}
    return Bundle(path, manifest, signature, about, tuple(sorted(known)))


def load_bundle(source: str | os.PathLike[str], *, trust: bool = False) -> PackagedModel:
    """Load the model of a bundle.

    Parameters
    ----------
    source
        The bundle: its folder, or a zip of it.
    trust
        Whether code in it may run, which a pickle is.

    Raises
    ------
    InvalidBundle
        If it is damaged.
    Untrusted
        If loading it runs code, and `trust` is not given; the message says what it would import.
    InvalidInput
        If its library is not installed, or cannot read it.
    """
    path = Path(source)
    if path.is_file():
        with tempfile.TemporaryDirectory(prefix="cellbook-bundle-") as folder:
            return load_bundle(unpack_bundle(path, Path(folder) / "bundle").folder, trust=trust)
    bundle = open_bundle(path)
    check_consent(bundle, trust)
    try:
        loaded = standalone.load(bundle.folder, trust=trust)
    except Exception as error:
        needed = ", ".join(bundle.requirements[:8])
        raise InvalidInput(
            f"The model of {path.name} cannot be loaded here: {one_line(error)}. It was made with "
            f"Python {bundle.about['python']}, {needed} …; `cellbook bundle check` builds that."
        ) from error
    return PackagedModel(bundle, loaded)


def check_consent(
    bundle: Bundle, trust: bool, *, called: str = "", mend: str = "trust=True"
) -> None:
    """Refuse a bundle that runs code when it is loaded, if nobody said that it may.

    Parameters
    ----------
    bundle
        The bundle.
    trust
        Whether somebody did.
    called
        How whoever asked for it names it; empty for its folder.
    mend
        What says that it may.

    Raises
    ------
    Untrusted
        With what it would import.
    """
    if bundle.safe or trust:
        return
    danger = [name for name in bundle.imports if is_dangerous(name)]
    rest = [name for name in bundle.imports if not is_dangerous(name)]
    shown = ", ".join([*danger, *rest][:12]) + (" …" if len(bundle.imports) > 12 else "")
    warned = f" No model needs {', '.join(danger)}." if danger else ""
    if any(name.endswith("._make_function") for name in bundle.imports):
        warned += " Functions in it may import more; their source is said to be in source/."
    raise Untrusted(
        f"Loading {called or bundle.folder.name} runs code that is in it. It imports "
        f"{shown or 'nothing'}.{warned} If you know who made it and trust them: {mend}."
    )


def pack_bundle(folder: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Write a bundle as one zip file; the same bundle gives the same bytes.

    Raises
    ------
    InvalidBundle
        If it is damaged.
    InvalidInput
        If the file is there already.
    """
    bundle, file = open_bundle(folder), Path(target)
    if file.exists():
        raise InvalidInput(f"{file} is there already. Name another.")
    names = sorted(
        path.relative_to(bundle.folder).as_posix()
        for path in bundle.folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        write_zip(partial, ((name, bundle.folder / name) for name in names), pack=True)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return file


def unpack_bundle(
    source: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    limit: int = MOST_BYTES,
) -> Bundle:
    """Unpack the zip of a bundle into a new folder, and check it.

    Raises
    ------
    InvalidBundle
        If it is damaged, not what it says, or reaches out of the folder.  Nothing is left then.
    """
    target = Path(folder)
    if target.exists():
        raise InvalidInput(f"{target} is there already. Name a folder that is not.")
    with made_whole(target) as partial:
        unpack_zip(Path(source), partial, limit=limit)
        open_bundle(partial)
    return open_bundle(target)


# -- saving ----------------------------------------------------------------------------------------


@contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """Give a folder beside `target` that takes its place in the end, and is gone if that fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    partial.mkdir()
    try:
        yield partial
        partial.replace(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(
    folder: Path,
    model: Any,
    name: str,
    signature: Signature | None,
    example: Any,
    method: str | None,
    tests: Mapping[str, Any],
    description: str,
    facts: Mapping[str, str],
    extra: tuple[str, ...],
) -> Saved:
    (folder / "model").mkdir()
    saved = save_model(model, folder / "model")
    about = {
        **{key: f"model/{value}" if key in ("file", "weights") else value
           for key, value in saved.about.items()},
        "method": _method(model, saved, method),
    }  # fmt: skip
    call = caller(model, about)
    inputs = {"input example": first_rows(example)} if example is not None else {}
    inputs |= {name: first_rows(one) for name, one in tests.items()}
    inferred = signature is None
    if signature is None:
        signature = Signature() if example is None else infer_signature(example)
    # As it will be given it: a list of rows is an array then.
    outputs = {name: _predict(call, one, signature.conform(one)) for name, one in inputs.items()}
    if inferred and example is not None:
        made = infer_signature(example, outputs["input example"])
        signature = Signature(signature.inputs, made.outputs)
    for warning in signature.warnings():
        warnings.warn(warning, CellbookWarning, stacklevel=4)
    encoded = {name: encode_input(one) for name, one in inputs.items()}
    _write_tests(folder, encoded, outputs)
    needs = sorted({*requirements(saved.modules), *map(check_pin, extra)})
    _json(folder / DESCRIPTION, {
        "name": name, "description": description, "facts": dict(facts), "model": about,
        "python": python_env().split('"')[1],
    })  # fmt: skip
    _json(folder / "signature.json", signature_doc(signature))
    _json(folder / "contract.json", describing.contract(name, signature))
    _text(folder / "requirements.txt", "".join(f"{one}\n" for one in needs))
    _text(folder / "python_env.yaml", python_env())
    _text(folder / mlmodel.FILE, mlmodel.mlmodel(saved, signature, encoded.get("input example")))
    _text(folder / "README.md", describing.card(name, description, saved, signature, facts, needs))
    code = folder / "code" / "cellbook_bundle"
    code.mkdir(parents=True)
    for file in sorted(_CODE.glob("*.py")):
        shutil.copyfile(file, code / file.name)
    for file_name, source in saved.sources.items():
        (folder / "source").mkdir(exist_ok=True)
        _text(folder / "source" / file_name, source)
    return saved


def _method(model: Any, saved: Saved, method: str | None) -> str:
    if method is None:
        return saved.method
    if method.startswith("_") or not callable(getattr(model, method, None)):
        raise InvalidInput(f"The model has no method {method!r}. Name one that predicts.")
    return method


def _predict(call: Callable[[Any], Any], example: Any, conformed: Any) -> Any:
    try:
        made = call(conformed)
        # Lists and mappings were made arrays and tables; all else must mean the same as before.
        same = isinstance(example, (list, tuple, Mapping))
        told = "" if same else difference(encode_output(call(example)), made)
    except Exception as error:
        raise InvalidInput(
            f"The model fails on the input example: {one_line(error).rstrip('.')}. Give some of "
            "the data that it is made for."
        ) from error
    if told:
        raise InvalidInput(
            "The model predicts something else for the example once it is made to fit the "
            f"signature ({told}). Its predictions must depend on nothing but values; give the "
            "example as the model was fitted, and the signature of that."
        )
    return made


def _write_tests(folder: Path, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
    listed = []
    for number, name in enumerate(inputs):
        own = name == "input example"
        given = "input_example.json" if own else f"tests/{number}-input.json"
        expected = "expected_output.json" if own else f"tests/{number}-expected.json"
        (folder / given).parent.mkdir(exist_ok=True)
        _json(folder / given, inputs[name])
        _json(folder / expected, encode_output(outputs[name]))
        listed.append({"name": name, "input": given, "expected": expected})
    _json(folder / "tests.json", {"tests": listed})


def _read_back(folder: Path) -> None:
    try:
        failed = [
            f"{test['name']}: {test['problem']}"
            for test in run_checks(folder, standalone.load(folder, trust=True))
            if test["problem"]
        ]
    except Exception as error:
        raise InvalidInput(
            f"The model was written, but cannot be read back: {one_line(error)}. Its class must "
            "be one that its own library can save."
        ) from error
    if failed:
        raise InvalidInput(
            f"The model, read back, is not what it was ({failed[0]}). Its predictions must depend "
            "on nothing but its input, and the example must fit the signature."
        )


def _json(path: Path, doc: Any) -> None:
    _text(path, json.dumps(doc, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
