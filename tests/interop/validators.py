"""The programs of others that read what we write."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():
    # Parts of the reference implementation are older than Python's and rdflib's own advice.
    warnings.simplefilter("ignore")
    import mlcroissant
    from rocrate.rocrate import ROCrate


def read_croissant(told: dict[str, Any], caplog: pytest.LogCaptureFixture) -> Any:
    """Return the metadata that MLCommons' reference implementation reads, without a word of
    complaint."""
    caplog.clear()
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.filterwarnings("ignore", message=".*is deprecated.*", category=DeprecationWarning)
        found = mlcroissant.Dataset(jsonld=told).metadata
    assert [record.getMessage() for record in caplog.records] == []
    assert found.ctx.issues.report() == ""
    return found


def read_crate(place: Path) -> Any:
    """Return the crate that the reference implementation reads."""
    return ROCrate(place)
