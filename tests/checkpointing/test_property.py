"""Whatever a notebook makes of lists, dictionaries, arrays and frames: restored, it is the same,
and what shared something shares it again."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checkpointing.rooms import Bench

NAMES = "abcde"
TEMPLATES = (
    "{x} = [{n}]",
    "{x} = {y}",
    "{x} = [{y}, {z}]",
    "{x} = {{'k': {y}, 1: {z}}}",
    "{x} = ({y}, {y})",
    "{x} = {{{n}, 'text'}}",
    "{x}.append({y})",
    "{x}['new'] = {y}",
    "{x}.pop()",
    "{x} = np.arange({n} * 700.0)",
    "{x} = np.zeros(({n}, 3), order='F')",
    "{x} = np.array([{y}, None, {z}], dtype=object)",
    "{x} = {y}[1:]",
    "{x} = {y}[::-1]",
    "{x} = {y}.T",
    "{x} = {y}.view('u1')",
    "{x}[0] = {n}",
    "{x}.flags.writeable = False",
    "{x} = pd.DataFrame({{'a': np.arange({n}.0), 'b': 'x'}})",
    "{x} = pd.DataFrame({y}, copy=False)",
    "{x} = {y}['a']",
    "{x}.iloc[0, 0] = {n}",
    "{x} = {y}.to_numpy()",
    "{x} = {y}.index",
    "{x} = pd.Series({y})",
    "del {x}",
)

statements = st.builds(
    lambda template, x, y, z, n: template.format(x=x, y=y, z=z, n=n),
    st.sampled_from(TEMPLATES),
    *(st.sampled_from(NAMES),) * 3,
    st.integers(1, 5),
)


def attempt(bench: Bench, program: list[str]) -> None:
    """Run statements; those that make no sense for what the names hold do nothing."""
    for statement in program:
        bench.run(f"try:\n    {statement}\nexcept Exception:\n    pass")


def root(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class Portrait:
    """What a namespace is, with each object numbered at its first sight."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.numbers: dict[int, int] = {}
        self.kept: list[Any] = []
        self.lines = [(name, self.look(namespace[name])) for name in NAMES if name in namespace]

    def number(self, thing: Any) -> tuple[int, bool]:
        seen = id(thing) in self.numbers
        self.kept.append(thing)
        return self.numbers.setdefault(id(thing), len(self.numbers)), seen

    def look(self, thing: Any) -> Any:
        if isinstance(thing, (int, float, str, type(None))):
            return repr(thing)
        number, seen = self.number(thing)
        if seen:
            return number
        kind = type(thing).__name__
        if isinstance(thing, (list, tuple)):
            return kind, number, [self.look(item) for item in thing]
        if isinstance(thing, set):
            return kind, number, sorted(map(repr, thing))
        if isinstance(thing, dict):
            return kind, number, [(repr(key), self.look(value)) for key, value in thing.items()]
        if isinstance(thing, np.ndarray):
            return kind, number, self.array(thing)
        if isinstance(thing, pd.DataFrame):
            columns = [self.array(thing[name].to_numpy()) for name in thing]
            return kind, number, list(thing.columns), self.look(thing.index.tolist()), columns
        if isinstance(thing, pd.Series):
            return kind, number, thing.name, self.array(thing.to_numpy()), thing.index.tolist()
        if isinstance(thing, types.BuiltinMethodType) and not isinstance(
            thing.__self__, types.ModuleType
        ):
            return kind, number, thing.__name__, self.look(thing.__self__)
        return kind, number, repr(thing)

    def array(self, array: Any) -> Any:
        # How far it is to the next one along an axis of one means nothing.
        strides = [
            step if size > 1 and array.size else 0
            for step, size in zip(array.strides, array.shape, strict=True)
        ]
        about = (array.shape, strides, str(array.dtype), array.flags.writeable)
        if array.dtype == object:
            return about, [self.look(item) for item in array.ravel().tolist()]
        owner = root(array)
        place = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
        shared = self.number(owner)[0] if type(owner.base).__name__ == "NoneType" else "foreign"
        return about, shared, place if array.size else 0, array.tolist()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = Bench(tmp_path_factory.mktemp("book"))
    yield made
    made.close()


@settings(max_examples=60)
@given(st.lists(statements, min_size=3, max_size=25), st.lists(statements, max_size=10))
def test_restored_is_what_was_saved(bench: Bench, made: list[str], later: list[str]) -> None:
    bench.namespace.clear()
    bench.run("import numpy as np, pandas as pd")
    attempt(bench, made)
    before = Portrait(bench.namespace).lines
    saved = bench.save()
    assert saved.lost == {}
    attempt(bench, later)
    report = bench.restore(saved.checkpoint_id)
    assert not report.missing
    assert Portrait(bench.namespace).lines == before
