"""dill's registry of objects: each is the same again, or the report names it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIVE = "itself, which stays as it is"
NAMED = {
    "it belongs to its process": (
        "CDLLType CFunctionType CParamType ConnectionType CursorType DbmType FileHandlerType "
        "FrameType FuncPtrType LockType LPCCharType MemoryHandlerType NamedLoggerType "
        "NullHandlerType PyCapsuleType QueueType RLockType RotatingFileHandlerType "
        "SocketHandlerType SocketPairType SocketType StreamHandlerType TracebackType"
    ),
    "nothing tells its state": (
        "BZ2CompressorType BZ2DecompressorType CallableIteratorType CSVDictReaderType "
        "CSVDictWriterType CSVReaderType CSVWriterType GeneratorType HashType HMACType "
        "LineIteratorType MemoryIteratorType PositionsIteratorType SREScannerType "
        "SymtableEntryType ZlibCompressType ZlibDecompressType"
    ),
    "pickle would make it another class": (
        "DictReverseitemiteratorType DictReversekeyiteratorType DictReversevalueiteratorType "
        "DictionaryItemIteratorType DictionaryKeyIteratorType DictionaryValueIteratorType "
        "OdictIteratorType SetIteratorType"
    ),
    "Python 3.14 tells its state no longer": (
        "ChainType CombinationsType CompressType CountType CycleType IzipType PermutationsType "
        "ProductType RepeatType"
    ),
    "a file without a path, or one that is written": (
        "BZ2FileType FileType GzipFileType StreamReader TemporaryFileType"
    ),
    "it refers weakly to what no other variable holds": (
        "CallableProxyType ProxyType ReferenceType"
    ),
    "an exception has no traceback": "ExceptionType SuperType",
    "nothing tells of which class it is a field": "FieldType",
}
"""Entries that may be named, by reason.  Any other is to be the same."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("where", ["cell", "imported"])
def test_each_entry_is_the_same_or_named(tmp_path: Path, where: str) -> None:
    saved = _play("save", tmp_path, where)
    restored = _play("restore", tmp_path, where)
    assert len(saved) > 200
    assert saved.keys() == restored.keys()
    may_be_named = {name for names in NAMED.values() for name in names.split()}
    for found in (saved, restored):
        assert {name: said for name, said in found.items() if said.startswith("wrong")} == {}
        named = {name: said for name, said in found.items() if said.startswith("named")}
        surprising = {
            name: said
            for name, said in named.items()
            if name not in may_be_named and not said.endswith(LIVE)
        }
        assert surprising == {}


def _play(mode: str, root: Path, where: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, ROOT / "tests/checkpointing/play_registry.py", mode, root, where],
        capture_output=True, text=True, timeout=100, cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found
