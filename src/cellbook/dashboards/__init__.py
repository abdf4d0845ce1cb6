"""Dashboards: kept, found and changed by name."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from cellbook.errors import InvalidInput, NotFound
from cellbook.records import Dashboard, DashboardPanel, check_name, from_doc, to_doc
from cellbook.store import Store, create, remove

_TABLE = "dashboards"
_MOST = 30
"""Panels of one dashboard: beyond, nobody finds anything, and a page is slow."""


class Dashboards:
    """The dashboards of a book.

    Each is one document under its name, written as a whole: of two people who save at once, the
    later one's stands.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self) -> list[str]:
        """Return all names, in order."""
        return sorted(doc["name"] for _, _, doc in self._store.select(_TABLE))

    def get(self, name: str) -> Dashboard:
        """Return a dashboard.

        Raises
        ------
        NotFound
            If there is none of that name; it names those that there are.
        """
        doc = self._store.get(_TABLE, _key(name))
        if doc is None:
            names = ", ".join(map(repr, self.names()))
            there = f"There are {names}." if names else "The book has none yet."
            raise NotFound(
                f"There is no dashboard {name!r}. {there} `%dashboard NAME --add #1 #2` makes one."
            )
        return from_doc(Dashboard, doc)

    def save(self, name: str, panels: Sequence[DashboardPanel]) -> Dashboard:
        """Keep panels under a name, in place of those that were there.

        Raises
        ------
        InvalidInput
            If the name is none, or there are too many panels.
        """
        name = check_name(name, "dashboard")
        if len(panels) > _MOST:
            raise InvalidInput(
                f"{len(panels)} panels are too many for one dashboard, which has {_MOST} at most. "
                "Put some under another name."
            )
        for panel in panels:
            if not 1 <= panel.limit <= 100:
                raise InvalidInput(f"A panel shows from 1 to 100 runs, not {panel.limit}.")
        made = Dashboard(name, tuple(panels), time.time_ns() // 1_000_000)
        self._store.commit([create(_TABLE, _key(name), to_doc(made))])
        return made

    def add(self, name: str, panel: DashboardPanel) -> Dashboard:
        """Add a panel to a dashboard, which is made if there is none of that name."""
        there = self._store.get(_TABLE, _key(name))
        panels = from_doc(Dashboard, there).panels if there else ()
        return self.save(name, [*panels, panel])

    def drop(self, name: str, place: int) -> Dashboard:
        """Take a panel away, by its place from 1.

        Raises
        ------
        NotFound
            If there is no such dashboard or panel.
        """
        panels = list(self.get(name).panels)
        if not 1 <= place <= len(panels):
            raise NotFound(f"The dashboard {name!r} has {len(panels)} panels; not number {place}.")
        del panels[place - 1]
        return self.save(name, panels)

    def rename(self, name: str, new: str) -> Dashboard:
        """Give a dashboard another name.

        Raises
        ------
        InvalidInput
            If there is one of the new name.
        """
        old = self.get(name)
        new = check_name(new, "dashboard")
        if new in self.names():
            raise InvalidInput(f"There is a dashboard {new!r} already. Take another name.")
        made = replace(old, name=new)
        self._store.commit([remove(_TABLE, _key(name)), create(_TABLE, _key(new), to_doc(made))])
        return made

    def delete(self, name: str) -> None:
        """Delete a dashboard; runs are not touched.

        Raises
        ------
        NotFound
            If there is none of that name.
        """
        self.get(name)
        self._store.commit([remove(_TABLE, _key(name))])


def _key(name: str) -> str:
    # A document's id: any text serves, and one name is one document.
    return f"dashboard-{name}"
