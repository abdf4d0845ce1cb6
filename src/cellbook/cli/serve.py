"""``cellbook serve``: a model behind HTTP, until Ctrl-C.

What it needs takes seconds to import, so that is done when the first line stands there.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.cli.parsing import add_book, check_writable, open_book
from cellbook.errors import InvalidInput

if TYPE_CHECKING:
    from cellbook.serving import Factory

TOKEN = "CELLBOOK_SERVE_TOKEN"
"""The variable of the environment that holds a token, for where there is no file."""

_SETTINGS = (
    "host", "port", "workers", "open_to_all", "trust", "ignore_unknown", "max_body", "max_held",
    "patience",
)  # fmt: skip
_LIMITS = ("batch_rows", "queue_rows")
"""Options of `Settings` and of its limits, whose defaults hold where none is given."""

_ENDING = (
    b"\ncellbook: it ends when requests under way are answered; Ctrl-C again ends it at once\n"
)


def add_serve(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook serve`` takes."""
    add_book(parser)
    what = "a bundle, or a version in the book (wine, wine/7, models:/wine@champion)"
    parser.add_argument("model", metavar="MODEL", help=f"{what}, or a deployment's JSON file")
    parser.add_argument("--name", help="of the endpoint (else the model's)")
    parser.add_argument("--host", help="the address (else this machine's)")
    parser.add_argument("--port", type=int, help="else 8080; 0 for any that is free")
    parser.add_argument("--workers", type=int, metavar="N", help="processes that answer (else 1)")
    parser.add_argument(
        "--token-file", metavar="FILE", help=f"tokens, one a line (else what {TOKEN} says)"
    )
    parser.add_argument(
        "--open-to-all", action="store_true", help="let other machines ask without a token"
    )
    parser.add_argument("--trust", action="store_true", help="let code in it run, as a pickle is")
    parser.add_argument(
        "--ignore-unknown", action="store_true", help="leave out columns that it does not take"
    )
    parser.add_argument("--max-body", type=int, metavar="BYTES", help="of a request (else 16 MiB)")
    parser.add_argument(
        "--max-held", type=int, metavar="BYTES",
        help="of all requests that a worker has not answered yet (else 256 MiB)",
    )  # fmt: skip
    parser.add_argument("--batch-rows", type=int, metavar="N", help="at once, at most (else 1024)")
    parser.add_argument("--queue-rows", type=int, metavar="N", help="that may wait (else 10,000)")
    parser.add_argument(
        "--patience", type=float, metavar="SECONDS",
        help="that a model may take at once; then its process is replaced (else 60; 0: for ever)",
    )  # fmt: skip
    logs = parser.add_mutually_exclusive_group()
    logs.add_argument("--record", action="store_true", help="predictions, in the book")
    logs.add_argument("--log", metavar="FUNCTION", help="package.module:function, told of each")
    parser.add_argument(
        "--sample", type=float, metavar="SHARE", help="of them that --record keeps (else all)"
    )
    parser.set_defaults(call=_serve)


def _serve(args: argparse.Namespace) -> int:
    _say(f"loading {args.model} …")
    from cellbook.in_service import names  # noqa: PLC0415 - heavy
    from cellbook.serving import Settings  # noqa: PLC0415 - heavy
    from cellbook.serving.asking import ask  # noqa: PLC0415 - heavy
    from cellbook.serving.batching import Limits  # noqa: PLC0415 - heavy
    from cellbook.serving.server import what_to_serve  # noqa: PLC0415 - heavy
    from cellbook.serving.supervisor import Supervisor  # noqa: PLC0415 - heavy

    settings = Settings(
        **_given(args, _SETTINGS),
        tokens=_tokens(args.token_file),
        limits=Limits(**_given(args, _LIMITS)),
        resolver=names(_book(args)),
        log=_log(args),
    )
    supervisor = Supervisor(what_to_serve(args.model, args.name), settings, _say)
    interrupted = 0

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        interrupted += 1
        if interrupted > 1:
            supervisor.stop_at_once()
            raise KeyboardInterrupt
        supervisor.stop()
        # The line under way, if there is one, has its buffer: what is printed may not go there.
        os.write(sys.stderr.fileno(), _ENDING)

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())

    def ready(url: str) -> None:
        _say(f"{supervisor} at {url}")
        told = ask(url, "/", settings.tokens)
        if told is not None and told["try"]:
            _say(f"try it: {told['try']}")

    supervisor.run(ready)
    return 0


def _given(args: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(args, name) for name in names if getattr(args, name) is not None}


def _log(args: argparse.Namespace) -> Factory | None:
    from cellbook.in_service import recording  # noqa: PLC0415 - heavy
    from cellbook.serving.resolving import factory_of  # noqa: PLC0415 - heavy

    if args.record:
        check_writable(open_book(args))
        return recording(_book(args), 1.0 if args.sample is None else args.sample)
    if args.sample is not None:
        raise InvalidInput("--sample says which share --record keeps. Give both.")
    return factory_of(args.log) if args.log else None


def _book(args: argparse.Namespace) -> str | None:
    return getattr(args, "book", None)


def _say(line: str) -> None:
    print(line, flush=True)


def _tokens(file: str | None) -> tuple[str, ...]:
    if file is None:
        token = os.environ.pop(TOKEN, "")
        return (token,) if token else ()
    lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    tokens = tuple(line.strip() for line in lines if line.strip())
    if not tokens:
        raise InvalidInput(f"There is no token in {file}. Write one a line.")
    return tokens
