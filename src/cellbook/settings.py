"""Where a user's settings lie, which hold for all books."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import platformdirs

from cellbook.errors import StoreWriteError


def settings_file(name: str) -> Path:
    """Return a file of this user's settings, which hold for all books."""
    chosen = os.environ.get("CELLBOOK_CONFIG_DIR") or platformdirs.user_config_dir("cellbook")
    return Path(chosen) / name


def keep_secret_settings(name: str, told: Any, instead: str) -> None:
    """Keep settings that hold a secret: only this user can read the file.

    Parameters
    ----------
    name
        The file's.
    told
        What to keep, as JSON has it.
    instead
        The environment variable that does the same, where there is no place.

    Raises
    ------
    StoreWriteError
        If there is no place to keep it.
    """
    file = settings_file(name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            json.dump(told, opened)
        fresh.replace(file)
    except OSError as error:
        raise StoreWriteError(
            f"It cannot be kept in {file} ({error.strerror or error}). Set {instead} instead."
        ) from None
