"""What was perhaps meant by a name that nothing goes by."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from tinydb import where

from cellbook.store import Store
from cellbook.views.filters import logged_fields
from cellbook.views.runs_table import known_names


def query_hint(store: Store, query: str) -> str:
    """Return a sentence on the first metric, param or tag in `query` that no run has; or nothing.

    `query` is one that parses.
    """
    for group, key in logged_fields(query):
        if next(store.select("runs", where(group)[key].exists(), limit=1), None) is None:
            near = _near_field(group, key, known_names(store))
            meant = f"did you mean {near}?" if near else "is it spelled as it was logged?"
            return f"No run has {group}.{key}: {meant}"
    return ""


def near_run(store: Store, name: str) -> str:
    """Return the name of the run that `name` is most like; empty if it is like none."""
    names = [doc["run_name"] for _, _, doc in store.select("runs") if not doc.get("trashed")]
    return nearest(name, names)


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
