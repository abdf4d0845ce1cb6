"""``python -m cellbook.serving``: the process that serves what its standard input says.

It ends when its starter does, as its standard input is then closed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO

from cellbook.errors import CellbookError, one_line
from cellbook.records.deployment import Deployment
from cellbook.records.shaping import read_record
from cellbook.serving.deployments import check
from cellbook.serving.lines import own_stdout, read_lines, write_line
from cellbook.serving.settings import settings_of
from cellbook.serving.supervisor import Supervisor


def main(say: IO[str]) -> None:
    """Serve what standard input says; tell of it on `say`."""
    told = json.loads(sys.stdin.readline())
    try:
        deployment: Deployment | Path = (
            Path(told["file"])
            if "file" in told
            else check(read_record(Deployment, told["deployment"]))
        )
        supervisor = Supervisor(
            deployment,
            settings_of(told["settings"]),
            lambda line: _tell(say, "said", line),
        )
        read_lines(sys.stdin, lambda message: supervisor.stop() if message is None else None)
        supervisor.run(lambda url: _tell(say, "serving", url), lambda url: _tell(say, "bound", url))
    except CellbookError as error:
        _tell(say, "trouble", str(error))
    except Exception as error:
        _tell(say, "trouble", one_line(error))
        raise


def _tell(say: IO[str], what: str, line: str) -> None:
    write_line(say, {what: line})


if __name__ == "__main__":
    main(own_stdout())
