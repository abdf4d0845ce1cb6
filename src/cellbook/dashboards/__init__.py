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

    Each is one document under its name, written as a whole.  What changes one reads and writes it
    in one go; who saves what they read before says when that was, so that nobody's is lost.
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

    def save(
        self, name: str, panels: Sequence[DashboardPanel], *, changed: int | None = None
    ) -> Dashboard:
        """Keep panels under a name, in place of those that were there.

        Parameters
        ----------
        name
            The dashboard's name.
        panels
            All its panels, from top to bottom.
        changed
            When the dashboard that these were made from was last changed; None takes the place
            of whatever is there.  Where it was deleted since, it is made anew.

        Raises
        ------
        InvalidInput
            If the name is none, there are too many panels, or somebody else changed the
            dashboard since.
        """
        name = check_name(name, "dashboard")
        with self._store.exclusive():
            there = self._found(name)
            if there is not None and changed is not None and there.changed != changed:
                raise InvalidInput(
                    f"The dashboard {name!r} was changed meanwhile by somebody else. "
                    "'Undo all' shows it as it is now."
                )
            return self._write(name, panels, there)

    def _found(self, name: str) -> Dashboard | None:
        doc = self._store.get(_TABLE, _key(name))
        return from_doc(Dashboard, doc) if doc else None

    def _write(
        self, name: str, panels: Sequence[DashboardPanel], there: Dashboard | None
    ) -> Dashboard:
        if len(panels) > _MOST:
            raise InvalidInput(
                f"{len(panels)} panels are too many for one dashboard, which has {_MOST} at most. "
                "Put some under another name."
            )
        for panel in panels:
            if not 1 <= panel.limit <= 100:
                raise InvalidInput(f"A panel shows from 1 to 100 runs, not {panel.limit}.")
            if panel.width not in ("full", "half"):
                raise InvalidInput(f"A panel is `full` or `half` as wide, not {panel.width!r}.")
        # Of two changes in one millisecond, too, each has a time of its own.
        changed = max(time.time_ns() // 1_000_000, there.changed + 1 if there else 0)
        made = Dashboard(name, tuple(panels), changed)
        self._store.commit([create(_TABLE, _key(name), to_doc(made))])
        return made

    def add(self, name: str, panel: DashboardPanel) -> Dashboard:
        """Add a panel to a dashboard, which is made if there is none of that name."""
        name = check_name(name, "dashboard")
        with self._store.exclusive():
            there = self._found(name)
            return self._write(name, [*(there.panels if there else ()), panel], there)

    def drop(self, name: str, place: int) -> Dashboard:
        """Take a panel away, by its place from 1.

        Raises
        ------
        NotFound
            If there is no such dashboard or panel.
        """
        with self._store.exclusive():
            there = self.get(name)
            panels = list(there.panels)
            if not 1 <= place <= len(panels):
                raise NotFound(
                    f"The dashboard {name!r} has {len(panels)} panels; not number {place}."
                )
            del panels[place - 1]
            return self._write(name, panels, there)

    def rename(self, name: str, new: str) -> Dashboard:
        """Give a dashboard another name.

        Raises
        ------
        InvalidInput
            If there is one of the new name.
        """
        new = check_name(new, "dashboard")
        with self._store.exclusive():
            made = replace(self.get(name), name=new)
            if self._found(new) is not None:
                raise InvalidInput(f"There is a dashboard {new!r} already. Take another name.")
            self._store.commit(
                [remove(_TABLE, _key(name)), create(_TABLE, _key(new), to_doc(made))]
            )
        return made

    def delete(self, name: str) -> None:
        """Delete a dashboard; runs are not touched.

        Raises
        ------
        NotFound
            If there is none of that name.
        """
        with self._store.exclusive():
            self.get(name)
            self._store.commit([remove(_TABLE, _key(name))])


def _key(name: str) -> str:
    # A document's id: any text serves, and one name is one document.
    return f"dashboard-{name}"
