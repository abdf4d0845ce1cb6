"""``cellbook bundle``: look at packaged models, check, pack and sign them."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable

from cellbook.cli.output import as_json
from cellbook.cli.parsing import Parser, add_book, add_forms, check_writable, open_book
from cellbook.errors import InvalidInput
from cellbook.in_service import BundlePlace, bundle_at, named_version
from cellbook.packaging import (
    Bundle,
    BundleCheck,
    bill_of_materials,
    carry_wheels,
    check_bundle,
    open_bundle,
    pack_bundle,
    sign_bundle,
    unpack_bundle,
    verify_signature,
    write_bill_of_materials,
)

_BUNDLE = "its folder, or a version in the book (wine/7, models:/wine@champion)"
_KEY = "a PEM file with a private key on an elliptic curve"


def add_bundle(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook bundle`` takes."""
    add_book(parser)
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)

    def verb(name: str, summary: str, call: Callable[[argparse.Namespace], int]) -> Parser:
        added: Parser = verbs.add_parser(name, help=summary, description=summary)
        added.add_argument("bundle", metavar="BUNDLE", help=_BUNDLE)
        added.set_defaults(call=call)
        add_book(added)
        return added

    add_forms(verb("show", "check every byte, and say what it is; load nothing", _show), "json")

    check = verb("check", "build a clean environment, load the model, run its tests", _check)
    check.add_argument("--trust", action="store_true", help="let code in it run, as a pickle is")
    add_forms(check, "json")

    verb("wheels", "put the wheels of what it requires into it", _wheels)

    for name, summary, call in (
        ("pack", "write it as one zip file", _pack),
        ("unpack", "make a folder of a zip file", _unpack),
    ):
        moved = verb(name, summary, call)
        moved.add_argument("target", metavar="TARGET", help="what to make")

    sign = verb("sign", "sign it with a key (OpenSSF Model Signing)", _sign)
    sign.add_argument("--key", required=True, metavar="FILE", help=_KEY)

    verify = verb("verify", "see whether it is what somebody signed", _verify)
    by = verify.add_mutually_exclusive_group(required=True)
    by.add_argument("--key", metavar="FILE", help="a PEM file with the public key")
    by.add_argument("--authority", metavar="FILE", action="append", help="a trusted certificate")

    materials = verb("materials", "write what it is made of, as CycloneDX 1.7", _materials)
    materials.add_argument("target", nargs="?", metavar="FILE", help="else it is printed")


def _show(args: argparse.Namespace) -> int:
    with _at(args) as place:
        bundle = open_bundle(place.path)
    if args.form == "json":
        print(as_json({**dict(bundle.about), "digest": bundle.digest, "safe": bundle.safe}))
        return 0
    for name, value in _facts(bundle):
        print(f"{name:<10}{value}")
    return 0


def _facts(bundle: Bundle) -> list[tuple[str, str]]:
    model = bundle.about["model"]
    consent = "no code but its library's" if bundle.safe else ", ".join(bundle.imports)
    return [
        ("model", f"{bundle.about['name']}, {model['kind']}"),
        ("format", model["format"]),
        ("digest", bundle.digest),
        ("size", f"{bundle.manifest.size:,} bytes in {len(bundle.manifest.entries)} files"),
        ("python", bundle.about["python"]),
        ("requires", ", ".join(bundle.requirements)),
        ("runs", consent),
    ]


def _check(args: argparse.Namespace) -> int:
    version = named_version(args.bundle, _book(args))
    if version:
        # What it finds is on record, and is what production asks for.
        book = open_book(args)
        check_writable(book)
        found = book.models.check_version(version, trust=args.trust, say=_say)
    else:
        found = check_bundle(args.bundle, trust=args.trust, say=_say)
    if args.form == "json":
        print(as_json(_doc(found)))
    else:
        print_check(found)
    return 0 if found.passed else 1


def print_check(found: BundleCheck) -> None:
    """Print what a check found."""
    for note in found.notes:
        print(note)
    if found.problem:
        print(found.problem)
    for name, problem in found.tests:
        print(f"{'✗' if problem else '✓'} {name}{': ' if problem else ''}{problem}")
    well = "passed" if found.tests else "loads; no tests"
    print(
        f"check with Python {found.python} ({found.duration:.0f} s): "
        f"{well if found.passed else 'failed'}"
    )


def _doc(found: BundleCheck) -> dict[str, object]:
    return {
        "digest": found.digest,
        "passed": found.passed,
        "problem": found.problem,
        "tests": [{"name": name, "problem": problem} for name, problem in found.tests],
        "python": found.python,
        "notes": list(found.notes),
        "duration": found.duration,
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _at(args: argparse.Namespace) -> contextlib.AbstractContextManager[BundlePlace]:
    return bundle_at(args.bundle, _book(args))


def _book(args: argparse.Namespace) -> str | None:
    return getattr(args, "book", None)


def _own(args: argparse.Namespace) -> str:
    """Return the path of a bundle that may be changed: what is registered may not."""
    if named_version(args.bundle, _book(args)):
        raise InvalidInput(
            f"{args.bundle} is registered, and stays what it is. Write it out (`cellbook models "
            f"bundle {args.bundle} FOLDER`), change that, and register it anew."
        )
    return str(args.bundle)


def _wheels(args: argparse.Namespace) -> int:
    bundle = carry_wheels(_own(args))
    print(f"the bundle carries its wheels: {bundle.manifest.size:,} bytes now")
    return 0


def _pack(args: argparse.Namespace) -> int:
    with _at(args) as place:
        print(pack_bundle(place.path, args.target))
    return 0


def _unpack(args: argparse.Namespace) -> int:
    version = named_version(args.bundle, _book(args))
    if version:
        print(open_book(args).models.bundle(version, args.target))
    else:
        print(unpack_bundle(args.bundle, args.target).folder)
    return 0


def _sign(args: argparse.Namespace) -> int:
    print(sign_bundle(_own(args), args.key))
    return 0


def _verify(args: argparse.Namespace) -> int:
    with _at(args) as place:
        verify_signature(place.path, args.key, certificates=args.authority or ())
    print("the bundle is what was signed")
    return 0


def _materials(args: argparse.Namespace) -> int:
    with _at(args) as place:
        if args.target is None:
            print(as_json(bill_of_materials(place.path)))
        else:
            print(write_bill_of_materials(place.path, args.target))
    return 0
