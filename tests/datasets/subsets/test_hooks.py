"""Estimators tell what they are given, and are as they were otherwise."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import joblib  # type: ignore[import-untyped]
import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from cellbook.datasets.subsets.hooks import Hooks
from cellbook.datasets.subsets.selectors import user_frame

Heard = list[tuple[str, str, Any]]

X = np.arange(40.0).reshape(20, 2)
Y = np.arange(20) % 2


@pytest.fixture
def heard() -> Iterator[Heard]:
    found: Heard = []

    def listen(verb: str, estimator: Any, data: Any, result: Any, frame: Any, _: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            assert user_frame(frame).f_code.co_filename == __file__
        found.append((verb, type(estimator).__name__, data))

    hooks = Hooks()
    hooks.add(listen)
    yield found
    hooks.discard(listen)


def verbs(heard: Heard) -> list[tuple[str, str]]:
    return [(verb, name) for verb, name, _ in heard]


def test_the_outermost_call_is_told(heard: Heard) -> None:
    pipe = make_pipeline(StandardScaler(), LinearRegression())
    pipe.fit(X, Y)
    pipe.predict(X[:3])
    pipe.score(X=X, y=Y)
    GridSearchCV(DummyClassifier(), {"strategy": ["prior"]}, cv=2).fit(X, Y)
    assert verbs(heard) == [
        ("fit", "Pipeline"),
        ("predict", "Pipeline"),
        ("score", "Pipeline"),
        ("fit", "GridSearchCV"),
    ]
    assert heard[0][2] is X


def test_methods_of_mixins_and_conditional_ones(heard: Heard) -> None:
    StandardScaler().fit_transform(X)
    pipe = make_pipeline(StandardScaler())
    pipe.fit_transform(X)
    pipe.transform(X)
    assert verbs(heard) == [
        ("fit_transform", "StandardScaler"),
        ("fit_transform", "Pipeline"),
        ("transform", "Pipeline"),
    ]
    assert not hasattr(make_pipeline(DummyClassifier()), "transform")


def test_classes_that_are_defined_later(heard: Heard) -> None:
    class Later(TransformerMixin, BaseEstimator):  # type: ignore[misc]
        def fit(self, X: Any, y: Any = None) -> Later:  # noqa: N803
            return self

        def transform(self, X: Any) -> Any:  # noqa: N803
            return X * 2

    assert (Later().fit(X).transform(X) == X * 2).all()
    assert verbs(heard) == [("fit", "Later"), ("transform", "Later")]


def test_failures_are_not_told_and_pass(heard: Heard) -> None:
    with pytest.raises(ValueError, match="inconsistent"):
        LinearRegression().fit(X, Y[:3])
    assert heard == []
    LinearRegression().fit(X, Y)
    assert len(heard) == 1


def test_threads_that_work_for_a_call_are_silent(heard: Heard) -> None:
    with joblib.parallel_config("threading"):
        BaggingClassifier(DummyClassifier(), n_jobs=2).fit(X, Y)
    assert verbs(heard) == [("fit", "BaggingClassifier")]
    other = threading.Thread(target=lambda: SGDClassifier().partial_fit(X, Y, [0, 1]))
    other.start()
    other.join()
    assert verbs(heard)[1:] == [("partial_fit", "SGDClassifier")]


FOLDS = {
    "cross_val_score": lambda: cross_val_score(LogisticRegression(), X, Y, cv=4, n_jobs=3),
    "cross_validate of a pipeline": lambda: cross_validate(
        make_pipeline(StandardScaler(), LogisticRegression()), X, Y, cv=4, n_jobs=3
    ),
    "forests, which have threads of their own": lambda: cross_val_score(
        RandomForestClassifier(4, n_jobs=2), X, Y, cv=4, n_jobs=2
    ),
}


@pytest.mark.parametrize("way", FOLDS)
def test_folds_in_threads_are_told_each(heard: Heard, way: str) -> None:
    for _ in range(5):  # Threads meet in many ways.
        heard.clear()
        with joblib.parallel_config("threading"):
            FOLDS[way]()
        fits = [len(data) for verb, _, data in heard if verb == "fit"]
        assert sorted(fits) == [15] * 4
        assert len([verb for verb, _, _ in heard if verb == "score"]) == 4


def test_a_search_in_threads_is_one_call(heard: Heard) -> None:
    search = GridSearchCV(RandomForestClassifier(3, n_jobs=2), {"max_depth": [1, 2, 3]}, n_jobs=3)
    for _ in range(3):
        heard.clear()
        with joblib.parallel_config("threading"):
            search.fit(X, Y)
        assert verbs(heard) == [("fit", "GridSearchCV")]


def test_fits_in_threads_of_a_pool_are_told_each(heard: Heard) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: LogisticRegression().fit(X, Y), range(12)))
    assert verbs(heard) == [("fit", "LogisticRegression")] * 12


def test_weights_are_told() -> None:
    told: list[Any] = []

    def listen(*args: Any) -> None:
        told.append(args[-1])

    hooks = Hooks()
    hooks.add(listen)
    weights = np.ones(len(X))
    try:
        LinearRegression().fit(X, Y, weights)
        LinearRegression().fit(X, Y, sample_weight=weights)
        pipe = make_pipeline(StandardScaler(), LinearRegression())
        pipe.fit(X, Y, linearregression__sample_weight=weights)
        pipe.fit(X, Y)
        pipe.predict(X)
    finally:
        hooks.discard(listen)
    assert [one is weights for one in told] == [True, True, True, False, False]


def test_estimators_are_as_they_were(heard: Heard) -> None:
    model = clone(SGDClassifier(random_state=0)).fit(X, Y)
    assert (pickle.loads(pickle.dumps(model)).predict(X) == model.predict(X)).all()
    assert list(inspect.signature(SGDClassifier.partial_fit).parameters)[:3] == ["self", "X", "y"]
    assert "def fit" in inspect.getsource(LinearRegression.fit)
    assert LinearRegression.fit.__doc__


@pytest.mark.parametrize(
    "model", [StandardScaler(), DummyClassifier(), LogisticRegression()], ids=repr
)
@pytest.mark.usefixtures("heard")
def test_scikit_learns_own_checks_pass(model: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checks = check_estimator(model, on_fail=None)
    assert [one["check_name"] for one in checks if one["status"] == "failed"] == []


def test_a_listener_that_fails_is_not_heard_of() -> None:
    def listen(*_: Any) -> None:
        raise RuntimeError("of ours")

    hooks = Hooks()
    hooks.add(listen)
    try:
        assert LinearRegression().fit(X, Y).score(X, Y) > -1
    finally:
        hooks.discard(listen)


def test_all_is_undone() -> None:
    kinds = (LinearRegression, StandardScaler, DummyClassifier, BaseEstimator, TransformerMixin)
    before = [dict(vars(kind)) for kind in kinds]
    hooks = Hooks()
    hooks.add(print)
    assert vars(LinearRegression)["fit"] is not before[0]["fit"]
    hooks.discard(print)
    assert [dict(vars(kind)) for kind in kinds] == before


def test_an_import_that_comes_later_is_noticed() -> None:
    code = (
        "import sys\n"
        "from cellbook.datasets.subsets.hooks import hooks\n"
        "told = []\n"
        "assert 'sklearn' not in sys.modules\n"
        "hooks.add(lambda *args: told.append(args[0]))\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "from sklearn.linear_model import LinearRegression\n"
        "StandardScaler().fit_transform([[1.0], [2.0]])\n"
        "LinearRegression().fit([[1.0], [2.0]], [1, 2])\n"
        "assert told == ['fit_transform', 'fit'], told\n"
        "class Mine(LinearRegression):\n"
        "    def fit(self, X, y):\n"
        "        return super().fit(X, y)\n"
        "assert 'cellbook' not in Mine.fit.__code__.co_filename\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
