"""A slice gives what the whole session gave: random sessions are run, then their slices."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellbook.capture import CellRecorder
from cellbook.capture.slicing import Slicer, slice_of
from cellbook.records import CellExecution, CellState, Output

NAMES = "abcde"
name = st.sampled_from(NAMES)
number = st.integers(0, 9).map(str)
TEMPLATES = [
    "{x} = [{n}, {m}]",
    "{x} = {{'k': {n}}}",
    "{x} = {n}",
    "{x} = {y}",
    "{x}, {y} = {y}, {x}",
    "{x} = [{y}, {z}]",
    "{x} = {{'k': {y}}}",
    "{x} = {y}\n{y} = [{n}]",
    "{x} = [*{y}]",
    "{x} = {y}[0]",
    "{x}.append({n})",
    "{x}.append({y})",
    "{x}.extend({y})",
    "{x}[0] = {y}",
    "{x}['k'] = {y}",
    "{x} += [{n}]",
    "{x} += {n}",
    "del {x}",
    "{x}.pop()",
    "{x} = {y}.pop()",
    "for {x} in {y}:\n    pass",
    "for i in {y}:\n    i.append({n})",
    "if {x}:\n    {y} = {n}\nelse:\n    {z} = {x}",
    "{x} = {y} or {z}",
    "{x} = iter({y})",
    "{x} = next({y})",
    "{x} = list({y})",
    "{x} = (i for i in {y})",
    "{x} = lambda: {y}",
    "{x} = lambda v: v.append({n})",
    "{x} = [lambda: {y}]",
    "{x} = {y}()",
    "{x} = {y}({z})",
    "{x}({y})",
    "{x} = {y}[0]()",
    "def {x}():\n    return {y}",
    "def {x}(v={y}):\n    v.append({n})\n    return v",
    "def {x}(v):\n    v.append({n})",
    "def {x}(v):\n    {y}.append(v)",
    "def {x}(v):\n    return {y}(v)",
    "def {x}():\n    global {y}\n    {y} = [{n}]\n    return {z}",
    "def {x}(v):\n    def inner():\n        v.append({n})\n        return v\n    return inner",
    "def {x}():\n    for i in {y}:\n        yield i",
    "class {x}:\n    kept = {y}\n    def __init__(self, v=None):\n        self.v = v\n"
    "    def take(self, w=None):\n        self.v = w\n        return self\n"
    "    def __repr__(self):\n        return f'C({{self.v!r}}, {{self.kept!r}})'",
    "{x} = {y}({z}).take({z})",
    "{x} = {y}.take({z})",
    "{x}.take({z})",
    "{x}.v = {y}",
    "{x} = {y}.v",
    "{x} = {y}.kept",
    "{x}.kept.append({n})",
    "class {x}({y}):\n    pass",
    "try:\n    {x}.append({y})\nexcept Exception:\n    {x} = {z}",
    "with {x}:\n    {y} = {n}",
    "{x} = [i for i in {y}]",
    "{x} = sum({y})",
    "{x} = sorted({y})",
    "{x} = {y} + {z}",
    "if ({x} := {y}):\n    {x}.append({n})",
    "import math as {x}",
    "{x} = map({y}, {z})",
    "{x} = {y}.append",
    "{x}.append({n})\n1 / 0",
    "1 / 0\n{x} = {n}",
    "{x} = {y}.copy()",
    "{x} = sum([{y}], [])",
    "{x}.v.append({n})",
    "{x}.append({y}.pop())",
    "{x} = dict(k={y})",
    "{x}['k'].append({n})",
    "{x} = {y}['k']",
    "for i, {x} in enumerate({y}):\n    {x}.append(i)",
    "while {x}:\n    {y} = {x}.pop()",
    "{x}: list = {y}\n{x}.append({n})",
    "from copy import copy as {x}",
    "{x} = [v for v in {y} if v in {z}]",
    "def {x}(*vs, k={y}):\n    for v in vs:\n        k.append(v)\n    return k",
    "{x} = ({y}, {z})[0]",
    "({x} if {y} else {z}).append({n})",
    "[{x}, {y}][0].append({n})",
    "{x} = {y}; {x} *= 2",
    "match {x}:\n    case [{y}, *{z}]:\n        pass",
    "assert {x}\n{y} = {z}",
    "import functools\n{x} = functools.reduce(lambda u, v: u.append(v) or u, [*{y}], {z})",
    "from functools import reduce\n{x} = reduce({y}, [*{z}])",
    "{x} = list(map({y}, [*{z}]))",
    "{x} = list(map(lambda v: {y}.append(v), [*{z}]))",
    "{x} = list(filter(lambda v: v.append({n}), [*{y}]))",
    "{x} = sorted({y}, key={z})",
    "{x} = sorted({y}, key=lambda v: v.append({n}) or {n})",
    "{x} = max({y}, {z}, key=lambda v: v.pop())",
    "{x} = (lambda v, w={y}: w.append(v))({z})",
    "{x} = map(list.pop, {y})",
    "{x} = list.append({y}, {z})",
]


@st.composite
def cells(draw: st.DrawFn) -> str:
    template = draw(st.sampled_from(TEMPLATES))
    return template.format(x=draw(name), y=draw(name), z=draw(name), n=draw(number), m=draw(number))


def keep(shown: Any) -> Output:
    raise AssertionError("nothing is shown here")


def run(sources: list[str], namespace: dict[str, Any]) -> list[CellExecution]:
    """Run cells as a kernel would; return their records."""
    ids = (f"e{number}" for number in itertools.count())
    recorder = CellRecorder(lambda: next(ids))
    done = []
    for source in sources:
        under_way = recorder.begin(source, session="s", namespace=namespace)
        error: BaseException | None = None
        try:
            exec(compile(source, "<cell>", "exec"), namespace)
        except Exception as caught:
            error = caught
        done.append(recorder.end(under_way, error, namespace=namespace, run=None, keep=keep))
    return done


def fresh() -> dict[str, Any]:
    return {"__name__": "__main__"}


def shown(value: Any, depth: int = 0) -> str:
    """Describe a value so that equal ones of two processes are described alike."""
    if depth > 6:
        return "…"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}{[shown(one, depth + 1) for one in value]}"
    if isinstance(value, dict):
        return str({key: shown(one, depth + 1) for key, one in value.items()})
    if hasattr(value, "v") and not isinstance(value, type):
        return f"C({shown(value.v, depth + 1)}, {shown(getattr(value, 'kept', None), depth + 1)})"
    if isinstance(value, (int, float, str, type(None))):
        return repr(value)
    return type(value).__name__


@settings(max_examples=400, deadline=None)
@given(st.lists(cells(), min_size=2, max_size=14), st.lists(cells(), max_size=2), name)
def test_slice_of_a_random_session_gives_the_same_values(
    before: list[str], inside: list[str], looked_at: str
) -> None:
    start = [f"{one} = [{place}]" for place, one in enumerate(NAMES)]
    sources = [*start, *before, *inside, f"logged = {looked_at}"]
    whole, alone = fresh(), fresh()
    executions = run(sources, whole)
    wanted = [one.execution_id for one in executions[len(start) + len(before) :]]
    found = slice_of(executions, wanted)
    kept = [one for one in executions if one.execution_id in found.executions]
    again = run([one.source for one in kept], alone)
    said = "\n---\n".join(one.source for one in executions)
    part = "\n---\n".join(one.source for one in kept)
    assert ("logged" in alone) == ("logged" in whole), f"{said}\n=== slice ===\n{part}"
    assert shown(alone.get("logged")) == shown(whole.get("logged")), (
        f"{said}\n=== slice ===\n{part}"
    )
    assert [one.error for one in again] == [one.error for one in kept]


def sliced(*sources: str, wanted: int = -1, namespace: dict[str, Any] | None = None) -> list[int]:
    """Return the places of the cells that the last one stands on, from 0."""
    executions = run(list(sources), fresh() if namespace is None else namespace)
    ids = [one.execution_id for one in executions]
    return [ids.index(one) for one in slice_of(executions, [ids[wanted]]).executions]


def test_slice_leaves_out_what_the_result_does_not_need() -> None:
    assert sliced("a = 1", "b = 2", "c = a + 1", "print(b)", "c * 2") == [0, 2, 4]


def test_slice_includes_what_a_magic_tracks() -> None:
    executions = [
        CellExecution(f"e{place}", "S", source, CellState.OK, place, place, writes=writes)
        for place, (source, writes) in enumerate(
            [("a = 1", ("a",)), ("b = 2", ("b",)), ("%track_data numbers a --role train", ())]
        )
    ]
    assert slice_of(executions, ["e2"]).executions == ("e0", "e2")


def test_slice_takes_the_text_a_cell_had_when_it_counted() -> None:
    assert sliced("a = 1", "b = a", "a = 2", "b") == [0, 1, 3]


def test_slice_of_two_models_on_the_same_data_keeps_them_apart() -> None:
    code = "class M:\n    def fit(self, x):\n        self.x = x\n        return self"
    namespace = fresh()
    exec(code, namespace)
    assert sliced(
        "X = [1]", "m = M()", "n = M()", "m.fit(X)", "n.fit(X)", "m.x", namespace=namespace
    ) == [0, 1, 3, 5]


def test_slice_includes_seeds_and_settings_of_modules() -> None:
    assert sliced("import random", "random.seed(1)", "b = 3", "import math", "x = 1", "x") == [
        0,
        1,
        4,
        5,
    ]


def test_slice_includes_the_cell_that_wrote_a_file_it_names(tmp_path: Any) -> None:
    path = str(tmp_path / "x.txt")
    assert sliced(
        "a = 1",
        f"f = open({path!r}, 'w')\nf.write('1')\nf.close()",
        f"with open({path!r}) as g:\n    b = g.read()",
    ) == [1, 2]


@pytest.mark.parametrize(
    ("source", "doubt"),
    [
        ("exec('x = 2')", "exec()"),
        ("from math import *", "from math import *"),
        ("y = unknown if False else 1", "no cell on record has made"),
    ],
)
def test_doubts_are_said_in_plain_words(source: str, doubt: str) -> None:
    executions = run(["x = 1", source, "x"], fresh())
    found = slice_of(executions, [executions[1].execution_id])
    assert any(doubt in one for one in found.doubts)


def told(*sources: str) -> tuple[list[int], tuple[str, ...]]:
    """Return the places of the cells that the last one stands on, and the doubts; none is run."""
    executions = [
        CellExecution(f"e{place}", "s", source, CellState.OK, place, place)
        for place, source in enumerate(sources)
    ]
    found = slice_of(executions, [executions[-1].execution_id])
    return [int(one[1:]) for one in found.executions], found.doubts


FRAMES = (
    "import cellbook as cb\nimport pandas as pd",
    "d = pd.DataFrame({'x': [1]})",
    "other = pd.DataFrame({'x': [2]})",
)


@pytest.mark.parametrize(
    "between",
    [
        "cb.track_data(other, 'other')",
        "%track_data other",
        "%track_data big {other[other.x > 1]}",
        "version = cb.track_data(other, 'other')",
        "with cb.start_run('a'):\n    cb.track_data(d, 'd')\n    cb.log_metric('n', len(other))",
        "%track_run first rows={other.x[0]}\n%log n={len(d)}\n%end_run",
        "with cb.start_run('first') as run:\n    run.log_table(d, 'd')",
        "other['x'] = 3",
        "!cellbook runs",
        "!head d.csv",
        "%reproduce #1",
    ],
)
def test_what_is_only_put_on_record_is_no_change(between: str) -> None:
    assert told(*FRAMES, between, "%track_run second\n%log n={len(d)}\n%end_run") == (
        [0, 1, 4],
        (),
    )


@pytest.mark.parametrize(
    "tracks", ["cb.track_data(d, 'd')", "%track_data d --role train", "v = cb.track_data(d, 'd')"]
)
def test_cell_that_tracks_what_a_run_uses_belongs_to_it(tracks: str) -> None:
    # Which rows a model was fitted to is told by what was tracked.
    assert told(*FRAMES, tracks, "%track_run\nmodel.fit(d)")[0] == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("magic", "needs"),
    [
        ("%track_data d", [0, 1, 3]),
        ("%track_data name d --label other", [0, 1, 3]),
        ("%track_data d other --keep", [0, 2, 3]),
        ("%track_data name {d[d.x > 0]}", [0, 1, 3]),
        ("%track_data name d[d.x>0]", [0, 1, 3]),
        ("%track_data d d.csv --role train", [3]),
        ("%track_data data/d.csv", [3]),
        ("%data_diff d {other}\n0", [0, 1, 2, 3]),
        ("%data_diff d@1 other --key d\n0", [0, 2, 3]),
    ],
)
def test_magics_for_data_read_what_they_name(magic: str, needs: list[int]) -> None:
    assert told(*FRAMES, magic) == (needs, ())


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        (("from lib import add", "n = add(1)", "x = 3", "print(x)"), "cell [1] (`lib.add`)"),
        (("e = exec", "e('x = 5')", "x = 3", "print(x)"), "cell [1] (exec())"),
        (("x = 1", "cd sub", "print(x)"), "cell [1] uses what was not analysed"),
    ],
)
def test_what_is_not_known_is_in_the_slice_or_said(cells: tuple[str, ...], doubt: str) -> None:
    places, doubts = told(*cells)
    assert any(doubt in one for one in doubts), (places, doubts)


def test_gradients_flow_back_to_models() -> None:
    assert told(
        "import torch",
        "model = torch.nn.Linear(1, 1)",
        "opt = torch.optim.SGD(model.parameters())",
        "loss = model(x).sum()",
        "loss.backward()",
        "opt.step()",
        "print(model)",
    )[0] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("looks", "kinds"),
    [
        ("df.head()", {"df": "pandas.DataFrame"}),
        ("df.groupby('x').y.mean()", {"df": "pandas.DataFrame"}),
        ("df.sort_values('x')", {"df": "pandas.DataFrame"}),
        ("pd.Series(df.x).sort_values()", {"df": "pandas.DataFrame"}),
        ("n = df.transform(x)", {"df": "sklearn.preprocessing._data.StandardScaler"}),
        ("plt.plot(df.x)\nplt.show()", {"df": "pandas.DataFrame"}),
        ("df.to_csv('y.csv')", {"df": "pandas.DataFrame"}),
        ("print(df.index(3), len(df))", {"df": "builtins.list"}),
        ("z = np.sqrt(df)", {"df": "numpy.ndarray"}),
        ("z = sorted(df, key=lambda v: v[1])", {"df": "builtins.list"}),
        ("z = list(map(lambda v: v.strip() + 'x', df))", {"df": "builtins.list"}),
        ("z = list(map(str.strip, df))", {"df": "builtins.list"}),
        ("def f(v):\n    return v + 1\nz = list(map(f, df))", {"df": "builtins.list"}),
        ("def f(v):\n    return v.go()\nz = df.map(f)", {"df": "pandas.DataFrame"}),
        ("z = df.apply(lambda row: row.x.upper(), axis=1)", {"df": "pandas.DataFrame"}),
        ("z = dict.fromkeys(df, 0)", {"df": "builtins.list"}),
    ],
)
def test_what_is_known_to_only_read_is_left_out(looks: str, kinds: dict[str, str]) -> None:
    sources = [
        "import numpy as np\nimport pandas as pd\nfrom matplotlib import pyplot as plt",
        "df = make()",
        looks,
        "print(df)",
    ]
    executions = [
        CellExecution(
            f"e{place}", "s", source, CellState.OK, place, place,
            kinds=kinds if place == 1 else {"f": "builtins.function"}, process=(),
        )
        for place, source in enumerate(sources)
    ]  # fmt: skip
    assert slice_of(executions, ["e3"]).executions == ("e1", "e3")


def test_own_names_of_lambdas_and_comprehensions_are_no_names_of_cells() -> None:
    assert told(
        "import pandas as pd\nk = 2",
        "df = pd.DataFrame({'x': [1]})",
        "df = df.assign(z=lambda d, n=1, *more: d.x + k + n)",
        "parts = (row for row in df)\nfirst = lambda: [cell for part in parts for cell in part]",
        "print(first())",
    ) == ([0, 1, 2, 3, 4], ())


def test_two_things_of_one_library_are_kept_apart() -> None:
    imports = "import pandas as pd\nfrom sklearn.linear_model import Ridge\nimport mine"
    assert told(imports, "a = Ridge()", "b = Ridge()", "a.fit(1, 2)", "b.coef_")[0] == [0, 2, 4]
    assert told(imports, "a = pd.concat([c])", "b = a", "b['x'] = 1", "a.x")[0] == [0, 1, 2, 3, 4]
    # One's own module may hand out the same object twice.
    assert told(imports, "a = mine.get()", "b = mine.get()", "a.x = 1", "b.x")[0] == [0, 1, 2, 3, 4]


def test_name_that_comes_to_hold_itself_is_followed() -> None:
    assert sliced("b = [1]", "a = b", "a = [a, a]", "for a in a:\n    a.append(1)", "b") == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_data_that_cellbook_writes_out_is_a_file_like_others() -> None:
    assert told(
        "import cellbook as cb", "cb.read_data('in@1', to='in.csv')", "x = open('in.csv').read()"
    )[0] == [0, 1, 2]


def test_cells_that_only_look_or_install_are_left_out() -> None:
    executions = run(["x = 1", "x"], fresh())
    extra = [
        dataclasses.replace(executions[0], execution_id=f"m{place}", order=place + 10, source=text)
        for place, text in enumerate(["%pip install x", "%load_ext cellbook", "%runs\n%compare"])
    ]
    slicer = Slicer()
    for one in [*executions, *extra]:
        slicer.record(one)
    last = dataclasses.replace(executions[1], execution_id="last", order=20, state=CellState.OK)
    slicer.record(last)
    assert slicer.slice(["last"]).executions == ("e0", "last")
