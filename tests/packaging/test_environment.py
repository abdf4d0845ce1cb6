"""What a model requires."""

from __future__ import annotations

import importlib.metadata

from packaging.requirements import Requirement

from cellbook.packaging.environment import requirements


def test_it_is_pinned_and_closed() -> None:
    found = requirements({"sklearn"})
    names = {Requirement(line).name: str(Requirement(line).specifier) for line in found}
    assert names["scikit-learn"] == f"=={importlib.metadata.version('scikit-learn')}"
    assert {"joblib", "scipy", "threadpoolctl", "numpy", "pandas"} <= set(names)
    assert found == sorted(found)


def test_what_is_not_needed_is_not_in_it() -> None:
    names = {Requirement(line).name for line in requirements({"json", "cellbook", "nowhere"})}
    assert {"numpy", "pandas"} <= names
    assert names.isdisjoint({"cellbook", "scikit-learn", "jupyterlab", "pytest"})
