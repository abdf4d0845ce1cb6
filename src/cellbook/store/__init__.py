"""The store: the journal is the truth, SQLite is a cache, TinyDB is the language.

:class:`~cellbook.store.base.Store` is the contract; each backend is a file.
"""

from cellbook.store.base import Doc, Op, OrderTerm, Store, create, remove, update
from cellbook.store.blobs import digests_in
from cellbook.store.collecting import no_collection
from cellbook.store.encoding import decode_event, encode_event
from cellbook.store.folder import FolderStore
from cellbook.store.ids import is_ulid, milliseconds
from cellbook.store.packs import CHUNK, Key, Packs, PackWriter, split
from cellbook.store.points import RECORD, Series, SeriesKey, metric_name
from cellbook.store.verify import Finding, Report

__all__ = [
    "CHUNK",
    "RECORD",
    "Doc",
    "Finding",
    "FolderStore",
    "Key",
    "Op",
    "OrderTerm",
    "PackWriter",
    "Packs",
    "Report",
    "Series",
    "SeriesKey",
    "Store",
    "create",
    "decode_event",
    "digests_in",
    "encode_event",
    "is_ulid",
    "metric_name",
    "milliseconds",
    "no_collection",
    "remove",
    "split",
    "update",
]
