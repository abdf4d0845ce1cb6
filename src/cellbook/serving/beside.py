"""An endpoint beside the process that started it: changed, rolled back and looked at while it runs.

A :class:`Server` follows a deployment's file.  Here that file is written for whoever names a model
only, so that a canary, a split or a shadow joins it, and goes again, without a new address and
without a request that fails.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import urllib.error
import urllib.request
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cellbook.records.deployment import Deployment
from cellbook.serving.deployments import promote, read_deployment, rollback, write_deployment
from cellbook.serving.server import Server, what_to_serve
from cellbook.serving.settings import Settings

_PATIENCE = 5.0
"""Seconds for an answer about itself, from this machine."""


class Beside:
    """A served endpoint, and the file that says which models stand behind it.

    Parameters
    ----------
    told
        A deployment, the JSON file of one, a bundle's folder or zip, or what a resolver knows.
    settings
        How it is served.
    name
        Of the endpoint, if it is not a deployment's.
    change
        What becomes of the deployment before it is served; None leaves it.

    Raises
    ------
    InvalidInput
        If it cannot be served.
    """

    def __init__(
        self,
        told: Deployment | str | os.PathLike[str],
        settings: Settings,
        *,
        name: str | None = None,
        change: Callable[[Deployment], Deployment] | None = None,
    ) -> None:
        meant = what_to_serve(told, name)
        if isinstance(meant, Deployment):
            scratch = Path(tempfile.mkdtemp(prefix="cellbook-serving-"))
            weakref.finalize(self, shutil.rmtree, scratch, ignore_errors=True)
            self.file = scratch / "deployment.json"
            write_deployment(meant if change is None else change(meant), self.file)
        else:
            self.file = meant.resolve()
            if change is not None:
                self.change(change)
        self.settings = settings
        self.server = Server(self.file, settings, wait=False)

    @property
    def deployment(self) -> Deployment:
        """What stands behind it.

        Raises
        ------
        InvalidInput
            If the file tells nothing that can be served.
        """
        return read_deployment(self.file)

    @property
    def said(self) -> Sequence[str]:
        """What the server said lately."""
        return self.server.said

    def change(self, change: Callable[[Deployment], Deployment]) -> Deployment:
        """Change what is served; it takes effect within a second."""
        changed = change(self.deployment)
        write_deployment(changed, self.file)
        return changed

    def rollback(self) -> Deployment:
        """Bring back what stood behind it before.

        Raises
        ------
        NotFound
            If nothing did.
        """
        return self.change(rollback)

    def promote(self, arm: str) -> Deployment:
        """Let one arm's model answer everybody.

        Raises
        ------
        NotFound
            If there is no such arm.
        """
        return self.change(lambda deployment: promote(deployment, arm))

    def arms(self) -> dict[str, Any] | None:
        """Return what it says of its arms, as ``GET /arms`` does; None if it does not answer yet,
        or any more."""
        return self._asked("/arms")

    def example(self) -> str:
        """Return a line of a shell that asks it for a prediction: a row with all that its model
        takes, whose values are to be filled in.  `TOKEN` stands for a token, if it wants one."""
        told = self._asked(f"/v2/models/{self.deployment.name}")
        row = _row(told) if told else {}
        # A quotation mark would end the shell's text.
        body = json.dumps({"dataframe_records": [row]}).replace("'", "'\\''")
        token = " -H 'authorization: Bearer TOKEN'" if self.settings.tokens else ""
        kind = "-H 'content-type: application/json'"
        return f"curl {self.server.url}/invocations {kind}{token} -d '{body}'"

    def stop(self) -> None:
        """End it: requests under way are answered."""
        self.server.stop()

    def _asked(self, path: str) -> dict[str, Any] | None:
        if not self.server.alive or not self.server.url:
            return None
        request = urllib.request.Request(self.server.url + path)
        if self.settings.tokens:
            request.add_header("authorization", f"Bearer {self.settings.tokens[0]}")
        try:
            # This machine itself: whatever proxy there is has no part in it.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=_PATIENCE) as response:
                found: dict[str, Any] = json.load(response)
                return found
        except (OSError, ValueError, urllib.error.URLError):
            return None


def _row(told: dict[str, Any]) -> dict[str, Any]:
    """Return a row that a model's metadata asks for."""
    values = {"BOOL": True, "BYTES": "text"}
    return {
        str(one["name"]): values.get(one["datatype"], 0.0 if "FP" in one["datatype"] else 0)
        for one in told.get("inputs", ())
    }
