"""``cellbook models``: list models, register them, approve of them, bring them to stages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from cellbook.answers import (
    ModelQuery,
    ModelsQuery,
    ModelVersionQuery,
    ModelVersionsQuery,
    Reader,
    compare_models,
    list_models,
    show_model,
    show_model_version,
)
from cellbook.book import Book
from cellbook.cli.bundles import print_check
from cellbook.cli.model_hooks import add_hooks
from cellbook.cli.output import as_json, print_list, terminal_width
from cellbook.cli.parsing import Parser, add_book, add_forms, check_writable, open_book
from cellbook.cli.wording import in_shell
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import ModelStage, ModelVersion
from cellbook.views.model_evidence import EVIDENCE
from cellbook.views.model_versions import lacking_text
from cellbook.views.models_text import (
    NO_MODELS,
    comparison_text,
    model_text,
    models_cells,
    registered_line,
    version_text,
)
from cellbook.views.wire import finite

_VERSION = "NAME/7, NAME@champion, or NAME for its newest version"
_TARGET = "a stage, or an alias behind an @: production, @champion"

Call = Callable[[argparse.Namespace], int]


def add_models(parser: Parser) -> None:
    """Add what ``cellbook models`` takes."""
    add_book(parser)
    parser.set_defaults(call=_list, text="", form=None)
    verbs = parser.add_subparsers(metavar="VERB", parser_class=Parser)
    parser.verbs, parser.other_verb = verbs.choices, "show"

    def verb(name: str, summary: str, call: Call, *places: tuple[str, str]) -> Parser:
        added: Parser = verbs.add_parser(name, help=summary, description=summary)
        for place, about in places:
            added.add_argument(place, metavar=place.upper(), help=about)
        added.set_defaults(call=call)
        add_book(added)
        return added

    listed = verb("list", "list models, the one changed last first", _list)
    listed.add_argument("text", nargs="?", default="", help="only those that have it in their name")
    add_forms(listed, "json", "csv", "markdown")

    shown = verb("show", "show a model, a version, or versions side by side", _show)
    shown.add_argument("targets", nargs="+", metavar="NAME[/7]", help="a model, or versions")
    add_forms(shown, "json")

    _add_registering(verb)
    _add_moves(verb)
    _add_words(verb)
    add_hooks(verb("hooks", "where events are sent, and what became of that", _list))

    check = verb(
        "check", "build a clean environment, load it, run its tests: production needs that",
        _check, ("version", _VERSION),
    )  # fmt: skip
    check.add_argument("--trust", action="store_true", help="let code in it run, as a pickle is")

    bundle = verb("bundle", "write a version as a folder, or as one .zip", _bundle,
                  ("version", _VERSION))  # fmt: skip
    bundle.add_argument("path", metavar="PATH", help="what to make")

    verb(
        "reference", "keep what it was trained on, by which monitoring tells what looks otherwise",
        _reference, ("version", _VERSION), ("data", "tracked data: people@1"),
    )  # fmt: skip

    delete = verb("delete", "delete a version, or a model; numbers are not used again", _delete,
                  ("target", "NAME/7, or NAME for all of them"))  # fmt: skip
    delete.add_argument("--reason", default="", metavar="TEXT", help="why")


def _add_registering(verb: Callable[..., Parser]) -> None:
    for name, summary in (
        ("register", "register a bundle, or a version under another name"),
        ("import", "keep a model that others made: a file, a folder, Hugging Face's layout"),
    ):
        added = verb(name, summary, _register)
        added.add_argument("source", metavar="SOURCE", help="its place, or models:/NAME/7")
        added.add_argument("name", metavar="NAME", help="what it is called")
        added.add_argument("--alias", metavar="ALIAS", help="a word that leads to it from now on")
        added.add_argument(
            "--from", dest="derived", action="append", default=[], metavar="VERSION",
            help="what it was made from, as base/2",
        )  # fmt: skip
        added.add_argument("--source", dest="origin", default="", help="where it came from")
        added.add_argument("--licence", "--license", default="", help="under which it may be used")
        added.add_argument("--run", metavar="RUN", help="the run that made it")


def _add_moves(verb: Callable[..., Parser]) -> None:
    alias = verb("alias", "let an alias lead to a version, or nowhere", _alias,
                 ("version", _VERSION), ("alias", "a word, such as champion"))  # fmt: skip
    alias.add_argument("--drop", action="store_true", help="let it lead nowhere")
    alias.add_argument("--reason", default="", metavar="TEXT", help="why")

    stage = verb("stage", "bring a version to a stage", _stage, ("version", _VERSION),
                 ("stage", "development, staging, production or archived"))  # fmt: skip
    stage.add_argument("--reason", default="", metavar="TEXT", help="why")
    stage.add_argument("--archive-others", action="store_true", help="archive others there")

    for name, summary in (
        ("approve", "approve of a version for a stage or an alias"),
        ("reject", "refuse a version for a stage or an alias, or take an approval back"),
    ):
        added = verb(name, summary, _approve, ("version", _VERSION), ("for", _TARGET))
        added.add_argument("--reason", required=True, metavar="TEXT", help="why")
        added.add_argument(
            "--evidence", action="append", default=[], metavar="WHAT",
            help=f"what that rests upon: {EVIDENCE}",
        )  # fmt: skip
        added.set_defaults(approved=name == "approve")

    protect = verb("protect", "let a stage or an alias be reached only with approvals", _protect,
                   ("name", "the model"), ("for", _TARGET))  # fmt: skip
    protect.add_argument("--approvals", type=int, default=1, help="so many; 0 lifts it")
    protect.add_argument(
        "--by", "--approvers", action="append", default=[], metavar="NAME", help="whose count"
    )


def _add_words(verb: Callable[..., Parser]) -> None:
    target = ("target", "NAME for the model, NAME/7 for a version")
    verb("describe", "describe a model or a version, in Markdown", _describe, target,
         ("text", "what it is"))  # fmt: skip
    verb("tag", "set a tag of a model or a version", _tag, target, ("key", "its name"),
         ("value", "its value; '' takes it off"))  # fmt: skip
    owners = verb("own", "say who sees to a model", _own, ("name", "the model"))
    owners.add_argument("owners", nargs="*", metavar="PERSON", help="nobody takes that away")
    verb("deprecate", "say why it is not to be used any more", _deprecate, target,
         ("reason", "why; '' lifts that"))  # fmt: skip


# -- what they do ----------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    found = list_models(Reader(open_book(args)), ModelsQuery(args.text))
    nothing = NO_MODELS if found.empty_book else f"No model is found by {args.text!r}."
    docs = [finite(one) for one in found.models]
    print_list(args.form, models_cells(found), nothing, docs)
    if found.note:
        print(in_shell(found.note), file=sys.stderr)
    return 0


def _show(args: argparse.Namespace) -> int:
    ask = Reader(open_book(args))
    if len(args.targets) > 1:
        compared = compare_models(ask, ModelVersionsQuery(tuple(args.targets)))
        print(as_json(compared) if args.form else comparison_text(compared, terminal_width()))
        return 0
    (target,) = args.targets
    if names_version(target):
        page = show_model_version(ask, ModelVersionQuery(target))
        print(as_json(page) if args.form else version_text(page, terminal_width()))
    else:
        model = show_model(ask, ModelQuery(target.removeprefix("model:")))
        print(as_json(model) if args.form else model_text(model, terminal_width()))
    return 0


def names_version(target: str) -> bool:
    """Whether some words name a version rather than a model."""
    return any(mark in target.removeprefix("models:/") for mark in "/@")


def _register(args: argparse.Namespace) -> int:
    book = _writable(args)
    known = _known(book, args.name)
    run = None if args.run is None else book.find_run(args.run).run_id
    version = book.models.register(
        args.source, args.name, alias=args.alias, derived_from=args.derived, origin=args.origin,
        licence=args.licence, run=run,
    )  # fmt: skip
    is_new = version.version_id not in known
    print(in_shell(registered_line(version.label, is_new, version.aliases, version.size)))
    if is_new and (lacking := lacking_text(book.store, version)):
        print(f"It {lacking}. Save the bundle with input_example=…, and register it again.")
    return 0


def _known(book: Book, name: str) -> set[str]:
    try:
        return {one.version_id for one in book.models.told(name).versions}
    except (NotFound, InvalidInput):
        return set()


def _alias(args: argparse.Namespace) -> int:
    models = _writable(args).models
    version = models.find(args.version)
    if args.drop:
        models.drop_alias(version.model, args.alias, reason=args.reason)
        print(f"{version.model}@{args.alias.removeprefix('@')} leads nowhere now")
    else:
        moved = models.set_alias(version.version_id, args.alias, reason=args.reason)
        print(f"{moved.model}@{args.alias.removeprefix('@')} leads to {moved.label} now")
    return 0


def _stage(args: argparse.Namespace) -> int:
    models = _writable(args).models
    version = models.move_stage(
        args.version, args.stage, reason=args.reason, archive_others=args.archive_others
    )
    print(f"{version.label} is in {version.stage.value} now")
    if version.stage is ModelStage.PRODUCTION and (doubt := models.untested(version)):
        print(doubt)
    return 0


def _approve(args: argparse.Namespace) -> int:
    book = _writable(args)
    target = getattr(args, "for")
    version: ModelVersion = book.models.find(args.version)
    event = book.models.approve(
        version.version_id, target, reason=args.reason, evidence=args.evidence,
        approved=args.approved,
    )  # fmt: skip
    word = "approves of" if args.approved else "refuses"
    print(f"{event.by} {word} {version.label} for {event.subject}")
    for one in event.evidence:
        print(f"  {one.text}")
    if doubt := book.models.not_counted(event):
        print(doubt)
    return 0


def _protect(args: argparse.Namespace) -> int:
    target = getattr(args, "for")
    event = _writable(args).models.protect(args.name, target, args.approvals, approvers=args.by)
    needs = (
        f"needs {event.needed} approval{'s' * (event.needed > 1)}" if event.needed else "is free"
    )
    print(f"{event.subject} of {event.model} {needs} now")
    return 0


def _describe(args: argparse.Namespace) -> int:
    event = _writable(args).models.describe(args.target, args.text)
    print(f"{event.model} is described")
    return 0


def _tag(args: argparse.Namespace) -> int:
    event = _writable(args).models.tag(args.target, args.key, args.value)
    print(f"{event.model}: {event.subject}={event.value}" if event.value
          else f"{event.model}: no {event.subject} any more")  # fmt: skip
    return 0


def _own(args: argparse.Namespace) -> int:
    event = _writable(args).models.set_owners(args.name, args.owners)
    print(f"{event.model} is of {', '.join(event.values) or 'nobody'}")
    return 0


def _deprecate(args: argparse.Namespace) -> int:
    event = _writable(args).models.deprecate(args.target, args.reason)
    print(f"{args.target} is {'deprecated' if event.value else 'deprecated no more'}")
    return 0


def _check(args: argparse.Namespace) -> int:
    models = _writable(args).models
    found = models.check_version(
        args.version, trust=args.trust, say=lambda line: print(f"  {line}")
    )
    print_check(found)
    return 0 if found.passed else 1


def _bundle(args: argparse.Namespace) -> int:
    print(open_book(args).models.bundle(args.version, args.path))
    return 0


def _reference(args: argparse.Namespace) -> int:
    book = _writable(args)
    data = book.datasets.find(args.data.removeprefix("data:"))
    table = book.datasets.table_of(data)
    if table is None:
        raise InvalidInput(f"{args.data} is no table, or its content is not at hand any more.")
    kept = book.models.keep_reference(args.version, table, source=f"data:{data.label}")
    print(f"{kept.rows:,} rows of {kept.source} are what {args.version} is compared with now")
    return 0


def _delete(args: argparse.Namespace) -> int:
    for version in _writable(args).models.delete(args.target, reason=args.reason):
        print(f"{version.label} is deleted; `cellbook gc` frees what it took")
    return 0


def _writable(args: argparse.Namespace) -> Book:
    book = open_book(args)
    check_writable(book)
    return book
