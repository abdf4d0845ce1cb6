"""What a session runs on: interpreter, packages, hardware, operating system, code.

Whatever is missing or broken on a machine leaves its field empty; nothing here raises.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from cellbook.capture.git import capture_git
from cellbook.capture.outputs import human_size
from cellbook.capture.secrets import mask_argv
from cellbook.capture.surroundings import libraries, sources, variables
from cellbook.records import Environment, encodable, to_doc

T = TypeVar("T")

_VOLATILE = ("environment_id", "hostname", "memory")
"""What differs from one container or boot to the next, and makes no other environment."""

_METADATA = re.compile(r"([A-Za-z0-9._]+)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info")


def capture_environment(
    cwd: str | os.PathLike[str] | None = None, argv: Sequence[str] | None = None
) -> Environment:
    """Describe what this process runs on.

    Parameters
    ----------
    cwd
        The folder of the notebook or script, where git is asked; None for the working directory.
    argv
        The command line; None for this process's own.  Secrets are masked, and the random name
        of a kernel's connection file is taken out.

    Returns
    -------
    Environment
        Its id is a digest of its content without the host's name and the bytes of memory: equal
        environments have equal ids.  Takes some 30 ms, most of it git's; any thread may call it.
    """
    # Not Path.absolute, which keeps "..".
    folder = _try(lambda: os.path.abspath(cwd or "."), "")  # noqa: PTH100
    command = _without_connection_file(mask_argv(sys.orig_argv if argv is None else argv))
    environment = Environment(
        environment_id="",
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        executable=encodable(sys.executable or ""),
        platform=_try(platform.platform, ""),
        os=_try(_system, ""),
        hostname=_try(platform.node, ""),
        cpu=_try(_cpu, ""),
        cpu_count=os.cpu_count() or 0,
        memory=_try(_memory, 0),
        gpus=_try(gpus, ()),
        packages=_try(lambda: installed_packages(sys.path), {}),
        command=tuple(encodable(part) for part in command),
        cwd=encodable(folder),
        git=_try(lambda: capture_git(folder), None),
        variables=_try(lambda: variables(os.environ), {}),
        libraries=_try(lambda: libraries(sys.path), {}),
        sources=_try(lambda: sources(sys.path), {}),
    )
    return replace(environment, environment_id=environment_id(environment))


def environment_id(environment: Environment) -> str:
    """Return 32 hex digits that equal environments share."""
    doc = {key: value for key, value in to_doc(environment).items() if key not in _VOLATILE}
    text = json.dumps(doc, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _without_connection_file(command: Sequence[str]) -> list[str]:
    """Take out the name of the file that a kernel is started with: it is another each time."""
    if not any("kernel" in part for part in command):
        return list(command)
    return [
        re.sub(r"(--f=)?.*\.json", r"\1kernel.json", part)
        if part.startswith("--f=") or former == "-f"
        else part
        for former, part in zip(["", *command], command, strict=False)
    ]


def _try(ask: Callable[[], T], otherwise: T) -> T:
    try:
        return ask()
    except Exception:
        # A description of the machine is never worth an error in the user's notebook.
        return otherwise


# ── packages ──────────────────────────────────────────────────────────────────────────────────


def installed_packages(path: Iterable[str]) -> dict[str, str]:
    """Return the installed distributions: normalised name to version, sorted.

    Of two with the same name the one that is first on `path` counts: that one is imported.  Names
    and versions are read from the names of the metadata folders, which is a hundred times quicker
    than reading the metadata; only folders that do not tell are opened.
    """
    found: dict[str, str] = {}
    for entry in path:
        for name, version in _distributions(entry or "."):
            found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
    return dict(sorted(found.items()))


def _distributions(entry: str) -> Iterator[tuple[str, str]]:
    try:
        names = os.listdir(entry)  # noqa: PTH208 - Path.iterdir would make an object for each file
    except NotADirectoryError:
        yield from _read_metadata(entry)  # a zip file
        return
    except OSError:
        return
    opened = False
    for name in names:
        # Pip leaves a tilde before what it could not take away.
        if not name.endswith((".dist-info", ".egg-info", "EGG-INFO")) or name.startswith("~"):
            continue
        told = _METADATA.fullmatch(name)
        if told:
            yield told[1], told[2]
        elif not opened:
            opened = True
            yield from _read_metadata(entry)


def _read_metadata(entry: str) -> Iterator[tuple[str, str]]:
    # Imported when needed: it brings the e-mail parser along.
    from importlib.metadata import distributions  # noqa: PLC0415

    for distribution in distributions(path=[entry]):
        try:
            metadata = distribution.metadata
        except FileNotFoundError:
            # The importlib_metadata package, once imported, answers here and raises this for a
            # folder without metadata; the standard library takes such a folder as nameless.
            continue
        if "Name" in metadata and "Version" in metadata:
            yield metadata["Name"], metadata["Version"]


# ── hardware ──────────────────────────────────────────────────────────────────────────────────


def _system() -> str:
    if sys.platform == "linux":
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return f"{platform.system()} {platform.release()}"


def _cpu() -> str:
    if sys.platform == "linux":
        # On ARM there may be no model name; the architecture says something at least.
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        model = re.search(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", text, re.MULTILINE)
        return model[1].strip() if model else platform.machine()
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=2, check=True
        ).stdout.strip()
    return platform.processor() or platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        # Where there is no sysconf; psutil takes 15 ms to import.
        import psutil  # noqa: PLC0415

        return int(psutil.virtual_memory().total)


def gpus(devices: str = "/dev", driver: str = "/proc/driver/nvidia") -> tuple[str, ...]:
    """Return this machine's NVIDIA GPUs, such as ``NVIDIA H200, 150.8 GB, driver 575.57``.

    NVIDIA's library is asked if it is installed (``nvidia-ml-py``), else the driver's files.

    Parameters
    ----------
    devices, driver
        Folders of the device files and of the driver's own.
    """
    # Without a device file the library would look for a driver for a long time, or find a stub.
    if not any((Path(devices) / name).exists() for name in ("nvidiactl", "nvidia0", "dxg")):
        return ()
    if importlib.util.find_spec("pynvml") is not None:
        none: tuple[str, ...] = ()
        found = _try(_gpus_of_library, none)
        if found:
            return found
    cards = sorted(Path(driver).glob("gpus/*/information"))
    models = (re.search(r"^Model:\s*(.+)$", card.read_text(), re.MULTILINE) for card in cards)
    return tuple(model[1].strip() for model in models if model)


def _gpus_of_library() -> tuple[str, ...]:
    # Optional, and of no use without a GPU.
    import pynvml  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    def text(value: str | bytes) -> str:
        return value.decode() if isinstance(value, bytes) else value

    pynvml.nvmlInit()
    try:
        driver = text(pynvml.nvmlSystemGetDriverVersion())
        cards = []
        for number in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(number)
            memory = human_size(int(pynvml.nvmlDeviceGetMemoryInfo(handle).total))
            cards.append(f"{text(pynvml.nvmlDeviceGetName(handle))}, {memory}, driver {driver}")
        return tuple(cards)
    finally:
        pynvml.nvmlShutdown()
