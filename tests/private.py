"""Folders of its own for whatever a test starts: nothing reads or writes the user's own."""

from __future__ import annotations

from pathlib import Path

FOLDERS = (
    "CELLBOOK_CACHE_DIR",
    "CELLBOOK_CONFIG_DIR",
    "CELLBOOK_DATA_DIR",
    "IPYTHONDIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
)
"""Environment variables that each name a folder."""

UNSET = (
    "CELLBOOK_URL",
    "JPY_SESSION_NAME",
    "JUPYTERHUB_USER",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_PATH",
    "JUPYTER_TOKEN",
)
"""Environment variables by which the surroundings would show through."""

GIT = {
    # A signing key, a template or a hook of the user's own must not reach the tests' commits.
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def private_environment(root: Path) -> dict[str, str]:
    """Return the variables that keep Cellbook, Jupyter, IPython and git below `root`.

    Comments are ada's.

    The folders exist when this returns.
    """
    folders = {name: root / name.lower() for name in FOLDERS}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {
        **GIT,
        "CELLBOOK_USER": "ada",
        **{name: str(folder) for name, folder in folders.items()},
    }
