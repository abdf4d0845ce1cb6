"""``cellbook serve``, ``cellbook deploy``, ``cellbook score``: models at work."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from cellbook.cli.output import as_json
from cellbook.cli.parsing import Parser, add_book, add_forms, check_writable, open_book
from cellbook.errors import InvalidInput
from cellbook.in_service import bundle_at, deployed_name, names, recording
from cellbook.records.base import to_doc
from cellbook.records.deployment import Deployment
from cellbook.serving import (
    Factory,
    Settings,
    canary,
    promote,
    read_deployment,
    rollback,
    score_file,
    shadow,
    single,
    split,
    write_deployment,
)
from cellbook.serving.batching import Limits
from cellbook.serving.exporting import write_docker, write_kserve, write_mlserver
from cellbook.serving.resolving import factory_of
from cellbook.serving.server import endpoint_name, what_to_serve
from cellbook.serving.supervisor import Supervisor

TOKEN = "CELLBOOK_SERVE_TOKEN"
"""The variable of the environment that holds a token, for where there is no file."""
_MODEL = "a bundle, or a version in the book (wine, wine/7, models:/wine@champion)"


def add_serve(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook serve`` takes."""
    add_book(parser)
    parser.add_argument("model", metavar="MODEL", help=f"{_MODEL}, or a deployment's JSON file")
    parser.add_argument("--name", help="of the endpoint (else the model's)")
    parser.add_argument("--host", default=Settings.host, help="the address (else this machine's)")
    parser.add_argument("--port", type=int, default=Settings.port, help="0 for any that is free")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that answer")
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
    parser.add_argument(
        "--max-body", type=int, default=Settings.max_body, metavar="BYTES", help="of a request"
    )
    parser.add_argument(
        "--max-held", type=int, default=Settings.max_held, metavar="BYTES",
        help="of all requests that a worker has not answered yet",
    )  # fmt: skip
    limits = Limits()
    parser.add_argument(
        "--batch-rows", type=int, default=limits.batch_rows, metavar="N", help="at once, at most"
    )
    parser.add_argument(
        "--queue-rows", type=int, default=limits.queue_rows, metavar="N", help="that may wait"
    )
    parser.add_argument(
        "--patience", type=float, default=Settings.patience, metavar="SECONDS",
        help="that a model may take at once; then its process is replaced (0: for ever)",
    )  # fmt: skip
    logs = parser.add_mutually_exclusive_group()
    logs.add_argument("--record", action="store_true", help="predictions, in the book")
    logs.add_argument("--log", metavar="FUNCTION", help="package.module:function, told of each")
    parser.add_argument(
        "--sample", type=float, metavar="SHARE", help="of them that --record keeps (else all)"
    )
    parser.set_defaults(call=_serve)


def add_score(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook score`` takes."""
    add_book(parser)
    parser.add_argument("bundle", metavar="MODEL", help=_MODEL)
    parser.add_argument("source", metavar="FILE", help=".csv, .parquet, .arrow or .feather")
    parser.add_argument("target", metavar="TARGET", help="a new file, in any of these forms")
    parser.add_argument("--keep", action="append", metavar="COLUMN", help="copy it, too")
    parser.add_argument("--rows", type=int, default=50_000, metavar="N", help="at a time")
    parser.add_argument("--trust", action="store_true", help="let code in it run, as a pickle is")
    parser.set_defaults(call=_score)


def add_deploy(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook deploy`` takes."""
    add_book(parser)
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)

    def verb(
        name: str, summary: str, call: Callable[[argparse.Namespace], int], what: str = "file"
    ) -> Parser:
        added: Parser = verbs.add_parser(name, help=summary, description=summary)
        if what == "file":
            added.add_argument("file", metavar="FILE", help="the deployment")
        else:
            added.add_argument("bundle", metavar="MODEL", help=_MODEL)
        added.set_defaults(call=call)
        add_book(added)
        return added

    def model(added: Parser) -> Parser:
        added.add_argument("model", metavar="MODEL", help=_MODEL)
        return added

    new = model(verb("new", "write a deployment of one model", _new))
    new.add_argument("--name", help="of the endpoint (else the model's)")
    add_forms(verb("show", "say which arms there are", _show), "json")
    few = model(verb("canary", "let a model answer a few", _change(_canary)))
    few.add_argument("percent", type=float, metavar="PERCENT", help="of the requests")
    beside = model(verb("split", "let a model answer beside the champion (A/B)", _change(_split)))
    beside.add_argument("--arm", default="b", metavar="NAME", help="what its arm is called")
    beside.add_argument("--weight", type=float, default=1.0, help="the champion has 1")
    asked = model(verb("shadow", "ask a model, too, that nobody hears", _change(_shadow)))
    asked.add_argument("--share", type=float, default=1.0, help="of the requests, from 0 to 1")
    winner = verb("promote", "make one arm the only one", _change(_promote))
    winner.add_argument("arm", metavar="ARM", help="its name")
    verb("rollback", "bring back what was before", _change(_rollback))
    docker = verb("docker", "write what builds an image that serves a bundle", _docker, "bundle")
    docker.add_argument("target", metavar="FOLDER", help="a new folder")
    docker.add_argument("--trust", action="store_true", help="let code in it run, as a pickle is")
    kserve = verb("kserve", "write an InferenceService for KServe", _kserve, "bundle")
    kserve.add_argument("target", metavar="FILE", help="a new YAML file")
    where = kserve.add_mutually_exclusive_group(required=True)
    where.add_argument("--image", help="an image made by `cellbook deploy docker`")
    where.add_argument("--storage", metavar="URI", help="where KServe finds the bundle")
    kserve.add_argument("--canary", type=int, metavar="PERCENT", help="of the requests")
    mlserver = verb("mlserver", "write what MLServer serves a bundle by", _mlserver, "bundle")
    mlserver.add_argument("target", metavar="FOLDER", help="a new folder")


