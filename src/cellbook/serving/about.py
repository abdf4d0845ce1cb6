"""What an endpoint says of itself at its address: for programs as JSON, for people as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from cellbook.serving.examples import LONGEST, command
from cellbook.serving.models import Model
from cellbook.serving.oip import metadata
from cellbook.serving.plans import Plan

ADDRESSES = {
    "POST /invocations": "predictions, in the shape of mlflow: JSON or CSV",
    "POST /v2/models/{name}/infer": "predictions, by the Open Inference Protocol",
    "GET /v2/models/{name}": "what the model takes and gives",
    "GET /example": "a request that the model can be asked",
    "GET /v2/health/ready": "whether it answers",
    "GET /arms": "who answers, and how well",
    "POST /outcomes": "what became of predictions",
    "GET /metrics": "counts, for Prometheus",
}
"""Where there is what; `{name}` is the endpoint's."""


def about(url: str, plan: Plan, model: Model, *, token: bool) -> dict[str, Any]:
    """Return what there is to say of an endpoint.

    Parameters
    ----------
    url
        Where it was asked.
    plan
        Which arms it has.
    model
        Of the first one.
    token
        Whether it wants one.
    """
    told = metadata(plan.endpoint, [], model.platform, model.signature)
    body = model.request
    return {
        "name": plan.endpoint,
        "strategy": plan.strategy,
        "arms": [{**arm.labels, "weight": arm.weight, "shadow": arm.shadow} for arm in plan.arms],
        "platform": model.platform,
        "inputs": told["inputs"],
        "outputs": told["outputs"],
        "addresses": {
            address.replace("{name}", plan.endpoint): what for address, what in ADDRESSES.items()
        },
        "example": json.loads(body) if body and len(body) <= LONGEST else None,
        "try": command(url, body, token=token) if body else "",
    }


def as_page(told: Mapping[str, Any]) -> str:
    """Return it as a page of HTML that needs nothing else."""
    return _PAGE.format(title=escape(told["name"]), body="\n".join(_sections(told)))


def _sections(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h1>{escape(told['name'])}</h1>"
    for arm in told["arms"]:
        model = f"<strong>{escape(arm['model'])}</strong> version {escape(arm['version'])}"
        what = "is asked too, and heard by nobody" if arm["shadow"] else "answers"
        named = "" if len(told["arms"]) == 1 else f" as {escape(arm['name'])}"
        yield f"<p>{model} {what}{named}.</p>"
    if told["try"]:
        yield f"<h2>Ask it</h2>\n<pre>{escape(told['try'])}</pre>"
    for name, title in (("inputs", "It takes"), ("outputs", "It gives")):
        if told[name]:
            yield f"<h2>{title}</h2>"
            yield from _table((one["name"], one["datatype"]) for one in told[name])
    yield "<h2>Addresses</h2>"
    yield from _table(told["addresses"].items())


def _table(rows: Any) -> Iterator[str]:
    yield "<table>"
    for name, what in rows:
        yield f"<tr><td><code>{escape(name)}</code></td><td>{escape(what)}</td></tr>"
    yield "</table>"


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}
h1, h2 {{ font-weight: 600; line-height: 1.2 }}
h2 {{ font-size: 1.1rem; margin-top: 2rem }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; padding: .75rem; border: 1px solid #8886;
  border-radius: 4px; user-select: all }}
td {{ padding: .15rem 1.5rem .15rem 0; vertical-align: top }}
</style>
</head>
<body>
{body}
</body>
</html>
"""
