"""What a pickle says is found out without running it."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import pickletools
import subprocess
import sys
import textwrap
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidBundle
from cellbook.packaging.pickles import dump, imports_in, read_pickle

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.tuples(inner, inner)
        | st.frozensets(st.text() | st.integers())
        | st.sets(st.text())
    ),
    max_leaves=30,
)


@given(plain)
def test_equal_values_have_equal_digests(value: Any) -> None:
    """A copy is put together in another way: other memo, other identities."""
    copy = pickle.loads(pickle.dumps(value))
    digests = {
        read_pickle(pickletools.optimize(pickle.dumps(one, protocol))).digest
        for one in (value, copy)
        for protocol in (4, 5)
    }
    assert len(digests) == 1


@given(plain, plain)
def test_other_values_have_other_digests(one: Any, other: Any) -> None:
    if repr(one) != repr(other) and one != other:
        assert read_pickle(pickle.dumps(one)).digest != read_pickle(pickle.dumps(other)).digest


def test_what_is_shared_is_not_what_is_equal() -> None:
    inner = [1]
    shared, apart = pickle.dumps([inner, inner]), pickle.dumps([[1], [1]])
    assert read_pickle(shared).digest != read_pickle(apart).digest


def test_imports_are_listed_for_every_protocol() -> None:
    for protocol in range(6):
        content = read_pickle(pickle.dumps(np.arange(3), protocol))
        assert any(name.startswith("numpy") for name in content.imports)
        assert content.dangerous == ()


def test_nothing_is_run(tmp_path: Path) -> None:
    for text in (
        b"cos\nsystem\n(S'touch ran'\ntR.",
        b"(S'touch ran'\nios\nsystem\n.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\ttouch ran\x85R.",
    ):
        assert read_pickle(text).dangerous == ("os.system",)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"x", b"\x80\x05", b"\x80\x04h\x07.", b".", b"\x80\x04]a."])
def test_damage_is_told(data: bytes) -> None:
    with pytest.raises(InvalidBundle, match="damaged"):
        read_pickle(data)


def test_an_opcode_of_nobodys_is_refused() -> None:
    with pytest.raises(InvalidBundle, match="EXT1"):
        read_pickle(b"\x80\x04\x82\x01.")


def test_functions_tell_no_place_and_are_equal_in_each_process(tmp_path: Path) -> None:
    code = """
        import sys
        from enum import Enum
        from cellbook.packaging.pickles import dump, read_pickle
        import io

        FACTORS = {"one", "two", "three", "four", "five"}

        class Kind(Enum):
            SMALL = 1
            LARGE = 2

        class Model:
            names = frozenset(FACTORS)
            def predict(self, data):
                return [Kind.LARGE if one in FACTORS else Kind.SMALL for one in data]

        file = io.BytesIO()
        dump(Model(), file)
        assert sys.argv[0].encode() not in file.getvalue()
        print(read_pickle(file.getvalue()).digest)
    """
    found = set()
    for seed in ("1", "2", "3"):
        script = tmp_path / f"in-{seed}" / "script.py"
        script.parent.mkdir()
        # The place in the file is no part of what a function does.
        script.write_text("\n" * int(seed) + textwrap.dedent(code))
        done = subprocess.run(
            [sys.executable, script],
            env={**__import__("os").environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1


def test_a_change_of_a_function_is_another_digest() -> None:
    def digest(function: Any) -> str:
        file = io.BytesIO()
        dump(function, file)
        return read_pickle(file.getvalue()).digest

    factor = 2
    one = digest(lambda data: data * 2)
    assert one == digest(lambda data: data * 2)
    assert one != digest(lambda data: data * 3)
    assert digest(lambda data: data * factor) != one


def _text(text: str) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text.encode()


def _global(name: str) -> bytes:
    module, _, name = name.rpartition(".")
    return _text(module) + _text(name) + b"\x93"


def _call(name: str, argument: bytes) -> bytes:
    return _global(name) + argument + b"\x85R"


_HARMLESS = b"\x80\x05" + _text("good") + b"."
_EVIL = _call("builtins.exec", _text("print()"))


@pytest.mark.parametrize(
    "before",
    [
        _EVIL,  # Left on the stack, below what is loaded.
        _EVIL + b"\x850",  # Thrown away within a tuple,
        b"]" + _EVIL + b"a0",  # or a list,
        b"(" + _EVIL + b"1",  # or all together.
        _global("json.decoder") + b"}" + _text("x") + _text("y") + b"sb0",  # A module filled.
        _global("this.s") + b"0",  # A module only imported.
    ],
)
def test_code_whose_result_nobody_keeps_is_counted(before: bytes) -> None:
    assert pickle.loads(_HARMLESS) == "good"
    hiding = b"\x80\x05" + before + _text("good") + b"."
    assert read_pickle(hiding).digest != read_pickle(_HARMLESS).digest


def test_code_does_not_hide_in_what_is_not_compared() -> None:
    plain = b"\x80\x05}" + _text("_stop_words_id") + b"K\x01s."
    address = b"\x80\x05}" + _text("_stop_words_id") + b"K\x02s."
    calling = b"\x80\x05}" + _text("_stop_words_id") + _EVIL + b"s."
    assert read_pickle(address).digest == read_pickle(plain).digest
    assert read_pickle(calling).digest != read_pickle(plain).digest


def test_what_imports_what_it_is_told_to_is_told() -> None:
    inner = b"\x80\x05" + _call("posix.system", _text("true")) + b"."
    nested = b"C" + bytes([len(inner)]) + inner
    for name, argument, told in (
        ("importlib.import_module", _text("socket"), "socket"),
        ("cloudpickle.subimport", _text("socket"), "socket"),
        ("_pickle.loads", nested, "posix.system"),
        ("torch.storage._load_from_bytes", nested, "posix.system"),
        ("pickle.loads", _call("builtins.str", _text("made")), "?"),
    ):
        assert told in read_pickle(b"\x80\x05" + _call(name, argument) + b".").imports
    for name in ("os.path.os.system", "os.execv", "pty.spawn"):
        assert read_pickle(b"\x80\x05" + _global(name) + b".").dangerous == (name,)


def test_what_loads_or_imports_by_another_hand_is_told() -> None:
    partial = _global("functools.partial") + _global("_pickle.loads") + b"C\x01.\x86R"
    both = _call("importlib.import_module", _text("socket")) + _global("pickle.loads") + b"\x86"
    for content in (partial, both, _call("pickle.load", _text("a file")), _global("numpy.load")):
        assert "?" in read_pickle(b"\x80\x05" + content + b".").imports
    twice = _global("importlib.import_module") + b"\x94" + _text("json") + b"\x85R"
    twice += b"h\x00" + _text("os:path") + b"\x85R\x86"
    followed = {"importlib.import_module", "json", "os.path"}
    assert set(read_pickle(b"\x80\x05" + twice + b".").imports) == followed


def test_names_of_old_are_told_as_they_are_imported() -> None:
    for old, new in (
        (b"ccommands\ngetoutput\n.", "subprocess.getoutput"),
        (b"\x80\x02c__builtin__\neval\n.", "builtins.eval"),
    ):
        assert read_pickle(old).dangerous == (new,)


def test_what_takes_forever_is_refused_soon() -> None:
    bomb = b"\x80\x04)q\x00"
    for level in range(30):
        bomb += b"(" + b"h%c" % level * 10 + b"tq%c" % (level + 1)
    began = time.monotonic()
    with pytest.raises(InvalidBundle, match="forever"):
        read_pickle(bomb + b".")
    assert time.monotonic() - began < 60


def test_all_pickles_of_a_file_are_looked_into() -> None:
    evil = b"\x80\x05" + _call("posix.system", _text("true")) + b"."
    assert imports_in(_HARMLESS + evil) == {"posix.system"}
    legacy = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    legacy += pickle.dumps({"little_endian": True}, 2) + evil + pickle.dumps(["0"], 2)
    assert imports_in(legacy + b"\0\xff bytes of tensors") == {"posix.system"}
    with pytest.raises(InvalidBundle):
        imports_in(_HARMLESS + b"\0\xff")


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_long_byte_strings_are_not_held(tmp_path: Path, kind: type) -> None:
    file = tmp_path / "long.pkl"
    file.write_bytes(pickle.dumps([kind(64 << 20), os.getcwd], 5))
    with file.open("rb") as opened, _little_memory():
        content = read_pickle(opened)
    assert any(name.endswith(".getcwd") for name in content.imports)
    with file.open("rb") as opened, _little_memory():
        assert imports_in(opened) == set(content.imports)
    # They are a part of what it says.
    other = pickle.dumps([kind(64 << 20)[:-1] + b"1", os.getcwd], 5)
    assert read_pickle(other).digest != content.digest
    cut = file.read_bytes()[: 1 << 20]
    with pytest.raises(InvalidBundle):
        read_pickle(cut)


def test_a_long_pickle_within_one_is_looked_into(tmp_path: Path) -> None:
    evil = b"\x80\x05" + _call("posix.system", _text("true")) + b"."
    for _ in range(3):
        inner = pickle.dumps(bytes(200_000), 5) + evil
        argument = b"\x8e" + len(inner).to_bytes(8, "little") + inner
        evil = b"\x80\x05" + _call("pickle.loads", argument) * 2 + _text("after") + b"."
    found = {"pickle.loads", "posix.system"}
    assert set(read_pickle(evil).imports) == found
    file = tmp_path / "nested.pkl"
    file.write_bytes(evil)
    with file.open("rb") as opened:
        assert imports_in(opened) == found


@contextlib.contextmanager
def _little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
