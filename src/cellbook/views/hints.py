"""What was perhaps meant by a name that nothing goes by."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from tinydb import where

from cellbook.datasets import versions_ever
from cellbook.store import Store
from cellbook.views.filters import data_fields, logged_fields
from cellbook.views.runs_table import known_names


def query_hint(store: Store, query: str) -> str:
    """Return a sentence on the first metric, param, tag or data in `query` that no run has; or
    nothing.

    `query` is one that parses.
    """
    for group, key in logged_fields(query):
        if next(store.select("runs", where(group)[key].exists(), limit=1), None) is None:
            field = _near_field(group, key, known_names(store))
            meant = f"did you mean {field}?" if field else "is it spelled as it was logged?"
            return f"No run has {group}.{key}: {meant}"
    names = {one.name for _, one in versions_ever(store)}
    for name in data_fields(query):
        if name not in names:
            like = nearest(name, sorted(names))
            meant = f"did you mean data.{like}?" if like else "`%track_data` records it."
            return f"The book has no data {name!r}: {meant}"
    if query.strip() and not _OPERATOR.search(query):
        near = near_runs(store, query)
        meant = f"Did you mean {either(near)}?" if near else "Values are asked for so:"
        return f"Words are looked for in names. {meant}{'' if near else ' `metrics.acc > 0.9`.'}"
    return ""


_OPERATOR = re.compile(r"[<>=#]|\b(like|ilike|in|is|contains|between)\b", re.I)
_NEAR = 3
"""Names that a hint tells, at most."""


def near_runs(store: Store, name: str) -> list[str]:
    """Return the names of the runs that `name` is most like, the most alike first."""
    text = name.strip().lower()
    docs = (doc for _, _, doc in store.select("runs") if not doc.get("trashed"))
    names = {str(doc.get("run_name") or "").lower(): str(doc.get("run_name")) for doc in docs}
    names.pop("", None)
    holding = [one for one in names if text and text in one]
    near = dict.fromkeys([*difflib.get_close_matches(text, names, _NEAR), *holding])
    return [names[one] for one in list(near)[:_NEAR]]


def either(texts: Sequence[str]) -> str:
    """Return texts as a choice: ``'a', 'b' or 'c'``."""
    quoted = [repr(text) for text in texts]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))


def nearest(text: str, known: Sequence[str]) -> str:
    """Return the known text that is most like `text`; empty if none is much like it."""
    lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(text.lower(), lower, 1)
    return lower[near[0]] if near else ""


def _near_field(group: str, key: str, known: Sequence[str]) -> str:
    """Return the field of the same group that `key` is most like, else of any group."""
    keys: dict[str, str] = {}
    for name in known:
        keys.setdefault(name.partition(".")[2], name)
    own = nearest(f"{group}.{key}", [name for name in known if name.startswith(f"{group}.")])
    return own if nearest(key, [own.partition(".")[2]]) else keys.get(nearest(key, list(keys)), "")
