"""What lines for the shell do: ask Cellbook, only look, or change what no second time gives back.

Told from their text alone, as much as a text tells: a script that is called may do anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cellbook.records.words import words

_US = re.compile(r"\s*!{1,2}\s*(?:cellbook|python[\d.]*\s+-m\s+cellbook)\b(?!.*\s--to\b)")
_GLANCE = re.compile(
    r"\s*!{1,2}\s*(?:cat|date|df|du|echo|file|free|head|ls|lscpu|nvidia-smi|pwd|stat|tail|uname|wc"
    r"|which|whoami)\b[^;&|<>`$]*"
)
_SHELL_CELL = re.compile(
    r"\s*%%(?:!|bash|sh|zsh|sx|system|script\s+(?:\S*/)?(?:env\s+)?(?:ba|z|da)?sh)\b.*"
)
_SHELL_LINE = re.compile(r"\s*(?:[\w.,* \t\[\]]+=\s*)?(?:!{1,2}|%(?:sx|system)\s)(.*)")
_APART = re.compile(r"\|\||&&|[;&|\n]")
_BEFORE = re.compile(r"\s*(?:(?:sudo|env|time|nohup|exec|xargs)\s+(?:-\S+\s+)*|\w+=\S*\s+)*")
_DESTROYING = words(
    "chmod chown dd kill killall mkfs mv pkill reboot rm rmdir rsync shred shutdown truncate unlink"
)
_IN_PLACE = re.compile(
    r"(?:sed|perl|ruby)\s(?:.*\s)?(?:-[a-zA-Z]*i|--in-place)"
    r"|git\s+(?:-[cC]\s+\S+\s+|-\S+\s+)*(?:add|am|apply|checkout|cherry-pick|clean|commit|merge|mv|pull|push"
    r"|rebase|reset|restore|revert|rm|stash|switch|tag)\b"
    r"|find\s.*\s-(?:delete|exec|execdir|ok)\b"
    r"|(?:ba|da|z)?sh\s*$"  # what is piped into it is not in the text
)
_APPENDS = re.compile(r">>|\btee\s+(?:-\S*a|--append)")


def asks_cellbook(line: str) -> bool:
    """Whether a cell's line calls the command ``cellbook``, but not to write data out."""
    return bool(_US.match(line))


def only_glances(line: str) -> bool:
    """Whether a cell's line calls a command that shows something, and nothing else."""
    return asks_cellbook(line) or bool(_GLANCE.fullmatch(line))


def destroying(source: str) -> Iterator[str]:
    """Yield the shell lines of a cell that remove or change files, or end what others run.

    To run them again is not to do the same again: a second ``sed -i`` changes what the first left.
    """
    lines = source.splitlines()
    whole = next((place for place, line in enumerate(lines) if line.strip()), 0)
    shell_cell = bool(lines) and bool(_SHELL_CELL.fullmatch(lines[whole]))
    for line in lines[whole + 1 :] if shell_cell else lines:
        told = line if shell_cell else _command(line)
        if told.lstrip().startswith("#"):
            continue
        if _APPENDS.search(told) or any(map(_destroys, _APART.split(told))):
            yield line.strip()


def _command(line: str) -> str:
    found = _SHELL_LINE.fullmatch(line)
    return "" if found is None else found[1]


def _destroys(command: str) -> bool:
    before = _BEFORE.match(command)
    rest = command[before.end() if before else 0 :].strip()
    name = rest.partition(" ")[0].rpartition("/")[2].partition(".")[0]
    return name in _DESTROYING or bool(_IN_PLACE.match(rest))
