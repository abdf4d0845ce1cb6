"""Executes a notebook with a kernel of this very Python, and says how it gets on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from cellbook.errors import CellbookError

CELL_LIMIT = 600
"""Seconds that one cell may take."""

Tell: TypeAlias = Callable[[int, str], None]
"""Called before each code cell with its place among them, from 1, and its source."""


class CellFailed(CellbookError):
    """A cell that was not meant to failed, or its kernel died."""


class ThisPython(KernelSpecManager):
    """Knows one kernel: an ipykernel of the Python that runs.

    The installed spec ``python3`` may belong to another Python, where Cellbook is not installed.
    """

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it, whatever it is called."""
        return KernelSpec(**get_kernel_dict())


def execute(
    notebook: Any, path: Path, environment: Mapping[str, str], tell: Tell = lambda _, __: None
) -> None:
    """Execute a notebook in place, in the folder of `path`.

    A cell with the tag ``raises-exception`` may fail.  Outputs and the state of widgets are in
    the notebook afterwards, those of the cells that ran also when an exception ends it.

    Parameters
    ----------
    notebook
        An nbformat notebook; its outputs are replaced.
    path
        Where it lies, or will.
    environment
        The environment variables of the kernel.
    tell
        Hears of each cell before it is executed.

    Raises
    ------
    CellFailed
        If a cell fails that must not, or takes longer than `CELL_LIMIT`, or the kernel dies.
    KeyboardInterrupt
        After an interrupt, when the cell under way has ended with it.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryFile("w+") as log:
        asyncio.run(_execute(notebook, path, environment, tell, log))


async def _execute(
    notebook: Any, path: Path, environment: Mapping[str, str], tell: Tell, log: IO[str]
) -> None:
    manager = AsyncKernelManager(kernel_spec_manager=ThisPython())
    client = NotebookClient(notebook, km=manager, timeout=CELL_LIMIT)
    stopping = _pass_interrupts_on(manager)
    await manager.start_kernel(
        cwd=str(path.parent),
        # As a Jupyter server does: by this name the kernel learns which notebook it belongs to.
        env={**environment, "JPY_SESSION_NAME": str(path)},
        extra_arguments=["--log-level=ERROR"],
        stdout=log,
        stderr=log,
    )
    try:
        await client.async_start_new_kernel_client()
        about = await client.async_wait_for_reply(client.kc.kernel_info())
        # As JupyterLab writes it: otherwise it would take the notebook for changed once opened.
        notebook.metadata.language_info = about["content"]["language_info"]
        await _execute_cells(client, tell, stopping)
    except RuntimeError as error:
        if stopping.is_set():
            raise KeyboardInterrupt from None
        log.seek(0)
        raise CellFailed(f"The kernel died. {error}\n{log.read()[-2000:]}".strip()) from error
    finally:
        client.set_widgets_metadata()
        if client.kc is not None:
            client.kc.stop_channels()
        await manager.shutdown_kernel()


async def _execute_cells(client: NotebookClient, tell: Tell, stopping: asyncio.Event) -> None:
    number = 0
    for index, cell in enumerate(client.nb.cells):
        if cell.cell_type != "code":
            continue
        number += 1
        name = f"Cell {number}, `{first_line(cell.source)}`,"
        tell(number, cell.source)
        failure = ""
        try:
            await client.async_execute_cell(cell, index)
        except CellExecutionError as error:
            failure = f"{name} failed with {error.ename}: {error.evalue}"
        except CellTimeoutError:
            failure = f"{name} took more than {CELL_LIMIT} s."
        except DeadKernelError:
            failure = f"{name} ended its kernel."
        if stopping.is_set():
            raise KeyboardInterrupt
        if failure:
            raise CellFailed(failure)


def _pass_interrupts_on(manager: AsyncKernelManager) -> asyncio.Event:
    """Let Ctrl-C interrupt the cell under way, as its user would: it is on record as that.

    Return the event that it sets.
    """
    stopping = asyncio.Event()
    pending: list[asyncio.Future[None]] = []

    def interrupt() -> None:
        stopping.set()
        pending.append(asyncio.ensure_future(manager.interrupt_kernel()))

    with contextlib.suppress(RuntimeError, NotImplementedError):  # Not in the main thread.
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupt)
    return stopping


def first_line(source: str) -> str:
    """Return the first line of a cell that says something."""
    lines = (line.strip() for line in source.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def kernel_environment() -> dict[str, str]:
    """Return the environment of a kernel that keeps its book beside its notebook."""
    return {name: value for name, value in os.environ.items() if name != "CELLBOOK_URL"}
