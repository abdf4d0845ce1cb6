"""A terminal that nobody looks at is one for who prints to it, and swallows all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from cellbook.reproducing.screens import screen


def test_where_there_was_none_there_is_none() -> None:
    with screen(0) as output:
        assert output == subprocess.DEVNULL


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_screen_is_a_terminal_that_never_fills() -> None:
    look = (
        "import os, sys\n"
        "size = os.get_terminal_size(1).columns\n"
        "sys.stdout.write('x' * 3_000_000)\n"
        "sys.exit(size if sys.stdout.isatty() else 1)\n"
    )
    with screen(131) as output:
        assert os.isatty(output)
        done = subprocess.run([sys.executable, "-c", look], stdout=output, timeout=60, check=False)
    assert done.returncode == 131
    until = time.monotonic() + 10
    while any(one.name == "cellbook-screen" for one in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.01)
