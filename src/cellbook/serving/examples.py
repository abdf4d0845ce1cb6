"""The recorded input example of a bundle: as its model takes it, and as a request that anybody can
send."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from cellbook.packaging import PackagedModel
from cellbook.packaging.standalone.values import decode_input, read_json
from cellbook.serving.decoding import JSON, decode_invocation
from cellbook.serving.fitting import Fitter
from cellbook.serving.refusing import Refused

LONGEST = 2000
"""Characters of a request that a line of a shell holds itself."""

_ROWS = 20
"""Rows of the example that are tried: the first may have a value that requests cannot have."""


def read_example(model: PackagedModel) -> Any:
    """Return the example, made to fit the signature; None if there is none, or it does not fit."""
    folder = model.bundle.folder
    file = folder / "input_example.json"
    if not file.exists():
        return None
    schema = read_json(folder / "signature.json").get("inputs", {})
    try:
        return model.bundle.signature.conform(decode_input(read_json(file), schema))
    except Exception:
        return None


def example_request(model: PackagedModel, fitter: Fitter) -> str:
    """Return the body of a request, JSON in mlflow's shape, with one row of the example; empty if
    there is none that the model can be asked."""
    file = model.bundle.folder / "input_example.json"
    if not file.exists():
        return ""
    for doc in _requests(read_json(file)):
        try:
            body = json.dumps(doc, allow_nan=False)
            fitter.fit(decode_invocation(body.encode(), JSON, model.bundle.signature).given)
        except (Refused, ValueError):
            continue
        return body
    return ""


def command(url: str, body: str, *, token: bool = False) -> str:
    """Return a line of a shell that asks an endpoint.

    Parameters
    ----------
    url
        Of the endpoint.
    body
        What it asks; one that is long is had from the endpoint itself.
    token
        Whether it has to say one, for which `TOKEN` stands.
    """
    says = " -H 'authorization: Bearer TOKEN'" if token else ""
    ask = f"curl {shlex.quote(url + '/invocations')} -H 'content-type: {JSON}'{says}"
    if len(body) > LONGEST:
        return f"curl -s {shlex.quote(url + '/example')}{says} | {ask} --data-binary @-"
    return f"{ask} -d {shlex.quote(body)}"


def _requests(doc: Any) -> Iterator[Any]:
    """Yield requests with the first rows of a recorded example, in mlflow's shape."""
    if not isinstance(doc, dict):
        return
    columns, rows, array = doc.get("columns"), doc.get("data"), doc.get("inputs")
    if isinstance(columns, list) and isinstance(rows, list):
        for row in rows[:_ROWS]:
            values = (None if value == "NaN" else value for value in row)
            yield {"dataframe_records": [dict(zip(columns, values, strict=False))]}
    elif isinstance(array, list):
        yield from ({"inputs": [row]} for row in array[:_ROWS])
