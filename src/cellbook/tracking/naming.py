"""Names of runs: what may be one, and those for runs that were given none."""

from __future__ import annotations

import random

from cellbook.errors import InvalidInput
from cellbook.records import check_name
from cellbook.store import is_ulid

_FIRST = """
amber ample bold brave brisk calm clear crisp deep eager early even fair fine fleet fresh gentle
glad grand green keen kind late level light lively lucid mellow merry mild neat noble open plain
polar prime proud quick quiet rapid ready rich round sharp silver sleek smart smooth solid spare
spry stark steady still stout sunny swift tidy true vivid warm wide wise
"""
_SECOND = """
arc atlas aspen badger basin beacon birch bison brook canyon cedar cliff cloud comet coral crane
creek delta dune eagle ember falcon fern field finch fjord forest fox garnet glacier grove
harbor hawk heath heron hill island jasper juniper lake lark lemur linden lynx maple marsh
meadow mesa moth oak orchid otter owl peak pebble pine plover pond quartz raven reef ridge river
robin sage shore sparrow spruce stone summit thistle tide topaz trail valley vole willow wren
"""
_FIRST_WORDS = tuple(_FIRST.split())
_SECOND_WORDS = tuple(_SECOND.split())
# A generator of our own: the user's seeded `random` must not be moved on, nor decide our names.
_choice = random.SystemRandom().choice


def random_name() -> str:
    """Return a name such as ``brisk-heron``."""
    return f"{_choice(_FIRST_WORDS)}-{_choice(_SECOND_WORDS)}"


def check_run_name(name: object) -> str:
    """Return `name` as the name of a run, without blanks around it, or say why it is none.

    Raises
    ------
    InvalidInput
        If it is no name at all, or what is called so would be taken for another run.
    """
    text = check_name(name, "run").strip()
    if text.removeprefix("#").isdecimal():
        taken = "the run of that number"
    elif text.startswith("run:"):
        taken = "the run that is named behind 'run:'"
    elif is_ulid(text):
        taken = "the run with that id"
    else:
        return text
    raise InvalidInput(
        f"A run cannot be named {text!r}: that always means {taken}. "
        f"Put a word before it, as in {'run ' + text.removeprefix('run:').lstrip('#')!r}."
    )
