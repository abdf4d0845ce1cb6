"""Real models on real data, made the same way in each process; run as a script, it saves one.

``python models.py FOLDER KIND …`` prints a digest each; ``AHEAD`` sets the clock ahead, in seconds.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_digits, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from cellbook.packaging import save_bundle


class Made(NamedTuple):
    """A fitted model, and data that it was not given."""

    model: Any
    data: Any
    method: str | None = None


def wine() -> tuple[pd.DataFrame, pd.Series]:
    data, target = load_wine(return_X_y=True, as_frame=True)
    return data, target


def cellar() -> tuple[pd.DataFrame, pd.Series]:
    """Wine with columns of several kinds, one of them with missing values."""
    data, target = wine()
    frame = pd.DataFrame(
        {
            "alcohol": data["alcohol"],
            "proline": data["proline"].where(data["proline"] > 400),
            "colour": pd.cut(data["hue"], 3, labels=["pale", "clear", "deep"]),
            "cask": np.where(data["ash"] > 2.4, "oak", "steel"),
            "bottled": pd.to_datetime("2020-01-01") + pd.to_timedelta(data["magnesium"], "D"),
        }
    )
    return frame, target


def linear() -> Made:
    data, target = wine()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(data[::2], target[::2])
    return Made(model, data[1::2])


def forest() -> Made:
    digits, target = load_digits(return_X_y=True)
    model = RandomForestClassifier(8, random_state=0).fit(digits[::2], target[::2])
    return Made(model, digits[1::2], "predict_proba")


def boosted() -> Made:
    data, target = wine()
    model = HistGradientBoostingClassifier(max_iter=8, random_state=0).fit(data, target)
    return Made(model, data[::3])


def neighbours() -> Made:
    data, target = wine()
    return Made(KNeighborsClassifier(algorithm="kd_tree").fit(data, target), data[::3])


def mixed() -> Made:
    data, target = cellar()
    model = make_pipeline(
        make_column_transformer(
            (StandardScaler(), ["alcohol"]),
            (OneHotEncoder(handle_unknown="ignore"), ["colour", "cask"]),
        ),
        LogisticRegression(),
    )
    return Made(model.fit(data[::2], target[::2]), data[1::2])


def texts() -> Made:
    data, target = wine()
    words = [" ".join(row.round().astype(int).astype(str).add("x")) for _, row in data.iterrows()]
    model = make_pipeline(TfidfVectorizer(stop_words=["1x", "2x"]), LogisticRegression())
    return Made(model.fit(words[::2], target[::2]), np.asarray(words[1::2]))


STOP_WORDS = {"the", "of", "a", "in", "and", "to", "is", "it", "for", "as"}


def words_left(texts: Any) -> Any:
    return [len([word for word in text.split() if word not in STOP_WORDS]) for text in texts]


class Halves:
    """A model of the notebook's own, with a set in it."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.seen = frozenset(names)

    def predict(self, data: Any) -> Any:
        return data[sorted(self.names)].sum(axis=1) / 2


def function() -> Made:
    return Made(words_left, np.asarray(["the start of a day", "wine is for the evening"]))


def own_class() -> Made:
    data, _ = wine()
    return Made(Halves({"alcohol", "ash", "hue", "proline", "magnesium"}), data[::3])


def own_step() -> Made:
    data, target = wine()

    def logged(values: Any) -> Any:
        return np.log1p(values)

    model = make_pipeline(FunctionTransformer(logged), StandardScaler(), LogisticRegression())
    return Made(model.fit(data, target), data[::3])


def xgboost_classifier() -> Made:
    import xgboost

    digits, target = load_digits(return_X_y=True)
    model = xgboost.XGBClassifier(n_estimators=4, max_depth=3, n_jobs=1).fit(
        digits[::2], target[::2]
    )
    return Made(model, digits[1::2], "predict_proba")


def xgboost_booster() -> Made:
    import xgboost

    data, target = load_diabetes(return_X_y=True, as_frame=True)
    matrix = xgboost.DMatrix(data[::2], label=target[::2])
    return Made(xgboost.train({"max_depth": 3, "nthread": 1}, matrix, 5), data[1::2])


