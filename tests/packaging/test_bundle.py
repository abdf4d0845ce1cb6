"""Bundles of real models: saved, read, and refused."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cellbook.errors import (
    CellbookWarning,
    InvalidBundle,
    InvalidInput,
    SignatureMismatch,
    Untrusted,
)
from cellbook.packaging import (
    Column,
    Columns,
    Signature,
    load_bundle,
    open_bundle,
    pack_bundle,
    save_bundle,
    unpack_bundle,
)
from tests.packaging.models import KINDS, Made, linear, own_class, plain, predict

SCRIPT = Path(__file__).with_name("models.py")
NEEDS_SKOPS = ("linear", "forest", "boosted", "neighbours", "mixed", "lightgbm_classifier")

# Libraries of others, whose own warnings are no matter of ours.
pytestmark = pytest.mark.filterwarnings("ignore:::(?!cellbook|tests)")


def save(made: Made, folder: Path, **options: Any) -> Any:
    return save_bundle(made.model, folder, input_example=made.data, method=made.method, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_predictions_are_equal_after_a_round_trip(kind: str, tmp_path: Path) -> None:
    made = KINDS[kind]()
    bundle = save(made, tmp_path / "bundle")
    loaded = load_bundle(tmp_path / "bundle", trust=not bundle.safe)
    assert np.array_equal(plain(loaded.predict(made.data)), predict(made))


@pytest.mark.parametrize("kind", NEEDS_SKOPS)
def test_models_of_known_libraries_load_without_consent(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("skops", reason="skops is in the group test")
    if kind not in KINDS:
        pytest.skip("its library is not installed")
    assert save(KINDS[kind](), tmp_path / "bundle").safe


@pytest.mark.timeout(900)
def test_digest_is_equal_in_other_surroundings(tmp_path: Path) -> None:
    """Another process, order, hash seed, clock, time zone, folder and umask."""
    kinds = list(KINDS)

    def run(folder: Path, kinds: list[str], **environment: str) -> dict[str, str]:
        (folder / "here").mkdir(parents=True)
        shutil.copy(SCRIPT, folder / "here" / "models.py")
        done = subprocess.run(
            [sys.executable, "models.py", folder / "bundles", *kinds],
            env={**os.environ, **environment},
            cwd=folder / "here",
            umask=int(environment.get("UMASK", "022"), 8),
            capture_output=True,
            text=True,
            timeout=400,
        )
        assert done.returncode == 0, done.stderr
        return dict(line.split() for line in done.stdout.splitlines() if "cellbook-bundle" in line)

    one = run(tmp_path / "one", kinds, PYTHONHASHSEED="1")
    ahead = str(86_400 * 400)
    other = run(
        tmp_path / "far" / "away" / "other",
        kinds,
        PYTHONHASHSEED="2",
        AHEAD=ahead,
        TZ="Asia/Tokyo",
        UMASK="077",
    )
    assert list(one) == kinds
    assert one == other


def test_another_model_has_another_digest(tmp_path: Path) -> None:
    made = linear()
    one = save(made, tmp_path / "one")
    again = save(made, tmp_path / "again")
    made.model[-1].coef_[0, 0] += 1e-9
    other = save(made, tmp_path / "other")
    assert one.digest == again.digest != other.digest


def test_pickle_needs_consent_and_says_what_it_imports(tmp_path: Path) -> None:
    bundle = save(own_class(), tmp_path / "bundle")
    assert not bundle.safe
    with pytest.raises(Untrusted, match=r"cloudpickle.*trust=True"):
        load_bundle(tmp_path / "bundle")


def test_a_bundle_cannot_call_itself_safe(tmp_path: Path) -> None:
    save(own_class(), tmp_path / "bundle")
    rewrite(tmp_path / "bundle", "bundle.json", lambda doc: doc["model"].update(safe=True))
    with pytest.raises(Untrusted):
        load_bundle(tmp_path / "bundle")


def test_dangerous_pickle_is_named_and_not_run(tmp_path: Path) -> None:
    save(own_class(), tmp_path / "bundle")

    class Bomb:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {tmp_path / 'ran'}",)

    replace(tmp_path / "bundle", "model/model.pkl", pickle.dumps(Bomb()))
    with pytest.raises(Untrusted, match=r"No model needs (posix|nt)\.system"):
        load_bundle(tmp_path / "bundle")
    assert not (tmp_path / "ran").exists()


def test_a_pickle_cannot_hide_behind_the_digest_of_another(tmp_path: Path) -> None:
    bundle = save(own_class(), tmp_path / "bundle")
    doc = json.loads((tmp_path / "bundle" / "digests.json").read_text())
    data = pickle.dumps({"other": 1})
    (tmp_path / "bundle" / "model" / "model.pkl").write_bytes(data)
    import hashlib

    for entry in doc["files"]:
        if entry["path"] == "model/model.pkl":
            entry.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    (tmp_path / "bundle" / "digests.json").write_text(json.dumps(doc))
    with pytest.raises(InvalidBundle, match="says something else"):
        open_bundle(tmp_path / "bundle")
    assert bundle.digest == doc["digest"]


@pytest.mark.parametrize("size", ["1e999", "NaN", '"x"', "null", "[]"])
def test_a_list_of_nonsense_is_told(tmp_path: Path, size: str) -> None:
    save(own_class(), tmp_path / "bundle")
    file = tmp_path / "bundle" / "digests.json"
    file.write_text(re.sub(r'"size": \d+', f'"size": {size}', file.read_text()))
    with pytest.raises(InvalidBundle, match="damaged"):
        open_bundle(tmp_path / "bundle")


def test_a_pickle_cannot_hide_behind_another_name(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    save(own_class(), folder)
    (folder / "model/model.pkl").rename(folder / "model/model.bin")

    def claim(doc: Any) -> None:
        doc["model"].update(file="model/model.bin", imports=[])

    rewrite(folder, "bundle.json", claim)
    with pytest.raises(InvalidBundle, match="called otherwise"):
        load_bundle(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"python": "3.12-slim\nRUN evil"},
        {"python": None},
        {"name": ["x"]},
        {"facts": []},
        {"model": {}},
        {"model": {"format": "other"}},
        {"model": {"format": ["skops"]}},
        {"model": {"imports": "os.system"}},
        {"model": {"file": 3}},
    ],
)
def test_what_a_bundle_says_of_itself_is_looked_at(change: Any, tmp_path: Path) -> None:
    save(own_class(), tmp_path / "bundle")

    def spoil(doc: Any) -> None:
        model = change.get("model")
        doc.update({**change, "model": {**doc["model"], **model} if model else doc["model"]})
        if model == {}:
            doc["model"] = model

    rewrite(tmp_path / "bundle", "bundle.json", spoil)
    with pytest.raises(InvalidBundle, match="is damaged"):
        open_bundle(tmp_path / "bundle")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "model/model.pkl").write_bytes(b"x"), "not what it was"),
        (lambda folder: (folder / "signature.json").unlink(), "lacks signature.json"),
        (lambda folder: (folder / "code/more.py").write_text("1"), "does not know"),
        (lambda folder: (folder / "digests.json").write_text("{"), "damaged"),
        (lambda folder: (folder / "digests.json").write_text("[" * 100_000), "damaged"),
        (lambda folder: (folder / "digests.json").unlink(), "no bundle"),
        (lambda folder: (folder / "link").symlink_to("/etc/passwd"), "a link"),
    ],
)
def test_damage_is_found(damage: Any, words: str, tmp_path: Path) -> None:
    save(own_class(), tmp_path / "bundle")
    damage(tmp_path / "bundle")
    with pytest.raises(InvalidBundle, match=words):
        load_bundle(tmp_path / "bundle", trust=True)


def test_a_file_named_outside_is_not_read(tmp_path: Path) -> None:
    save(own_class(), tmp_path / "bundle")
    (tmp_path / "evil.pkl").write_bytes(pickle.dumps(1))
    rewrite(
        tmp_path / "bundle",
        "bundle.json",
        lambda doc: doc["model"].update(file="../evil.pkl"),
    )
    with pytest.raises(InvalidBundle, match="called otherwise"):
        load_bundle(tmp_path / "bundle", trust=True)


def test_nothing_is_left_of_what_cannot_be_saved(tmp_path: Path) -> None:
    class Locked:
        lock = property(lambda self: None)

        def __init__(self) -> None:
            self.held = threading.Lock()

        def predict(self, data: Any) -> Any:
            return data

    with pytest.raises(InvalidInput, match=r"cannot be saved.*__getstate__"):
        save_bundle(Locked(), tmp_path / "bundle")
    with pytest.raises(InvalidInput, match="no model"):
        save_bundle({"weights": [1]}, tmp_path / "bundle")
    with pytest.raises(InvalidInput, match="fails on the input example"):
        save_bundle(len, tmp_path / "bundle", input_example=3)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_guesses_is_refused(tmp_path: Path) -> None:
    def guess(data: Any) -> Any:
        return np.random.default_rng().random(len(data))

    with pytest.raises(InvalidInput, match="depend on nothing but values"):
        save_bundle(guess, tmp_path / "bundle", input_example=np.zeros((2, 2)))


def test_series_of_texts_and_sparse_input(tmp_path: Path) -> None:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, kinds = pd.Series(["red wine", "white wine", "red"]), [0, 1, 0]
    whole = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, kinds)
    bundle = save_bundle(whole, tmp_path / "whole", input_example=texts)
    loaded = load_bundle(tmp_path / "whole", trust=not bundle.safe)
    for given in (texts, list(texts), texts.to_numpy()):
        assert loaded.predict(given).tolist() == kinds
    with pytest.raises(SignatureMismatch, match=r"holds 3\. The model takes text"):
        loaded.predict(pd.Series(["red", 3]))
    counts = CountVectorizer().fit_transform(texts)
    part = LogisticRegression().fit(counts, kinds)
    save_bundle(part, tmp_path / "part", input_example=counts)
    loaded = load_bundle(tmp_path / "part", trust=not bundle.safe)
    assert loaded.predict(counts).tolist() == kinds
    assert loaded.predict(counts.astype("int8")).tolist() == kinds
    with pytest.raises(SignatureMismatch, match="the shape"):
        loaded.predict(counts[:, :1])


def test_a_folder_in_use_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(InvalidInput, match="is there already"):
        save(own_class(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_input_that_does_not_fit_is_told(tmp_path: Path) -> None:
    made = linear()
    save(made, tmp_path / "bundle")
    loaded = load_bundle(tmp_path / "bundle", trust=True)
    with pytest.raises(SignatureMismatch, match=r"lacks the column 'hue'"):
        loaded.predict(made.data.drop(columns="hue"))
    with pytest.raises(SignatureMismatch, match=r"'ash' misses 1 of 89 values \(row 3\)"):
        loaded.predict(made.data.assign(ash=[np.nan if n == 3 else 2.0 for n in range(89)]))


def test_whole_numbers_that_may_be_missing_are_warned_about(tmp_path: Path) -> None:
    frame = pd.DataFrame({"age": [31, 40], "height": [1.7, 1.8]})
    with pytest.warns(CellbookWarning, match=r"'age' holds whole numbers"):
        save_bundle(lambda data: data["height"], tmp_path / "one", input_example=frame)
    columns = Columns((Column("age", "int64", nullable=True), Column("height", "float64")))
    save_bundle(
        lambda data: data["height"],
        tmp_path / "two",
        input_example=frame,
        signature=Signature(columns),
    )
    loaded = load_bundle(tmp_path / "two", trust=True)
    assert list(loaded.predict({"age": [None, 3], "height": [1.0, 2.0]})) == [1.0, 2.0]


def test_zip_is_the_same_and_comes_back(tmp_path: Path) -> None:
    made = linear()
    bundle = save(made, tmp_path / "bundle")
    one = pack_bundle(tmp_path / "bundle", tmp_path / "one.zip")
    os.utime(tmp_path / "bundle" / "MLmodel", (0, 0))
    (tmp_path / "bundle" / "MLmodel").chmod(0o600)
    other = pack_bundle(tmp_path / "bundle", tmp_path / "other.zip")
    assert one.read_bytes() == other.read_bytes()
    again = unpack_bundle(one, tmp_path / "again")
    assert again.digest == bundle.digest
    assert np.array_equal(load_bundle(one, trust=True).predict(made.data), predict(made))


def test_damaged_zip_leaves_nothing(tmp_path: Path) -> None:
    save(linear(), tmp_path / "bundle")
    packed = pack_bundle(tmp_path / "bundle", tmp_path / "one.zip")
    data = bytearray(packed.read_bytes())
    data[len(data) // 2] ^= 0xFF
    packed.write_bytes(data)
    with pytest.raises(InvalidBundle):
        unpack_bundle(packed, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "one.zip"]


def test_local_modules_travel_by_value(tmp_path: Path) -> None:
    """A model of a module beside the notebook works where that module is not."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "tools.py").write_text(
        "from more import FACTOR\n\n\ndef scale(data):\n    return data * FACTOR\n"
    )
    (tmp_path / "here" / "more.py").write_text("FACTOR = 3\n")
    code = """
        import numpy as np
        from cellbook.packaging import save_bundle
        from tools import scale
        save_bundle(scale, "../bundle", input_example=np.ones((2, 2)))
    """
    run(tmp_path / "here", code)
    shutil.rmtree(tmp_path / "here")
    loaded = load_bundle(tmp_path / "bundle", trust=True)
    assert loaded.predict(np.ones((1, 2))).tolist() == [[3.0, 3.0]]
    assert "FACTOR" in (tmp_path / "bundle" / "source" / "tools.py").read_text()


