"""A model read from its files: what each format needs, one function a format."""

from __future__ import annotations

import importlib
import pickle
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .conforming import conform
from .values import read_json

DESCRIPTION = "bundle.json"
"""The file that says what a bundle holds."""

_HARMLESS = re.compile(
    r"collections\.(OrderedDict|defaultdict)"
    r"|lightgbm\.(basic\.Booster|sklearn\.LGBM(Model|Classifier|Regressor|Ranker))"
    r"|xgboost\.(core\.Booster|sklearn\.XGB(RF)?(Model|Classifier|Regressor|Ranker))"
    r"|numpy\.(dtype|ndarray|random\.\w+\.(RandomState|Generator))"
    r"|pandas\.(DataFrame|Series|CategoricalDtype)"
    r"|sklearn\._loss\.(_loss|loss|link)\.\w+"
    r"|sklearn\.calibration\._(CalibratedClassifier|SigmoidCalibration|TemperatureScaling)"
    r"|sklearn\.ensemble\._hist_gradient_boosting\.(predictor\.TreePredictor|binning\._BinMapper)"
    r"|sklearn\.gaussian_process\.(_gpc\._\w+|kernels\.[A-Z]\w+)"
    r"|sklearn\.metrics\._dist_metrics\.\w+(Distance|Metric)(32|64)?"
    r"|sklearn\.metrics\._scorer\._(PassthroughScorer|Scorer|MultimetricScorer)"
    r"|sklearn\.model_selection\._split\.[A-Z]\w+"
    r"|sklearn\.neighbors\._(kd_tree\.KDTree|ball_tree\.BallTree)(32|64)?"
    r"|sklearn\.neural_network\._stochastic_optimizers\.(Adam|SGD)Optimizer"
    r"|sklearn\.tree\._tree\.Tree"
    r"|sklearn\.utils\._bunch\.Bunch"
)
"""Types that only hold data: scikit-learn's own, which its own models are made of and skops asks
about, and the models of two more libraries."""


class ConsentNeeded(Exception):
    """The model's file runs code when it is loaded, and nobody said that it may."""


@dataclass
class Loaded:
    """A model with its signature."""

    native: Any
    """The model itself, as its own library knows it."""
    signature: Mapping[str, Any]
    call: Callable[[Any], Any]
    """Predicts for data that fit the signature."""

    def predict(self, data: Any) -> Any:
        """Return what the model predicts for `data`, which must fit the signature.

        Raises
        ------
        SignatureError
            If it does not.
        """
        return self.call(conform(self.signature.get("inputs", {}), data))


def load(folder: Path, *, trust: bool = False) -> Loaded:
    """Load the model of a bundle.

    Parameters
    ----------
    folder
        The bundle.
    trust
        Whether files that run code when they are loaded, as pickles do, may be.

    Raises
    ------
    ConsentNeeded
        If there are such files, and they may not.
    """
    about = read_json(folder / DESCRIPTION)["model"]
    if not is_safe(about) and not trust:
        raise ConsentNeeded(
            "The model's file is a pickle, or names types that can do as they like: loading it "
            f"runs code, of {', '.join(about['imports'][:8]) or 'unknown origin'}."
        )
    native = _READERS[about["format"]](folder, about)
    return Loaded(native, read_json(folder / "signature.json"), caller(native, about))


def is_safe(about: Mapping[str, Any]) -> bool:
    """Whether loading the model runs no code but its library's own.

    Nothing is taken on the word of the file: of what it says it holds, only what is known to be
    harmless counts, and the reader refuses what it does not say.
    """
    if about["format"] == "skops":
        return all(_HARMLESS.fullmatch(name) for name in about["types"])
    if about["format"] == "keras":
        return about.get("safe") is True  # Then Keras' own safe mode is on.
    return about["format"] in ("lightgbm", "xgboost")


def caller(native: Any, about: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return what predicts: a method of the model's, or the model itself."""
    if about["format"] == "torch":
        return _torch_caller(native, about.get("method", ""))
    if about.get("kind") == "xgboost.Booster":
        return lambda data: native.predict(_xgboost().DMatrix(data))
    if about["format"] == "keras" and about.get("method") == "predict":
        return lambda data: native.predict(data, verbose=0)
    method = about.get("method", "")
    called: Callable[[Any], Any] = getattr(native, method) if method else native
    return called


def inside(folder: Path, name: str) -> Path:
    """Return a file of a bundle by its name, which must not lead out of it."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"The bundle names a file outside of itself: {name!r}.")
    return path


# -- formats ---------------------------------------------------------------------------------------


def _read_skops(folder: Path, about: Mapping[str, Any]) -> Any:
    # A type that is in the file but not in this list makes skops refuse.
    return importlib.import_module("skops.io").load(
        inside(folder, about["file"]), trusted=about["types"]
    )


def _read_pickle(folder: Path, about: Mapping[str, Any]) -> Any:
    with (inside(folder, about["file"])).open("rb") as file:
        return pickle.load(file)


def _xgboost() -> Any:
    return importlib.import_module("xgboost")


def _read_xgboost(folder: Path, about: Mapping[str, Any]) -> Any:
    name = about["kind"].rpartition(".")[2]
    if not re.fullmatch(r"Booster|XGB\w+", name):
        raise ValueError(f"{name!r} is no model of xgboost's.")
    model = getattr(_xgboost(), name)()
    model.load_model(inside(folder, about["file"]))
    return model


def _read_lightgbm(folder: Path, about: Mapping[str, Any]) -> Any:
    return importlib.import_module("lightgbm").Booster(
        model_file=str(inside(folder, about["file"]))
    )


def _read_keras(folder: Path, about: Mapping[str, Any]) -> Any:
    saving = importlib.import_module("keras.saving")
    return saving.load_model(inside(folder, about["file"]), compile=False, safe_mode=about["safe"])


class _TorchUnpickler(pickle.Unpickler):
    """Reads what is around the tensors; these come from a file of safetensors."""

    def __init__(self, file: Any, tensors: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._tensors = tensors

    def persistent_load(self, pid: Any) -> Any:
        return self._tensors[pid]


def _read_torch(folder: Path, about: Mapping[str, Any]) -> Any:
    tensors = importlib.import_module("safetensors.torch").load_file(
        inside(folder, about["weights"])
    )
    with (inside(folder, about["file"])).open("rb") as file:
        return _TorchUnpickler(file, tensors).load().eval()


def _torch_caller(module: Any, method: str) -> Callable[[Any], Any]:
    torch = importlib.import_module("torch")
    called = getattr(module, method) if method else module

    def predict(data: Any) -> Any:
        array = data.to_numpy() if hasattr(data, "to_numpy") else data
        tensor = array if hasattr(array, "detach") else torch.as_tensor(array)
        first = next(iter(module.parameters()), None)
        if first is not None and tensor.is_floating_point():
            tensor = tensor.to(first.dtype)
        with torch.no_grad():
            return _as_arrays(called(tensor))

    return predict


def _as_arrays(value: Any) -> Any:
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    if isinstance(value, (list, tuple)):
        return type(value)(_as_arrays(one) for one in value)
    return value


_READERS: dict[str, Callable[[Path, Mapping[str, Any]], Any]] = {
    "keras": _read_keras,
    "lightgbm": _read_lightgbm,
    "pickle": _read_pickle,
    "skops": _read_skops,
    "torch": _read_torch,
    "xgboost": _read_xgboost,
}
