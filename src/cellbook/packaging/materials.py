"""The bill of materials of a bundle: CycloneDX 1.7, with the model as a component of its own."""

from __future__ import annotations

import json
import os
import re
import uuid
from pathlib import Path
from typing import Any

from cellbook._version import __version__
from cellbook.packaging.bundle import Bundle, open_bundle
from cellbook.packaging.environment import canonical_name
from cellbook.packaging.signature import Columns, Signature, Tensor

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:cellbook:bundle")


def bill_of_materials(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what a bundle is made of, as CycloneDX 1.7 in JSON; the same bundle gives the same.

    The model is a component of type ``machine-learning-model`` with its card; its files are below
    it by their SHA-256, and the packages that it requires beside it, on which it depends.

    Raises
    ------
    InvalidBundle
        If it is damaged.
    """
    bundle = open_bundle(folder)
    model = {
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": bundle.about["name"],
        "version": bundle.digest.rpartition(":")[2][:16],
        **({"description": bundle.about["description"]} if bundle.about["description"] else {}),
        "modelCard": _card(bundle),
        "properties": [{"name": "cellbook:digest", "value": bundle.digest}],
        "components": [
            {
                "type": "file",
                "bom-ref": f"file:{entry.path}",
                "name": entry.path,
                "hashes": [{"alg": "SHA-256", "content": entry.sha256}],
            }
            for entry in bundle.manifest.entries
        ],
    }
    packages = [_package(line) for line in bundle.requirements]
    refs = [package["bom-ref"] for package in packages]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": uuid.uuid5(_NAMESPACE, bundle.digest).urn,
        "version": 1,
        "metadata": {
            "tools": {
                "components": [{"type": "application", "name": "cellbook", "version": __version__}]
            },
            "component": model,
        },
        "components": packages,
        "dependencies": [
            {"ref": "model", **({"dependsOn": refs} if refs else {})},
            *({"ref": ref} for ref in refs),
        ],
    }


def write_bill_of_materials(folder: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Write the bill of materials of a bundle into a file, which lies outside of it."""
    file = Path(target)
    text = json.dumps(bill_of_materials(folder), indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8", newline="\n")
    return file


def _package(line: str) -> dict[str, Any]:
    name, _, version = re.sub(r"\s", "", line).partition("==")
    key = canonical_name(name)
    purl = f"pkg:pypi/{key}@{version.replace('+', '%2B')}" if version else f"pkg:pypi/{key}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": key,
        **({"version": version} if version else {}),
        "purl": purl,
    }


def _card(bundle: Bundle) -> dict[str, Any]:
    kind = str(bundle.about["model"]["kind"])
    card: dict[str, Any] = {
        "modelParameters": {
            "modelArchitecture": kind,
            "inputs": _formats(bundle.signature, "inputs"),
            "outputs": _formats(bundle.signature, "outputs"),
        }
    }
    facts = [
        {"name": f"cellbook:{name}", "value": value}
        for name, value in bundle.about["facts"].items()
    ]
    return {**card, **({"properties": facts} if facts else {})}


def _formats(signature: Signature, side: str) -> list[dict[str, str]]:
    schema = getattr(signature, side)
    if isinstance(schema, Columns):
        return [{"format": f"{column.name}: {column.dtype}"} for column in schema.columns]
    if isinstance(schema, Tensor):
        shape = ", ".join("any" if size is None else str(size) for size in schema.shape)
        return [{"format": f"{schema.dtype} ({shape})"}]
    return []
