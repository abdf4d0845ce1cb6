"""What people write beside names: texts, labels and reactions, as they are kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from cellbook.commenting.mentions import TEXT_LIMIT
from cellbook.errors import InvalidInput
from cellbook.records import check_name, encodable

FLAGGED: Mapping[str, tuple[str, str]] = {
    "labels": ("unlabelled", "labelled"),
    "assigned": ("unassigned", "assigned"),
}
"""Events that tell of a name in these maps of a thread: taken off, put on."""
FOLLOWED = "followed"
"""Event of a thread that went with its cell, which was merged into another one."""
SMALL = frozenset({FOLLOWED, *(event for events in FLAGGED.values() for event in events)})
"""Events that are nobody's news."""

_LABEL_LIMIT = 50
_EMOJI_LIMIT = 16
_EMOJI = frozenset({"So", "Sk", "Sm", "Mn", "Me", "Cf", "Po", "Nd"})
"""Categories of Unicode that pictures are made of; one of the first is in each."""


def several(given: Iterable[str], what: str) -> list[str]:
    """Return names as a list; a text is one name.

    Raises
    ------
    InvalidInput
        If there is something else among them.
    """
    names = [given] if isinstance(given, str) else list(given)
    for name in names:
        if not isinstance(name, str):
            raise InvalidInput(f"A {what} is named by text, not by {repr(name)[:40]}.")
    return names


def check_text(text: str, may_be_empty: bool = False) -> str:
    """Return the text of a comment as it is kept.

    Raises
    ------
    InvalidInput
        If it is empty where it may not be, too long, or steers terminals.
    """
    if not isinstance(text, str):
        raise InvalidInput(f"A comment is text, not {repr(text)[:40]}. Write it as Markdown.")
    text = str(encodable(text)).strip("\r\n").rstrip()
    if "\0" in text or "\x1b" in text:
        raise InvalidInput(
            "The comment holds an escape or NUL character, which is for terminals. Paste it as "
            "plain text."
        )
    if not text.strip() and not may_be_empty:
        raise InvalidInput("The comment is empty. Write something.")
    length = len(text.encode("utf-8", "surrogatepass"))
    if length > TEXT_LIMIT:
        raise InvalidInput(
            f"The comment has {length:,} bytes as UTF-8; {TEXT_LIMIT:,} can be kept. Log what is "
            "longer as an artifact of a run, and name that."
        )
    return text


def check_label(label: str) -> str:
    """Return a label as it is kept, or raise InvalidInput."""
    label = label.strip().removeprefix("#")
    if len(label) > _LABEL_LIMIT:
        raise InvalidInput(f"A label has at most {_LABEL_LIMIT} characters. Shorten it.")
    return check_name(label, "label")


def check_emoji(emoji: str) -> str:
    """Return an emoji, or raise InvalidInput if it is none."""
    kinds = {unicodedata.category(char) for char in emoji}
    keycap = "\u20e3" in emoji
    if len(emoji) > _EMOJI_LIMIT or not kinds <= _EMOJI or not (keycap or "So" in kinds):
        raise InvalidInput(f"{emoji[:20]!r} is no emoji. React with one, such as 👍.")
    return emoji
