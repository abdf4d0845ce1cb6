"""Has ``cloudpickle.dumps`` and ``loads`` go through our encoder and decoder.

Put beside cloudpickle's own tests as ``sitecustomize.py``, so that the processes that they start
have it as well.  What is dumped is a state of one variable, together with the variables of
``__main__`` that the other side does not have: a function of a notebook lives on its variables.
"""

import io
import pickle
import sys
import types
from pathlib import Path

import cloudpickle
from cloudpickle import cloudpickle as internals

from cellbook.checkpointing.decoding import decode
from cellbook.checkpointing.encoding import Encoder
from cellbook.checkpointing.kernel import Kernel
from cellbook.checkpointing.sections import LostThing, SectionFailed
from cellbook.checkpointing.states import ChunkSink, StateTable
from cellbook.store.packs import key_of

WHAT = "\x00dumped"


class Chunks(dict):
    """What :class:`Packs` and its writer are, in memory."""

    def put(self, data):
        key = key_of(data)
        self[key] = bytes(data)
        return key

    def get(self, key):
        return self[key]

    def read_into(self, keys, target):
        target[:] = b"".join(self[key] for key in keys)


def encode(it, namespace):
    """Encode one thing and what ``__main__`` has; what breaks the stream is left out."""
    variables = {**Kernel(namespace).variables(), WHAT: it}
    skip: dict[str, LostThing] = {}
    while True:
        chunks = Chunks()
        sink = ChunkSink(chunks)
        try:
            return chunks, sink.table(Encoder(sink, namespace).encode(variables, skip), {})
        except SectionFailed as failed:
            if failed.name == WHAT:
                raise
            skip[failed.name] = failed.lost


def dumps(obj, protocol=None, buffer_callback=None):
    try:
        chunks, table = encode(obj, vars(sys.modules["__main__"]))
    except SectionFailed as failed:
        raise pickle.PicklingError(failed.lost.reason) from failed.__cause__
    if WHAT in table.lost:
        raise pickle.PicklingError("; ".join(one.reason for one in table.lost[WHAT]))
    return pickle.dumps((table.to_bytes(), dict(chunks)))


def loads(data, **options):
    table, chunks = pickle.loads(data)
    namespace = vars(sys.modules["__main__"])
    decoded = decode(Chunks(chunks), StateTable.from_bytes(table), namespace)
    if WHAT not in decoded.values:
        raise pickle.UnpicklingError("; ".join(one.reason for one in decoded.lost[WHAT]))
    made = decoded.values.pop(WHAT)
    for name, value in decoded.values.items():
        namespace.setdefault(name, value)
    return made


def dump(obj, file, protocol=None, buffer_callback=None):
    file.write(dumps(obj))


def load(file, **options):
    return loads(file.read())


class CloudPickler:
    def __init__(self, file, protocol=None, buffer_callback=None):
        self._file = file

    def dump(self, obj):
        dump(obj, self._file)


def install():
    ours = {
        "dumps": dumps,
        "loads": loads,
        "dump": dump,
        "load": load,
        "CloudPickler": CloudPickler,
        "Pickler": CloudPickler,
    }
    vars(cloudpickle).update(ours)
    compat = types.ModuleType("cloudpickle.compat")
    shown = types.ModuleType("cloudpickle.compat.pickle")
    vars(shown).update({**vars(pickle), **ours, "__name__": shown.__name__})
    compat.pickle = sys.modules[shown.__name__] = shown
    cloudpickle.compat = sys.modules[compat.__name__] = compat
    # The suite imports this for a test of it, which is not run.
    internals.cell_set = io.IOBase


install()
sys.path.append(str(Path(__file__).parent / "tests" / "cloudpickle_testpkg"))