def lightgbm_classifier() -> Made:
    import lightgbm

    data, target = wine()
    model = lightgbm.LGBMClassifier(n_estimators=4, verbose=-1, n_jobs=1, deterministic=True)
    return Made(model.fit(data[::2], target[::2]), data[1::2])


def lightgbm_booster() -> Made:
    import lightgbm

    data, target = load_diabetes(return_X_y=True, as_frame=True)
    settings = {"objective": "regression", "verbose": -1, "num_threads": 1, "deterministic": True}
    model = lightgbm.train(settings, lightgbm.Dataset(data[::2], target[::2]), 5)
    return Made(model, data[1::2])


def statsmodels_ols() -> Made:
    import statsmodels.formula.api as smf

    data, _ = wine()
    data = data.rename(columns={"od280/od315_of_diluted_wines": "od"})
    return Made(smf.ols("alcohol ~ proline + hue * ash", data[::2]).fit(), data[1::2])


def torch_net() -> Made:
    import torch

    torch.manual_seed(0)
    digits, target = load_digits(return_X_y=True)
    inputs = torch.as_tensor(digits, dtype=torch.float32)

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = torch.nn.Linear(64, 64)
            self.again = torch.nn.Linear(64, 64)
            self.again.weight = self.first.weight
            self.norm = torch.nn.BatchNorm1d(64)
            self.last = torch.nn.Linear(64, 10)

        def forward(self, values: Any) -> Any:
            return self.last(self.norm(torch.relu(self.again(torch.relu(self.first(values))))))

    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(inputs), torch.as_tensor(target)).backward()
        optimizer.step()
    net.eval()
    return Made(net, digits[1::2].astype("float32"))


def keras_net() -> Made:
    import keras

    keras.utils.set_random_seed(0)
    digits, target = load_digits(return_X_y=True)
    digits = digits.astype("float32")
    net = keras.Sequential(
        [keras.layers.Input((64,)), keras.layers.Dense(10, activation="softmax")]
    )
    net.compile("sgd", "sparse_categorical_crossentropy")
    net.fit(digits[::2], target[::2], epochs=1, verbose=0, shuffle=False)
    return Made(net, digits[1::2])


SAFE = (linear, forest, boosted, neighbours, mixed, texts)
PICKLED = (function, own_class, own_step)
OPTIONAL = {
    xgboost_classifier: "xgboost",
    xgboost_booster: "xgboost",
    lightgbm_classifier: "lightgbm",
    lightgbm_booster: "lightgbm",
    statsmodels_ols: "statsmodels",
    torch_net: "torch",
    keras_net: "keras",
}
KINDS: dict[str, Callable[[], Made]] = {
    make.__name__: make
    for make in (
        *SAFE,
        *PICKLED,
        *(make for make, module in OPTIONAL.items() if importlib.util.find_spec(module)),
    )
}


def plain(made: Any) -> Any:
    """Return what a model predicts as an array."""
    if hasattr(made, "detach"):
        made = made.detach().numpy()
    return made.toarray() if hasattr(made, "toarray") else np.asarray(made)


def predict(made: Made) -> Any:
    """Return what a model predicts for its data, in its own library's words."""
    kind = type(made.model)
    if kind.__module__ == "xgboost.core":
        import xgboost

        return made.model.predict(xgboost.DMatrix(made.data))
    if hasattr(made.model, "state_dict"):
        import torch

        with torch.no_grad():
            out = made.model(torch.as_tensor(made.data))
        return plain(out)
    predicts = made.method or ("predict" if hasattr(made.model, "predict") else "__call__")
    return plain(getattr(made.model, predicts)(made.data))


if __name__ == "__main__":
    ahead, real, local = float(os.environ.get("AHEAD", "0")), time.time, time.localtime
    time.time = lambda: real() + ahead
    time.localtime = lambda when=None: local(time.time() if when is None else when)
    warnings.simplefilter("ignore")
    for kind in sys.argv[2:]:
        chosen = KINDS[kind]()
        saved = save_bundle(
            chosen.model, Path(sys.argv[1], kind), input_example=chosen.data, method=chosen.method
        )
        print(kind, saved.digest)
