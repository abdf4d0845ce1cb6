"""What else of a process's surroundings changes results: variables, libraries, odd packages."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cellbook.capture.secrets import mask
from cellbook.records import encodable

_ALLOWED = re.compile(
    r"PYTHONHASHSEED|PYTHONOPTIMIZE|PYTHONUTF8|TZ|LANG|LC_(?:ALL|NUMERIC|COLLATE|CTYPE|TIME)"
    r"|(?:OMP|MKL|OPENBLAS|BLIS|NUMEXPR|VECLIB_MAXIMUM|NUMBA)_(?:NUM_)?THREADS|MKL_CBWR"
    r"|OPENBLAS_CORETYPE|CUBLAS_WORKSPACE_CONFIG|CUDA_VISIBLE_DEVICES|CUDA_LAUNCH_BLOCKING"
    r"|NVIDIA_TF32_OVERRIDE|PYTORCH_CUDA_ALLOC_CONF|TF_(?:DETERMINISTIC_OPS|CUDNN_DETERMINISTIC"
    r"|ENABLE_ONEDNN_OPTS)|XLA_FLAGS|JAX_(?:ENABLE_X64|PLATFORMS|DEFAULT_MATMUL_PRECISION)"
    r"|TOKENIZERS_PARALLELISM|KERAS_BACKEND"
)
"""The variables that are recorded: those that are known to change numbers, and no others."""
_LONGEST = 300
_LIBRARY = re.compile(r"lib(openblas|scipy_openblas|mkl_rt|cudart|cudnn|gfortran)")


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that change results, secrets masked."""
    return {
        name: mask(encodable(value[:_LONGEST]))
        for name, value in sorted(environ.items())
        if _ALLOWED.fullmatch(name)
    }


def libraries(path: Iterable[str]) -> dict[str, str]:
    """Return the libraries that matter: libc, and of BLAS and CUDA what packages bring along."""
    found: dict[str, str] = {}
    name, version = platform.libc_ver()
    if name:
        found["libc"] = f"{name} {version}"
    found |= _bundled(path)
    torch = sys.modules.get("torch")
    cuda = getattr(getattr(torch, "version", None), "cuda", None)
    if isinstance(cuda, str):
        found["CUDA"] = cuda
    return found


def _bundled(path: Iterable[str]) -> dict[str, str]:
    """Return the numeric libraries that packages bring along, by the names of their files."""
    found: dict[str, str] = {}
    for entry in path:
        for folder in ("numpy.libs", "scipy.libs", "nvidia/cuda_runtime/lib", "nvidia/cudnn/lib"):
            try:
                files = sorted(os.listdir(Path(entry or ".", folder)))  # noqa: PTH208
            except OSError:
                continue
            for file in files:
                known = _LIBRARY.match(file)
                if known:
                    found.setdefault(f"{known[1]} ({folder.partition('/')[0]})", file)
    return found


def sources(path: Iterable[str]) -> dict[str, Any]:
    """Return what ``direct_url.json`` says of packages that are of no registry, by their names."""
    found: dict[str, Any] = {}
    for entry in path:
        try:
            names = os.listdir(entry or ".")  # noqa: PTH208
        except OSError:
            continue
        for name in names:
            if not name.endswith(".dist-info"):
                continue
            try:
                text = Path(entry, name, "direct_url.json").read_text(encoding="utf-8")
                told = json.loads(text)
            except (OSError, ValueError):
                continue
            if isinstance(told, dict) and isinstance(told.get("url"), str):
                told["url"] = mask(told["url"])
                package = re.sub(r"[-_.]+", "-", name.partition("-")[0]).lower()
                found.setdefault(package, told)
    return dict(sorted(found.items()))
