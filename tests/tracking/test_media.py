from __future__ import annotations

import subprocess
import sys

from cellbook.tracking import media

HEAVY = ("numpy", "pandas", "matplotlib", "PIL", "pyarrow", "polars", "plotly", "yaml", "torch")


def test_media_exports_what_it_names() -> None:
    public = {name for name in dir(media) if name.startswith("encode_")}
    assert public <= set(media.__all__)
    assert all(hasattr(media, name) for name in media.__all__)


def test_media_imports_no_heavy_library() -> None:
    code = f"import sys, cellbook.tracking.media; print(*(set({HEAVY}) & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
