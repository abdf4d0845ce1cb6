"""A room of checkpoints over a plain namespace."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cellbook.checkpointing import Checkpoints, Kernel, Moment, Restored
from cellbook.errors import StoreError
from cellbook.records import Checkpoint
from cellbook.store import FolderStore


def new_namespace() -> dict[str, Any]:
    return {"__name__": "__main__", "__builtins__": builtins}


@dataclass
class Bench:
    """A namespace and the book that its checkpoints go into."""

    root: Path
    namespace: dict[str, Any] = field(default_factory=new_namespace)
    reported: list[StoreError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = FolderStore(self.root / ".cellbook")
        self.room = Checkpoints(self.store, self.store.packs, self.reported.append)
        self.kernel = Kernel(self.namespace)
        self.moment = Moment(self.store.new_id())

    def run(self, source: str) -> None:
        exec(source, self.namespace)

    def save(self, label: str | None = None) -> Checkpoint:
        return self.room.save_now(self.kernel, self.moment, label=label)

    def restore(self, target: str | int, **options: Any) -> Restored:
        return self.room.restore(target, self.kernel, self.moment, **options)

    def close(self) -> None:
        self.room.close()
        self.store.close()
