"""Finds a Chromium for the browser tests, or gets one.

As a command (``python tests/browser/chromium.py``) it makes sure that there is one, says which, and
installs one where it may: from Debian as root, else Playwright's own build for this user.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

OVERRIDE = "CELLBOOK_CHROMIUM"
"""Environment variable with the path of the browser to use, before all others."""

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "chromium-headless-shell",
)

MAC_APPLICATIONS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
)

HOW_TO_GET_ONE = (
    "The browser tests need a Chromium or Chrome, and none was found. Install one: on Debian "
    "`apt-get install chromium`, on macOS `brew install --cask chromium` or Google Chrome, "
    "anywhere `python -m playwright install chromium`. One that lies elsewhere is named by the "
    f"environment variable {OVERRIDE}."
)


def find_chromium(playwrights_own: Path) -> Path | None:
    """Return a browser that starts, or None.

    Parameters
    ----------
    playwrights_own
        Where Playwright would have put the one it downloads.

    Raises
    ------
    FileNotFoundError
        If `OVERRIDE` names something that is no working browser: whoever set it wants that one.
    """
    if chosen := os.environ.get(OVERRIDE):
        if version_of(Path(chosen)):
            return Path(chosen)
        raise FileNotFoundError(
            f"{OVERRIDE} is {chosen!r}, which does not start as a browser. Correct or unset it."
        )
    installed = [Path(path) for name in COMMANDS if (path := shutil.which(name))]
    if sys.platform == "darwin":
        roots = (Path("/Applications"), Path.home() / "Applications")
        installed += [root / name for root in roots for name in MAC_APPLICATIONS]
    # A browser must prove itself: on Ubuntu, chromium-browser is a script that asks for a snap.
    return next((path for path in (*installed, playwrights_own) if version_of(path)), None)


def version_of(browser: Path) -> str:
    """Return what the browser says of its version; empty where it does not start."""
    try:
        done = subprocess.run([browser, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def provide_chromium() -> Path:
    """Return a browser, installing one where that is allowed; exit with the reason otherwise."""
    own = _playwrights_own()
    if found := find_chromium(own):
        return found
    failures = []
    if _is_debian() and _as_root() is None:
        failures.append("apt-get: needs root, or a sudo that does not ask for a password")
    for commands in _ways_to_install():
        if (failure := _run_all(commands)) is None:
            if found := find_chromium(own):
                return found
            failure = f"`{shlex.join(commands[-1])}` ended well, but no browser that starts came"
        print(failure, file=sys.stderr, flush=True)
        failures.append(failure)
    tried = "".join(f"\n  tried: {failure}" for failure in failures)
    sys.exit(f"{HOW_TO_GET_ONE}{tried}")


def _playwrights_own() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _ways_to_install() -> list[list[list[str]]]:
    """Return the ways that are open on this machine; each is a list of commands."""
    ways = []
    if _is_debian() and (prefix := _as_root()) is not None:
        apt = [*prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120"]
        ways.append(
            [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", "chromium"]]
        )
    ways.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    return ways


def _is_debian() -> bool:
    # Debian itself only: what Ubuntu calls chromium is a snap, which needs a running snapd.
    return (
        sys.platform == "linux"
        and shutil.which("apt-get") is not None
        and platform.freedesktop_os_release().get("ID") in ("debian", "raspbian")
    )


def _as_root() -> list[str] | None:
    """Return what to put before a command to run it as root; None where one may not."""
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("sudo") is None:
        return None
    asks_nothing = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"] if asks_nothing else None


def _run_all(commands: list[list[str]]) -> str | None:
    """Run the commands up to the first that fails; return which and how, or None."""
    for command in commands:
        print(f"$ {shlex.join(command)}", flush=True)
        try:
            code = subprocess.run(command, timeout=600, stdin=subprocess.DEVNULL).returncode
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"`{shlex.join(command)}`: {error}"
        if code != 0:
            return f"`{shlex.join(command)}` ended with status {code}"
    return None


if __name__ == "__main__":
    try:
        browser = provide_chromium()
    except FileNotFoundError as error:
        sys.exit(str(error))
    print(f"browser tests use {browser}: {version_of(browser)}")
