"""What people and their tools read of a bundle: the model card and the data contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cellbook.packaging.formats import Saved
from cellbook.packaging.signature import Column, Columns, Signature, Tensor

_LOGICAL = (
    ("bool", "boolean"), ("int", "integer"), ("uint", "integer"), ("float", "number"),
    ("datetime64", "timestamp"), ("string", "string"), ("category", "string"),
)  # fmt: skip


def contract(name: str, signature: Signature) -> dict[str, Any]:
    """Return the contract of a model's input, as the Open Data Contract Standard 3.1.0 has it.

    What the example only showed, its least and greatest values, binds nobody and is not in it.
    """
    properties: list[dict[str, Any]] = []
    if isinstance(signature.inputs, Columns):
        properties = [_property(column) for column in signature.inputs.columns]
    elif isinstance(signature.inputs, Tensor):
        shape = ", ".join("any" if size is None else str(size) for size in signature.inputs.shape)
        properties = [
            {
                "name": "input",
                "logicalType": "array",
                "physicalType": f"{signature.inputs.dtype} ({shape})",
                "required": True,
            }
        ]
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"urn:cellbook:model:{name}:input",
        "name": f"{name} input",
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": "input",
                "logicalType": "object",
                "physicalType": "table" if isinstance(signature.inputs, Columns) else "array",
                "properties": properties,
            }
        ],
    }


def _property(column: Column) -> dict[str, Any]:
    logical = next(
        (logical for start, logical in _LOGICAL if column.dtype.lower().startswith(start)), "object"
    )
    told: dict[str, Any] = {
        "name": column.name,
        "logicalType": logical,
        "physicalType": column.dtype,
        "required": column.required and not column.nullable,
    }
    limits = {
        name: value
        for name, value in (("minimum", column.minimum), ("maximum", column.maximum))
        if value is not None
    }
    if limits:
        told["logicalTypeOptions"] = limits
    if column.categories:
        told["quality"] = [
            {
                "type": "library",
                "metric": "invalidValues",
                "arguments": {"validValues": list(column.categories)},
                "mustBe": 0,
                "dimension": "conformity",
            }
        ]
    return told


def card(
    name: str,
    description: str,
    saved: Saved,
    signature: Signature,
    facts: Mapping[str, str],
    needs: Sequence[str],
) -> str:
    """Return the model card, in Markdown."""
    about = saved.about
    lines = [f"# {name}", ""]
    if description:
        lines += [description, ""]
    lines += [
        "| | |",
        "|---|---|",
        f"| Model | `{about['kind']}` |",
        f"| Format | {about['format']} |",
    ]
    lines += [f"| {_cell(key)} | {_cell(value)} |" for key, value in facts.items()]
    lines += ["", "## Input", "", *_schema_lines(signature.inputs)]
    lines += ["", "## Output", "", *_schema_lines(signature.outputs)]
    notes = [*saved.notes, *signature.warnings()]
    if notes:
        lines += ["", "## To be known", "", *[f"- {note}" for note in notes]]
    if about["imports"]:
        told = ", ".join(f"`{one}`" for one in about["imports"])
        lines += ["", "## What loading it imports", "", told]
    lines += [
        *("", "## Use", "", "```python", "from cellbook.packaging import load_bundle", ""),
        *('model = load_bundle("FOLDER")', "model.predict(data)", "```", ""),
        "mlflow reads it, too: `mlflow.pyfunc.load_model(FOLDER)`. What it needs is pinned in "
        "`requirements.txt`"
        + (f": {', '.join(needs[:6])}{' …' if len(needs) > 6 else ''}." if needs else "."),
    ]
    return "\n".join(lines) + "\n"


def _schema_lines(schema: Columns | Tensor | None) -> list[str]:
    if isinstance(schema, Tensor):
        shape = " × ".join("any" if size is None else str(size) for size in schema.shape)
        return [f"An array of {schema.dtype}, {shape}."]
    if not isinstance(schema, Columns):
        return ["Not said."]
    lines = ["| column | type | may be missing | values |", "|---|---|---|---|"]
    for column in schema.columns:
        missing = "yes" if column.nullable else "no"
        lines.append(
            f"| {_cell(column.name)} | {column.dtype} | {missing} | {_cell(_values(column))} |"
        )
    return lines


def _values(column: Column) -> str:
    if column.categories:
        shown = ", ".join(map(str, column.categories[:8]))
        return shown + (" …" if len(column.categories) > 8 else "")
    if column.minimum is not None or column.maximum is not None:
        low = "" if column.minimum is None else f"at least {column.minimum}"
        high = "" if column.maximum is None else f"at most {column.maximum}"
        return ", ".join(filter(None, (low, high)))
    if column.observed is not None:
        return f"{_short(column.observed[0])} to {_short(column.observed[1])} in the example"
    return ""


def _short(value: float | str) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
