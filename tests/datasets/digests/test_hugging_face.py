"""Hugging Face's data sets, where that library is installed: it takes 100 MB and pins dill."""

from __future__ import annotations

from typing import Any

import pytest

from cellbook.datasets.digests import digest_object
from cellbook.errors import InvalidInput

datasets = pytest.importorskip("datasets", reason="datasets is in the group test")


def digest(data: Any) -> str:
    return digest_object(data).digest


@pytest.fixture
def made() -> Any:
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    held = {"text": ["a", "b", "c", "d"], "label": [0, 1, 0, 1]}
    return datasets.Dataset.from_dict(held, features=features)


def test_rows_count_as_they_are_chosen(made: Any) -> None:
    content = digest_object(made)
    assert (content.kind, content.rows, content.columns) == ("huggingface", 4, 2)
    chosen = made.select([3, 1, 0])
    assert digest(chosen) != content.digest
    assert digest(chosen.flatten_indices()) == digest(chosen)
    assert digest(made.select(range(4))) == content.digest
    parts = [made.select([0, 1]), made.select([2, 3])]
    assert digest(datasets.concatenate_datasets(parts)) == content.digest
    assert digest(made.with_format("numpy")) == content.digest


def test_features_are_content(made: Any) -> None:
    other = made.cast_column("label", datasets.ClassLabel(names=["nein", "ja"]))
    assert len({digest(made), digest(other), digest(made.rename_column("text", "t"))}) == 3


def test_what_holds_several_says_so(made: Any) -> None:
    with pytest.raises(InvalidInput, match="Track each by itself"):
        digest(datasets.DatasetDict(train=made))
