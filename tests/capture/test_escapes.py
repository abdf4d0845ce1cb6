from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from cellbook.capture.escapes import to_python
from cellbook.capture.names import analyse


@pytest.mark.parametrize(
    ("source", "reads", "writes"),
    [
        ("%time x = f(y)", "f y", "x"),
        ("%time -n x = f(y)", "f y", "x"),
        ("%timeit -n 10 -r3 f(y)", "f y", ""),
        ("%timeit x = f(y); lst.append(x)", "f y lst", "lst"),
        ("%prun -s cumulative f(y)", "f y", ""),
        ("t = %timeit -o f(y)", "f y", "t"),
        ("files = !ls {folder} $other", "folder other", "files"),
        ("a, d['k'] = !ls", "d", "a d"),
        ("!echo {x:.2f} {y!r} $z {1 2} {{a}}", "x y z", ""),
        ("!!ls", "", ""),
        ("%matplotlib inline\nx = y", "y", "x"),
        ("%cd {folder}", "folder", ""),
        ("%track_run base lr=rate epochs=3 name='x' on=True q={a + b}", "a b rate", ""),
        ("%log loss=history.last", "history", ""),
        ("%track_data digits df --role train --label 'a b'", "df", ""),
        ("%track_data small --keep parts['small']", "parts", ""),
        ("%track_data digits {df[df.year < x]} --from raw@2", "df x", ""),
        ("%track_data 'raw data/x.csv'", "", ""),
        ("%track_data x data/x.csv", "", ""),
        ("%track_data df --role train", "df", ""),
        ("%track_data name {df[df.x > k]} --from raw@2", "df k", ""),
        ("%track_data name data/x.csv", "", ""),
        ("%data_diff a@1 df --key id", "df", ""),
        ("%env KEY=value", "", ""),
        ("%store -r a b", "", "a b"),
        ("df.head?", "df", ""),
        ("d['k']??", "d", ""),
        ("?df.head", "df", ""),
        ("%time?", "", ""),
        ("if c:\n    !ls {x}\n    %time y = 1\nz", "c x z", "y"),
        ("x = 1\n%time x", "", "x"),
        ("!ls \\\n   {x} \\\n   {y}\nz", "x y z", ""),
        ("  %time x = 1\n  y = x", "", "x y"),
    ],
)
def test_to_python_line_magics(source: str, reads: str, writes: str) -> None:
    found = analyse(source)
    assert (" ".join(found.reads), " ".join(found.writes)) == (reads, writes)
    assert not found.note


@pytest.mark.parametrize(
    ("source", "reads", "writes"),
    [
        ("%%time\nx = f(y)", "f y", "x"),
        ("\n\n%%time\nx = y", "y", "x"),
        ("  %%time\n  x = y", "y", "x"),
        ("%%track_run base lr=rate q={a}\nx = y", "a rate y", "x"),
        ("%%capture out\nx = y", "y", "x out"),
        ("%%capture --no-stderr out\nx = y", "y", "x out"),
        ("%%timeit n = start\nx = f(n, y)", "start f y", ""),
        ("%%timeit -n 3\nlst.append(y)", "lst y", "lst"),
        ("%%time\n%%capture out\nx = y", "y", "x out"),
        ("%%time\n!ls {a}\nx = y", "a y", "x"),
        ("%%time\n  x = y", "y", "x"),
        ("%%bash --out text --err errors\nls", "", "text errors"),
        ("%%writefile {path}\nx = y", "path", ""),
        ("%%html\n<b>x</b>", "", ""),
        ("%%R -i x\ny <- x", "", ""),
        ("%%python\nx = y", "", ""),
        ("%%!\nls", "", ""),
        ("%%time?", "", ""),
        ("%%time", "", ""),
    ],
)
def test_to_python_cell_magics(source: str, reads: str, writes: str) -> None:
    found = analyse(source)
    assert (" ".join(found.reads), " ".join(found.writes)) == (reads, writes)
    assert not found.note


def test_to_python_cell_magic_keeps_literals() -> None:
    assert analyse("%%track_run\nlr = 0.01\nlayers = [64, 64]").literals == {
        "lr": 0.01,
        "layers": [64, 64],
    }


def test_to_python_says_what_it_cannot_see() -> None:
    assert analyse("%run other.py").note == "what %run binds is not seen"
    assert analyse("%pylab\n%run a.py").note == (
        "what %pylab binds is not seen; what %run binds is not seen"
    )
    assert analyse("%store -r").note == "what %store -r binds is not seen"
    assert analyse("%%sparkle\nx = y").note == "the body of %%sparkle is taken for Python"
    assert analyse("%%sparkle\nx = y").reads == ("y",)
    assert analyse("%%sparkle\nselect a from b").note == "the body of %%sparkle is not Python"
    assert analyse("%time x\ny = (").note.startswith("not analysed: ")


@pytest.mark.parametrize(
    "source",
    [
        "s = '''\n%time x\n!ls {y}\n'''\n%time z",
        's = f"""\n?x\n"""\n%time z',
        "s = (1\n  % t)\n%time z",
        "s = [\n  '(',  # ( [ {\n  \"'''\",\n]\n%time z",
        "s = 1 \\\n  % t\n%time z",
        "print('a=%s' % s)\n%time z",
        "s = 'it\\'s'  # '''\n%time z",
    ],
)
def test_to_python_leaves_strings_and_brackets_alone(source: str) -> None:
    found = analyse(source)
    assert "z" in found.reads
    assert not {*found.reads} & {"x", "y"}
    assert not found.note


LINES = [
    "x = 1",
    "y = x + 1",
    "%time y = x",
    "%matplotlib inline",
    "!ls -l",
    "!ls {x}",
    "files = !ls",
    "t = %timeit -o -q x",
    "x?",
    "%cd /tmp",
    "for i in range(3):\n    %time i",
    "def f():\n    return x",
    "s = '''\n%time q\n'''",
    "z = (1 +\n     2)",
    "# %time in a comment",
    "%%not_first",
]


@settings(max_examples=80)
@given(
    st.sampled_from(["", "%%time\n", "%%capture out\n", "%%track_run a b=1\n"]),
    st.lists(st.sampled_from(LINES), max_size=6),
)
def test_to_python_parses_whatever_ipython_runs(head: str, lines: list[str]) -> None:
    source = head + "\n".join(lines)
    run = TransformerManager().transform_cell("\n".join(lines) + "\n")
    try:
        ast.parse(run)
    except SyntaxError:
        return
    found = analyse(source)
    assert not found.note.startswith("not analysed")
    assert "q" not in found.reads


def test_to_python_is_linear_on_hostile_text() -> None:
    for piece in ("%", "!{", "x[", "a, ", "'''", '"', "\n%%", " \n", "a=", "--o ", "{x} ", "(\\\n"):
        to_python("%x\n" + piece * (100_000 // len(piece)))