def _serve(args: argparse.Namespace) -> int:
    settings = Settings(
        host=args.host,
        port=args.port,
        workers=args.workers,
        tokens=_tokens(args.token_file),
        open_to_all=args.open_to_all,
        trust=args.trust,
        ignore_unknown=args.ignore_unknown,
        max_body=args.max_body,
        max_held=args.max_held,
        patience=args.patience,
        limits=Limits(args.batch_rows, args.queue_rows),
        resolver=names(_book(args)),
        log=_log(args),
    )
    supervisor = Supervisor(what_to_serve(args.model, args.name), settings, _say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.run(lambda url: _say(f"{supervisor} at {url}"))
    return 0


def _log(args: argparse.Namespace) -> Factory | None:
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
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    tokens = tuple(line.strip() for line in lines if line.strip())
    if not tokens:
        raise InvalidInput(f"There is no token in {file}. Write one a line.")
    return tokens


def _score(args: argparse.Namespace) -> int:
    with bundle_at(args.bundle, _book(args)) as bundle:
        rows = score_file(
            bundle.path, args.source, args.target, keep=args.keep or (), rows=args.rows,
            trust=args.trust or bundle.own,
            say=lambda done: print(f"{done:,} rows", file=sys.stderr),
        )  # fmt: skip
    print(f"{rows:,} rows scored into {args.target}")
    return 0


def _new(args: argparse.Namespace) -> int:
    if Path(args.file).exists():
        raise InvalidInput(f"{args.file} is there already. Change it, or name another.")
    name, model = args.name or endpoint_name(args.model), deployed_name(args.model, _book(args))
    write_deployment(single(name, model), args.file)
    return _tell(read_deployment(args.file))


def _show(args: argparse.Namespace) -> int:
    deployment = read_deployment(args.file)
    if args.form == "json":
        print(as_json(to_doc(deployment)))
        return 0
    return _tell(deployment)


def _tell(deployment: Deployment) -> int:
    print(f"{deployment.name}: {deployment.strategy.value}")
    for arm in deployment.arms:
        share = f"{arm.weight:.0%} asked" if arm.shadow else f"weight {arm.weight:g}"
        print(f"  {arm.name:<12}{share:<14}{arm.model}")
    return 0


def _change(
    change: Callable[[Deployment, argparse.Namespace], Deployment],
) -> Callable[[argparse.Namespace], int]:
    def call(args: argparse.Namespace) -> int:
        if hasattr(args, "model"):
            args.model = deployed_name(args.model, _book(args))
        changed = change(read_deployment(args.file), args)
        write_deployment(changed, args.file)
        return _tell(changed)

    return call


def _canary(deployment: Deployment, args: argparse.Namespace) -> Deployment:
    return canary(deployment, args.model, args.percent)


def _split(deployment: Deployment, args: argparse.Namespace) -> Deployment:
    return split(deployment, {args.arm: args.model}, {args.arm: args.weight})


def _shadow(deployment: Deployment, args: argparse.Namespace) -> Deployment:
    return shadow(deployment, args.model, share=args.share)


def _promote(deployment: Deployment, args: argparse.Namespace) -> Deployment:
    return promote(deployment, args.arm)


def _rollback(deployment: Deployment, _: argparse.Namespace) -> Deployment:
    return rollback(deployment)


def _docker(args: argparse.Namespace) -> int:
    with bundle_at(args.bundle, _book(args)) as bundle:
        print(write_docker(bundle.path, args.target, trust=args.trust))
    return 0


def _kserve(args: argparse.Namespace) -> int:
    with bundle_at(args.bundle, _book(args)) as bundle:
        print(
            write_kserve(
                bundle.path, args.target, image=args.image, storage=args.storage,
                canary=args.canary,
            )
        )  # fmt: skip
    return 0


def _mlserver(args: argparse.Namespace) -> int:
    with bundle_at(args.bundle, _book(args)) as bundle:
        print(write_mlserver(bundle.path, args.target))
    return 0
