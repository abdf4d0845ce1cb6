"""Asking an endpoint about itself, from its own machine."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

_SECONDS = 5.0


def ask(url: str, path: str, tokens: Sequence[str] = ()) -> dict[str, Any] | None:
    """Return what an endpoint says at a path; None if it does not answer.

    Parameters
    ----------
    url
        Of the endpoint.
    path
        On it.
    tokens
        Those that it knows, if it wants one.
    """
    request = urllib.request.Request(url + path)
    if tokens:
        request.add_header("authorization", f"Bearer {tokens[0]}")
    try:
        # This machine itself: whatever proxy there is has no part in it.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=_SECONDS) as response:
            found: dict[str, Any] = json.load(response)
            return found
    except (OSError, ValueError, urllib.error.URLError):
        return None
