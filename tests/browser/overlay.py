"""An environment on top of this one, with packages that the other tests must not have."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Overlay(NamedTuple):
    """An environment that has its own packages, and below them all of this one's."""

    python: Path
    variables: Mapping[str, str]
    """What Jupyter must be told to find the extensions of both."""


def make_overlay(folder: Path, *requirements: str) -> Overlay:
    """Make an environment with `requirements` installed on top of this one."""
    venv.create(folder, with_pip=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    # As a site's folder, so that what is installed in editable form is found, too.
    below = sysconfig.get_path("purelib")
    (Path(packages) / "below.pth").write_text(f"import site; site.addsitedir({below!r})\n")
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *requirements], check=True, timeout=240
    )
    prefixes = [str(folder), sys.prefix]
    return Overlay(
        python,
        {
            "JUPYTER_PATH": os.pathsep.join(f"{prefix}/share/jupyter" for prefix in prefixes),
            "JUPYTER_CONFIG_PATH": os.pathsep.join(f"{prefix}/etc/jupyter" for prefix in prefixes),
        },
    )
