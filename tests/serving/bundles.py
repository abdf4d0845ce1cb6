"""Bundles to serve, and a client that reads what comes back."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from cellbook.packaging import Bundle, save_bundle

IRIS = load_iris(as_frame=True).data
COLUMNS = list(IRIS.columns)


def iris_bundle(folder: Path, *, strength: float = 1.0) -> Bundle:
    """Make a bundle of a classifier that takes a table of floats."""
    target = load_iris(as_frame=True).target
    model = LogisticRegression(C=strength, max_iter=1000).fit(IRIS, target)
    return save_bundle(model, folder, name="iris", input_example=IRIS.head(20))


MIXED = pd.DataFrame(
    {
        "age": np.array([31, 44, 58], dtype="int64"),
        "income": [1200.5, 880.0, 4100.25],
        "town": pd.Categorical(["Bonn", "Kiel", "Bonn"], categories=["Bonn", "Kiel"]),
        "note": ["a", "b", "c"],
        "member": [True, False, True],
    }
)


def mixed(frame: Any) -> Any:
    """Predict a table with a text, a whole number and a float, one row a row."""
    return pd.DataFrame(
        {
            "who": frame["note"].astype(str) + frame["town"].astype(str),
            "sum": frame["age"] + frame["income"],
            "old": (frame["age"] * frame["member"]).to_numpy(),
        }
    )


def tell(frame: Any, version: int) -> Any:
    """Predict the version's number for each row."""
    return np.full(len(frame), version, dtype="int64")


def numbered(folder: Path, version: int, *, code: str = "") -> Bundle:
    """Make a bundle that predicts a number, which tells who answered."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(
        f"def predict(frame):\n    import time\n    import numpy as np\n    {code or 'pass'}\n"
        f"    return np.full(len(frame), {version}, dtype='int64')\n",
        space,
    )
    example = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    return save_bundle(space["predict"], folder, name="number", input_example=example)


@dataclass(frozen=True)
class Reply:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def doc(self) -> Any:
        """What its JSON says."""
        return json.loads(self.body)


class Client:
    """Asks a server, each time by a connection of its own unless `keep` is given."""

    def __init__(self, url: str, *, keep: bool = False, timeout: float = 60.0) -> None:
        self.host, _, port = url.removeprefix("http://").rpartition(":")
        self.port = int(port)
        self.timeout = timeout
        self._kept = self._connection() if keep else None

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        kind: str | None = "application/json",
        **headers: str,
    ) -> Reply:
        """Send a request; a body that is no bytes is sent as JSON."""
        connection = self._kept or self._connection()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and kind is not None:
            sent["content-type"] = kind
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, data, sent)
        response = connection.getresponse()
        reply = Reply(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
        if self._kept is None:
            connection.close()
        return reply

    def close(self) -> None:
        """End a connection that was kept."""
        if self._kept is not None:
            self._kept.close()

    def get(self, path: str, **headers: str) -> Reply:
        """Send a GET."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, kind: str | None = "application/json", **h: str) -> Reply:
        """Send a POST."""
        return self.ask("POST", path, body, kind, **h)

    def invoke(self, frame: pd.DataFrame, **headers: str) -> Reply:
        """Ask for predictions in mlflow's shape."""
        split = json.loads(frame.to_json(orient="split", index=False))
        return self.post("/invocations", {"dataframe_split": split}, **headers)

    def raw(self, data: bytes) -> bytes:
        """Send bytes; return what comes back until the other end closes."""
        with socket.create_connection((self.host, self.port), timeout=self.timeout) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
            return answer
