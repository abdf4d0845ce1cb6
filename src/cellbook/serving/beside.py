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
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cellbook.records.deployment import Deployment
from cellbook.serving.asking import ask
from cellbook.serving.deployments import promote, read_deployment, rollback, write_deployment
from cellbook.serving.examples import command
from cellbook.serving.server import Server, what_to_serve
from cellbook.serving.settings import Settings


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
        """Return a line of a shell that asks it for a prediction, with a row of its model's own
        example; of a model without one, with values that are to be filled in.  `TOKEN` stands for a
        token, if it wants one."""
        told = self._asked("/") or {"try": "", "inputs": ()}
        if told["try"]:
            return str(told["try"])
        body = json.dumps({"dataframe_records": [_row(told)]})
        return command(self.server.url, body, token=bool(self.settings.tokens))

    def stop(self) -> None:
        """End it: requests under way are answered."""
        self.server.stop()

    def _asked(self, path: str) -> dict[str, Any] | None:
        if not self.server.alive or not self.server.url:
            return None
        return ask(self.server.url, path, self.settings.tokens)


def _row(told: dict[str, Any]) -> dict[str, Any]:
    """Return a row that a model's metadata asks for."""
    values = {"BOOL": True, "BYTES": "text"}
    return {
        str(one["name"]): values.get(one["datatype"], 0.0 if "FP" in one["datatype"] else 0)
        for one in told.get("inputs", ())
    }
