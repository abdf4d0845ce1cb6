"""Whether notebooks carry their threads whenever they are saved: a setting of the user's."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from cellbook.errors import StoreWriteError
from cellbook.settings import settings_file

EMBED = "CELLBOOK_EMBED_COMMENTS"
"""Environment variable that stands above the setting: ``1`` or ``0``."""
_FILE = "embedding.json"
_ON = frozenset({"1", "true", "on", "yes"})


def embeds_on_save(environment: Mapping[str, str] | None = None) -> bool:
    """Whether threads are written into each notebook that this user saves; off unless set.

    `environment` None means that of this process.
    """
    given = os.environ if environment is None else environment
    if given.get(EMBED, "").strip():
        return given[EMBED].strip().lower() in _ON
    try:
        told = json.loads(settings_file(_FILE).read_text(encoding="utf-8"))
        return told.get("on_save") is True
    except (OSError, ValueError, AttributeError):
        return False


def keep_embedding(on_save: bool) -> None:
    """Keep whether threads are written into each notebook that is saved, for all books.

    Raises
    ------
    StoreWriteError
        If there is no place to keep it.
    """
    file = settings_file(_FILE)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({"on_save": on_save}), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise StoreWriteError(
            f"It cannot be kept in {file} ({error.strerror or error}). Set {EMBED} instead."
        ) from None
