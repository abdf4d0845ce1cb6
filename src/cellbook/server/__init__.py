"""The Jupyter server extension: what JupyterLab's panels show, read over HTTP.

Nothing else imports this package: the environment of a kernel may lack jupyter_server.
"""

from __future__ import annotations

import atexit
from typing import Any

from jupyter_server.utils import url_path_join

from cellbook.server.embedding import embed_on_save
from cellbook.server.handling import SHELF, WATCH
from cellbook.server.routes import routes
from cellbook.server.shelf import Shelf
from cellbook.server.watching import Watch


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter's server what to load."""
    return [{"module": "cellbook.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Add the routes to a server."""
    base_url = url_path_join(server.web_app.settings["base_url"], "/")
    shelf = Shelf(base_url)
    atexit.register(shelf.close)
    server.web_app.settings[SHELF] = shelf
    server.web_app.settings[WATCH] = Watch(shelf)
    hooked = getattr(server.contents_manager, "register_pre_save_hook", None)
    if hooked is not None:
        hooked(embed_on_save(shelf))
    server.web_app.add_handlers(".*$", routes(base_url))
