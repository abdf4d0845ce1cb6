"""Sentences that are the same at every door, in the words of a terminal."""

from __future__ import annotations

import re

_MAGIC = re.compile(
    r"`%(?P<name>runs|compare|leaderboard|metric|models|monitor|retrain|serve) ?(?P<rest>[^`]*)`"
)


def in_shell(sentence: str) -> str:
    """Return a sentence with the commands in it that do what its magics do in a notebook."""
    spoken = sentence.replace("`%comment TEXT`", "`cellbook comments add TARGET TEXT`")
    return _MAGIC.sub(_as_command, spoken)


def _as_command(magic: re.Match[str]) -> str:
    if magic["name"] != "runs":
        return f"`cellbook {magic['name']} {magic['rest'].replace('#', '')}`".replace(" `", "`")
    return f'`cellbook runs "{magic["rest"]}"`' if magic["rest"] else "`cellbook runs`"
