"""Reads the code blocks of a Markdown page, and runs them in order as a reader would.

Python blocks run as cells of one real IPython kernel a page, magics and all; shell blocks that
begin with ``cellbook`` run in a shell; both in the same folder.  A block that must not run says
why, in a comment directly above it::

    <!-- not tested: asks for a password -->

Blocks in other languages (output, JSON, diagrams) are reading matter.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

PYTHON = ("python", "py", "ipython")
SHELL = ("bash", "sh", "shell", "console")

CELL_LIMIT = 120
"""Seconds for one Python block."""

COMMAND_LIMIT = 300
"""Seconds for one shell block."""

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+-]*)")
REASON = re.compile(r"^\s*<!--\s*not tested:\s*(?P<reason>.*?)\s*-->\s*$")


class BlockError(AssertionError):
    """A block that failed, or that cannot be run and does not say why."""


@dataclass(frozen=True)
class Block:
    """One fenced block of code."""

    page: Path
    line: int
    """Number of its first line of code, from 1."""
    language: str
    code: str
    not_tested: str
    """Why it is not run; empty for a block that is."""

    @property
    def place(self) -> str:
        """Where it stands, as editors and terminals link it."""
        return f"{self.page.name}:{self.line}"

    @property
    def command(self) -> str:
        """A shell block's commands, without the prompts and the output of a ``console`` block."""
        if self.language != "console":
            return self.code
        lines = [line for line in self.code.splitlines() if line.startswith(("$ ", "> "))]
        return "\n".join(line[2:] for line in lines)


def read_blocks(page: Path) -> list[Block]:
    """Return the page's blocks of Python and shell, in order.

    Raises
    ------
    BlockError
        If a fence is not closed, or a reason stands above no block.
    """
    blocks = []
    reason = ""
    lines = enumerate(page.read_text(encoding="utf-8").splitlines(), start=1)
    for number, line in lines:
        if opening := FENCE.match(line):
            code = "\n".join(_until_closed(page, number, opening, lines))
            language = opening["language"].lower()
            if language in (*PYTHON, *SHELL):
                blocks.append(Block(page, number + 1, language, code, reason))
            elif reason:
                raise BlockError(f"{page.name}:{number}: {language or 'plain'} blocks never run.")
            reason = ""
        elif said := REASON.match(line):
            reason = said["reason"] or "no reason given"
        elif line.strip() and reason:
            raise BlockError(f"{page.name}:{number}: 'not tested' stands above no block of code.")
    return blocks


def _until_closed(
    page: Path, start: int, opening: re.Match[str], lines: Iterator[tuple[int, str]]
) -> Iterator[str]:
    fence, indent = opening["fence"], len(opening["indent"])
    for _, line in lines:
        if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            return
        yield line[min(indent, len(line) - len(line.lstrip())) :]
    raise BlockError(f"{page.name}:{start}: this block is not closed.")


def run_page(page: Path, folder: Path) -> list[Block]:
    """Run the page's blocks in order in `folder`; return those that say they are not tested.

    Raises
    ------
    BlockError
        For the first block that fails, with its place, code and error.
    """
    blocks = read_blocks(page)
    tested = [block for block in blocks if not block.not_tested]
    for block in tested:
        if block.language in SHELL and not _begins_with_cellbook(block.command):
            raise BlockError(
                f"{block.place}: only shell blocks that begin with `cellbook` are run. Write "
                "`<!-- not tested: why -->` above this one."
            )
    with _kernel(folder) as kernel:
        for block in tested:
            if block.language in SHELL:
                _run_command(block, folder)
            else:
                _run_cell(block, kernel)
    return [block for block in blocks if block.not_tested]


def _begins_with_cellbook(command: str) -> bool:
    lines = [line for line in command.splitlines() if line.strip() and not line.startswith("#")]
    return bool(lines) and lines[0].split()[0] == "cellbook"


@contextmanager
def _kernel(folder: Path) -> Iterator[NotebookClient]:
    client = NotebookClient(nbformat.v4.new_notebook(), kernel_name="python3", timeout=CELL_LIMIT)
    with client.setup_kernel(cwd=str(folder), env=_environment()):
        yield client


def _run_cell(block: Block, client: NotebookClient) -> None:
    cell = nbformat.v4.new_code_cell(block.code)
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1)
    except CellExecutionError as error:
        raise BlockError(f"{block.place}: this block fails.\n{error}") from None


def _run_command(block: Block, folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.command],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_LIMIT,
    )
    if done.returncode != 0:
        raise BlockError(
            f"{block.place}: status {done.returncode} from\n{block.command}\n{done.stdout}"
        )


def _environment() -> dict[str, str]:
    """Return the surroundings of a reader who has activated the environment of these tests."""
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join((scripts, os.environ["PATH"]))}
