"""What names a checkpoint: a number, a label, an ancestor, a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from cellbook.errors import Ambiguous, InvalidInput, NotFound
from cellbook.records import Checkpoint, CheckpointKind
from cellbook.store import is_ulid

Numbered: TypeAlias = "tuple[int, Checkpoint]"


def match(
    found: Sequence[Numbered], target: str, head: str | None, notebook: str | None = None
) -> Numbered:
    """Return the checkpoint that `target` names; of several with a label the newest.

    What is no name for good, a label or ``~1``, is looked for in one notebook first.

    Parameters
    ----------
    found
        All checkpoints with their numbers, oldest first.
    target
        What names it; see :meth:`Checkpoints.find`.
    head
        The checkpoint that the state of now comes from, if that is known.
    notebook
        The notebook whose checkpoints come first; None where it is not known.

    Raises
    ------
    NotFound
        If there is none.
    Ambiguous
        If several notebooks have such a label, but not this one.
    """
    text = target.strip().removeprefix("checkpoint:")
    if not found:
        raise NotFound(
            "The book has no checkpoints. `%checkpoint` in a notebook saves one; `%load_ext "
            "cellbook` has one saved after each cell."
        )
    back = re.fullmatch(r"~(\d*)", text)
    if back:
        by_id = {one.checkpoint_id: (number, one) for number, one in found}
        return _ancestor(by_id, head or _newest(found, notebook), int(back[1] or 1))
    matches = [
        (number, one)
        for number, one in found
        if text in (one.label, one.checkpoint_id) or text.removeprefix("#") == str(number)
    ]
    if text.startswith("run:"):
        matches = [(number, one) for number, one in found if one.run_id == text[4:]]
        ends = [pair for pair in matches if pair[1].kind is CheckpointKind.RUN_END]
        matches = ends or matches
        if not matches:
            raise NotFound(
                "That run has no checkpoint: it was made where none are saved by themselves."
            )
    if not matches:
        labels = ", ".join(sorted({one.label for _, one in found if one.label})[:8])
        raise NotFound(
            f"The book has no checkpoint {text!r}. Give a number ({found[0][0]} to "
            f"{found[-1][0]}), ~1, run:NAME or a label"
            + (f" ({labels})." if labels else "; `%checkpoint LABEL` gives one.")
        )
    own = [pair for pair in matches if pair[1].notebook == notebook]
    if notebook is not None and own:
        return own[-1]
    newest = {one.notebook: (number, one) for number, one in matches}
    if len(newest) > 1:
        choice = ", ".join(
            f"{number} of {where or 'no notebook'}" for where, (number, _) in newest.items()
        )
        raise Ambiguous(f"Several notebooks have a checkpoint {text!r}: {choice}. Give a number.")
    return matches[-1]


def _newest(found: Sequence[Numbered], notebook: str | None) -> str:
    own = [one for _, one in found if notebook in (None, one.notebook)]
    if not own:
        raise NotFound(
            "This notebook has no checkpoints. `%checkpoint` saves one; `%checkpoints --all` "
            "lists those of other notebooks."
        )
    return own[-1].checkpoint_id


def _ancestor(by_id: Mapping[str, Numbered], place: str, steps: int) -> Numbered:
    for _ in range(steps):
        parent = by_id[place][1].parent if place in by_id else None
        if parent is None or parent not in by_id:
            raise NotFound(
                f"There are not {steps} checkpoints before this one. `%checkpoints` lists them."
            )
        place = parent
    return by_id[place]


def check_label(label: str) -> str:
    """Return a label, without blanks around it, that names no number, run or ancestor.

    Raises
    ------
    InvalidInput
        If it would be taken for one, or holds what is not seen.
    """
    label = label.strip()
    # What cannot be printed is what would hide or turn round its neighbours, or be no text at all.
    if not label or len(label) > 200 or not label.isprintable():
        raise InvalidInput("A label is one line of 1 to 200 printable characters.")
    if is_ulid(label) or re.fullmatch(r"#?\d+|~\d*|run:.*|checkpoint:.*", label):
        raise InvalidInput(
            f"{label!r} cannot be a label: it would be taken for a number, an id or a run. Choose "
            "a name."
        )
    return label
