"""Checks a bundle where only what it requires is installed: loads it, runs its recorded tests.

``python -m cellbook_bundle FOLDER`` prints one line of JSON: ``{"problem", "tests"}``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .checks import run_checks
from .models import load


def main(folder: str) -> int:
    """Check the bundle in `folder`; return 0 if all is well."""
    report: dict[str, object] = {"problem": "", "tests": []}
    failed = False
    try:
        tests = run_checks(Path(folder), load(Path(folder), trust=True))
        report["tests"] = tests
        failed = any(test["problem"] for test in tests)
    except Exception as error:
        report["problem"] = f"The model does not load: {type(error).__name__}: {error}"[:2000]
        failed = True
    print(json.dumps(report))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
