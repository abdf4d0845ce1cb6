"""The ``cellbook`` command: parse, call, print."""

from __future__ import annotations

import importlib
import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any, TextIO

from cellbook._version import __version__
from cellbook.cli.parsing import Parser, Stop, add_book
from cellbook.cli.wording import in_shell
from cellbook.errors import CellbookError, CellbookWarning

COMMANDS = {
    "demo": ("demo", "make, execute and show a tutorial notebook that trains real models"),
    "runs": ("listing", "list runs, the newest first: cellbook runs 'metrics.acc > 0.9'"),
    "compare": ("listing", "show how runs differ"),
    "leaderboard": ("boards", "rank runs: cellbook leaderboard best metric=acc"),
    "metric": ("boards", "say what a metric is to reach, and which way is better"),
    "data": ("data", "list, track, label, give back or delete versions of data sets"),
    "reproduce": ("reproducing", "run a run again in a fresh kernel, and compare"),
    "lineage": ("lineage", "tell where a run, data or a checkpoint comes from"),
    "show": ("details", "show all that is on record of a run"),
    "cells": ("details", "list executions of cells"),
    "checkpoints": ("checkpoints", "list notebook checkpoints, or write out their document"),
    "diff": ("checkpoints", "show how two checkpoints differ in cells and variables"),
    "run": ("changing", "rename, tag, note, archive, delete or restore runs"),
    "comments": ("comments", "list threads, begin one, answer in it or resolve it"),
    "fork": ("travelling", "take a notebook over from a run or a checkpoint, with a note"),
    "export": ("sharing", "write a run into one file that reopens elsewhere"),
    "import": ("sharing", "take in a run that was exported from another book"),
    "models": ("models", "list models, register them, approve of them, bring them to stages"),
    "bundle": ("bundles", "look at packaged models, check, pack and sign them"),
    "serve": ("serve", "answer requests with a packaged model: cellbook serve BUNDLE"),
    "score": ("serving", "predict a file of any size into another"),
    "deploy": ("serving", "say which models answer: canary, A/B, shadow, rollback, exports"),
    "monitor": ("monitoring", "tell what endpoints predicted, what drifted, how good they were"),
    "alarms": ("alarms", "keep alarm rules of endpoints, and say where alarms go"),
    "retrain": ("retraining", "train a model anew where a rule says so; the better one wins"),
    "dashboard": ("dashboards", "list dashboards, show one, or write it as one HTML file"),
    "verify": ("upkeep", "check every byte of the book"),
    "gc": ("upkeep", "empty the trash, and remove files that nothing names any more"),
    "doctor": ("upkeep", "check the book, this Python and its surroundings"),
}
"""Each command: the module of this package that knows it, and what it does in one line."""

VERBS = ("rename", "tag", "note", "archive", "unarchive", "delete", "restore")
"""What ``cellbook run`` can do."""

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell says of a process that died of SIGINT or SIGPIPE."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status.

    0 is success, 1 that something is wrong with what was looked at, 2 that the command could not
    be carried out: one line on standard error then says why, and what mends it.
    """
    if sys.stdout is None:  # As behind `>&-`; the next file to be opened would take its place.
        print("cellbook: standard output is closed. Send it to /dev/null.", file=sys.stderr)
        return 2
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # A terminal that knows no ▲ shows a mark for it.
    words = _as_meant(sys.argv[1:] if argv is None else argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status = _carry_out(words)
            sys.stdout.flush()
    except CellbookError as error:
        said = str(error.args[-1] if error.args else error)
        print(f"cellbook: {in_shell(said)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        _drop_output()  # Whoever read it has seen enough.
        return BROKEN_PIPE
    except OSError as error:
        if error.filename is None:
            _drop_output()
            what, mend = "The output cannot be written", "Send it elsewhere."
        else:
            what, mend = f"{error.filename} cannot be read or written", "Mend that and try again."
        print(f"cellbook: {what} ({error.strerror or error}). {mend}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    return status


def _carry_out(words: list[str]) -> int:
    try:
        args = _parser(words).parse_args(words)
        return int(args.call(args))
    except Stop as stop:
        return stop.status


def _drop_output() -> None:
    """Let what was not written go: Python's last flush would fail, and say so."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_meant(words: Sequence[str]) -> list[str]:
    """Let ``cellbook runs delete 12`` be what MLflow's users mean by it: no query is a verb."""
    meant = list(words)
    if meant[:1] == ["runs"] and meant[1:2] and meant[1] in VERBS:
        meant[0] = "run"
    return meant


def _parser(words: list[str]) -> Parser:
    """Return a parser that knows the options of the command in `words`, and of no other: each
    command's module is imported only when it is needed."""
    parser = Parser(
        prog="cellbook",
        description="The lab book that a notebook keeps by itself.",
        epilog="`cellbook COMMAND --help` explains a command.  Exit status: 0 all is well, "
        "1 something is wrong with what was looked at, 2 the command could not be carried out.",
    )
    parser.add_argument("--version", action="version", version=f"cellbook {__version__}")
    add_book(parser)
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    chosen = _command(words)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=_sentence(summary))
        if name == chosen:
            add_arguments: Any = importlib.import_module(f"cellbook.cli.{module}")
            getattr(add_arguments, f"add_{name}")(command)
    return parser


def _command(words: list[str]) -> str:
    """Return the first word that is no option of ``cellbook`` itself."""
    rest = iter(words)
    for word in rest:
        if word == "--book":
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return ""


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Say what Cellbook warns of in one line; other libraries' warnings are not the user's."""
    if issubclass(category, CellbookWarning):
        print(f"cellbook: {in_shell(str(message))}", file=sys.stderr)
