from __future__ import annotations

import pickle
import pickletools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.checkpointing.digests import split_stream
from tests.checkpointing.rooms import Bench


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("first.append('more'); first.append({'k': [1]})", {"first"}),
        ("shared.append(2)", {"shared"}),
        ("later['x'] = shared[:]", {"later"}),
        ("later['x'] = other", {"later"}),
        ("array[3] = 9", {"array"}),
        ("box[0] = 'b' * 70_000", {"box"}),
        ("words[7] = 'other'", {"words"}),
        ("first.append({'k': [1]})", {"first"}),
        ("pass", set()),
    ],
)
def test_only_what_changed_is_told(tmp_path: Path, change: str, changed: set[str]) -> None:
    """What stands behind a changed variable moves in the stream, and is not taken for changed."""
    bench = Bench(tmp_path)
    bench.run(
        "import numpy as np\n"
        "first = ['a', ('b', 1.5)]; shared = [1]; other = [1]\n"
        "box = ['a' * 70_000, object()]; array = np.arange(9_000.)\n"
        "words = [str(n) for n in range(100_000)] + [first, shared]\n"
        "later = {'x': shared, 'y': [first, 'text']}; last = [later, shared, array]\n"
        "def function(x): return later, x\n"
    )
    sections = bench.room.table_of(bench.save()).sections
    assert max(one.end - one.start for one in sections) > 600_000
    bench.run(change)
    assert set(bench.save().changed) == changed
    bench.close()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    )
)
def test_split_finds_the_references_that_pickletools_finds(value: Any) -> None:
    data = pickle.dumps([value, value, "x" * 70_000, value], 5)
    found = list(pickletools.genops(data))
    parts, made = split_stream(data)
    references = [arg for op, arg, _ in found if op.name in ("BINGET", "LONG_BINGET")]
    assert [part for part in parts if isinstance(part, int)] == references
    assert made == sum(op.name == "MEMOIZE" for op, _, _ in found)
