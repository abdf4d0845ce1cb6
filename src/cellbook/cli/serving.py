"""``cellbook deploy``, ``cellbook score``: models at work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from cellbook.cli.output import as_json
from cellbook.cli.parsing import Parser, add_book, add_forms
from cellbook.errors import InvalidInput
from cellbook.in_service import bundle_at, deployed_name
from cellbook.records.base import to_doc
from cellbook.records.deployment import Deployment
from cellbook.serving import (
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
from cellbook.serving.exporting import write_docker, write_kserve, write_mlserver
from cellbook.serving.server import endpoint_name

_MODEL = "a bundle, or a version in the book (wine, wine/7, models:/wine@champion)"


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


def _book(args: argparse.Namespace) -> str | None:
    return getattr(args, "book", None)


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
