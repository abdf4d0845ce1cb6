"""Whether the recorded tests of a bundle can be run at all, without running its model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidBundle, SignatureMismatch, one_line
from cellbook.packaging.bundle import Bundle
from cellbook.packaging.standalone.models import inside
from cellbook.packaging.standalone.values import decode_input, decode_output, read_json

_MEND = "Save the bundle once more, with an example of what the model takes."


def check_recorded(bundle: Bundle, called: str) -> None:
    """Refuse a bundle whose input example or tests nobody can run.

    Read is what each test is given, which must fit the signature, and what the model made of it.
    Whether it makes that again is for :func:`cellbook.packaging.check_bundle` to find out.

    Parameters
    ----------
    bundle
        The bundle.
    called
        How whoever asked for it names it.

    Raises
    ------
    InvalidBundle
        If one cannot be read, or does not fit.
    """
    try:
        schema = read_json(bundle.folder / "signature.json").get("inputs", {})
        tests = list(_tests(bundle))
    except Exception as error:
        raise InvalidBundle(
            f"The list of tests of {called} cannot be read ({one_line(error)}). {_MEND}"
        ) from None
    for name, given, expected in tests:
        told = repr(name)[:60]
        try:
            example = decode_input(_read(bundle.folder, given), schema)
            if expected:
                decode_output(_read(bundle.folder, expected))
            bundle.signature.conform(example)
        except SignatureMismatch as error:
            raise InvalidBundle(
                f"The test {told} of {called} does not fit the signature: {error} {_MEND}"
            ) from None
        except Exception as error:
            raise InvalidBundle(
                f"The test {told} of {called} cannot be read ({one_line(error)}). {_MEND}"
            ) from None


def _tests(bundle: Bundle) -> Iterator[tuple[str, str, str]]:
    """Yield each test: its name, and the files of its input and of what came of that."""
    listed = [
        (str(test["name"]), str(test["input"]), str(test["expected"]))
        for test in read_json(bundle.folder / "tests.json")["tests"]
    ]
    yield from listed
    # It is what requests are made of, whether it is a test or not.
    example = "input_example.json"
    if (bundle.folder / example).exists() and example not in [given for _, given, _ in listed]:
        yield "input example", example, ""


def _read(folder: Path, name: str) -> Any:
    file = inside(folder, name)
    if not file.is_file():
        raise InvalidBundle(f"it has no file {name!r:.80}")
    return read_json(file)