def test_bundle_says_nothing_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "secret-place").mkdir()
    shutil.copy(SCRIPT, tmp_path / "secret-place" / "models.py")
    subprocess.run(
        [sys.executable, "models.py", tmp_path / "bundles", "own_class", "own_step", "linear"],
        cwd=tmp_path / "secret-place",
        check=True,
        capture_output=True,
        timeout=100,
    )
    for file in (tmp_path / "bundles").rglob("*"):
        assert file.is_dir() or b"secret-place" not in file.read_bytes(), file


def test_copy_in_the_bundle_works_without_cellbook(tmp_path: Path) -> None:
    save(linear(), tmp_path / "bundle")
    code = """
        import sys
        class Nothing:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == "cellbook":
                    raise ModuleNotFoundError(name)
        sys.meta_path.insert(0, Nothing())
        sys.path.insert(0, "bundle/code")
        from cellbook_bundle.__main__ import main
        sys.exit(main("bundle"))
    """
    assert json.loads(run(tmp_path, code)) == {
        "problem": "",
        "tests": [{"name": "input example", "problem": ""}],
    }


# -- parts -----------------------------------------------------------------------------------------


def run(folder: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def replace(folder: Path, path: str, data: bytes) -> None:
    """Change a file as somebody would who wants it to be believed: with all digests."""
    from cellbook.packaging.manifest import make_manifest, write_manifest
    from cellbook.packaging.pickles import read_pickle

    (folder / path).write_bytes(data)
    pickles = {
        file.relative_to(folder).as_posix(): read_pickle(file.read_bytes()).digest
        for file in folder.rglob("*.pkl")
    }
    write_manifest(folder, make_manifest(folder, pickles))


def rewrite(folder: Path, path: str, change: Any) -> None:
    doc = json.loads((folder / path).read_text())
    change(doc)
    replace(folder, path, json.dumps(doc).encode())
