"""How a run ends: in which state, and with what error."""

from __future__ import annotations

from cellbook.errors import InvalidInput, one_line
from cellbook.records import RunState

_MLFLOW = {"killed": RunState.STOPPED}
"""MLflow's words that are not ours in small letters."""


def end_state(state: RunState | str) -> RunState:
    """Return the state that a word means, MLflow's ``FINISHED``, ``FAILED``, ``KILLED`` too.

    Raises
    ------
    InvalidInput
        If a run cannot end so.
    """
    word = str(state).lower()
    if word in _MLFLOW:
        return _MLFLOW[word]
    if word in (RunState.FINISHED, RunState.FAILED, RunState.STOPPED):
        return RunState(word)
    raise InvalidInput(
        f"A run cannot end as {str(state)!r}. Use finished, failed or stopped (MLflow's KILLED)."
    )


def outcome_of(error: BaseException | None) -> tuple[RunState, str | None]:
    """Return how a run ends that `error` ended, and the error in one line."""
    if error is None:
        return RunState.FINISHED, None
    text = one_line(error)
    if isinstance(error, KeyboardInterrupt):
        return RunState.STOPPED, text
    if isinstance(error, SystemExit) and not error.code:
        return RunState.FINISHED, None
    return RunState.FAILED, text
