"""What was one object before a restore, and is two after it, is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkpointing.rooms import Bench

APART = "it held objects together with {} when it was saved, and has its own now"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_some_variables_of_those_that_shared(bench: Bench) -> None:
    bench.run(
        "x = [1]; a = {'x': x}; b = [x]; other = ['x', 'y']; text = 'x'; also = ['x']\n"
        "c = (a, 5); d = [c]"
    )
    bench.save("start")
    done = bench.restore("start", only=["a"])
    assert done.notes == [f"a: {APART.format('x, b, c, d')}"]
    assert bench.namespace["b"][0] is not bench.namespace["a"]["x"]
    assert bench.restore("start", only=["other", "text", "also"]).notes == []
    assert bench.restore("start", only=["a", "x", "b", "c", "d"]).notes == []
    assert bench.namespace["b"][0] is bench.namespace["a"]["x"]


def test_what_is_not_there_shares_nothing(bench: Bench) -> None:
    bench.run("x = [1]; a = [x]; b = [x]; c = [x]")
    bench.save("start")
    bench.run("del b, x; c = 5")
    assert bench.restore("start", only=["a"]).notes == []


def test_class_that_stays_as_it_is(bench: Bench) -> None:
    bench.run("import enum\nclass K: pass\nclass E(enum.Enum): A = 1\nk = K(); e = [E.A]; n = 1")
    bench.save("start")
    done = bench.restore("start", only=["k", "e", "n"])
    assert done.notes == [f"k: {APART.format('K')}", f"e: {APART.format('E')}"]


def test_functions_share_their_globals_only(bench: Bench) -> None:
    bench.run("x = [1]\ndef f(): return x\ndef g(): return f()\nh = [f]")
    bench.save("start")
    assert bench.restore("start", only=["g"]).notes == []
    assert bench.restore("start", only=["h"]).notes == [f"h: {APART.format('f')}"]


def test_variable_that_cannot_come_back(bench: Bench) -> None:
    bench.run("data = [1]; text = 'x'; box = [data, text, (i for i in ())]; own = [2]")
    bench.save("start")
    done = bench.restore("start")
    assert sorted(done.kept) == ["box"]
    assert done.notes == [f"data: {APART.format('box')}"]
    assert bench.namespace["box"][0] is not bench.namespace["data"]


def test_variable_that_was_not_looked_into(bench: Bench) -> None:
    bench.run("x = [1]; deep = x\nfor n in range(100_000): deep = [deep]")
    bench.save("start")
    done = bench.restore("start")
    assert done.kept["deep"].endswith("; what it held together with others it now has alone")


def test_arrays_and_frames(bench: Bench) -> None:
    bench.run(
        "import numpy as np, pandas as pd\na = np.arange(5000.); v = a[1:]\n"
        "df = pd.DataFrame({'c': v}); o = np.zeros(3); p = np.arange(3).dtype; q = np.zeros(2)"
    )
    bench.save("start")
    assert (
        bench.restore("start", only=["v"]).notes[0].startswith("v: it held objects together with a")
    )
    assert bench.restore("start", only=["o", "p", "q"]).notes == []


def test_finalizers_of_what_was_only_looked_at_do_not_run(bench: Bench) -> None:
    bench.run("log = []\nclass F:\n def __del__(self): log.append(self.n)\nf = F(); f.n = 1; x = 1")
    bench.save("start")
    bench.run("x = 2")
    bench.restore("start", only=["x"])
    bench.restore("start", dry_run=True)
    assert bench.namespace["log"] == []
    assert type(bench.namespace["f"]) is bench.namespace["F"]
