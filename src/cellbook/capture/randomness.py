"""The global random generators: their states, and whether code has drawn from them.

Only what is imported already is asked: ``random``, NumPy's legacy generator, torch's (also those
of GPUs in use) and TensorFlow's.  A state is data in text and numbers, never a pickle.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import struct
import sys
from collections.abc import Mapping
from typing import Any


def standing(text: str = "") -> dict[str, Any]:
    """Return where the generators stand, as they say it themselves; some 30 µs.

    Parameters
    ----------
    text
        What is about to run.  NumPy makes its generator only when somebody asks for
        ``np.random``; where the text is going to, that is done here, so that its state is known.
    """
    found: dict[str, Any] = {}
    if "random" in text and "numpy" in sys.modules and "numpy.random" not in sys.modules:
        with contextlib.suppress(Exception):
            importlib.import_module("numpy.random")
    with contextlib.suppress(Exception):
        found["random"] = sys.modules["random"].getstate()
    with contextlib.suppress(Exception):
        found["numpy"] = _numpy().get_state(legacy=True)
    with contextlib.suppress(Exception):
        torch = sys.modules["torch"]
        found["torch"] = torch.get_rng_state()
        if torch.cuda.is_initialized():
            found["torch.cuda"] = torch.cuda.get_rng_state_all()
    with contextlib.suppress(Exception):
        generator = sys.modules["tensorflow"].random.get_global_generator()
        found["tensorflow"] = [int(one) for one in generator.state.numpy().tolist()]
    return found


def drawn(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the generators that were used or seeded between two moments.

    Of one that was imported meanwhile nothing is known, but that NumPy's was used since it was
    seeded.
    """
    return tuple(
        name
        for name, state in after.items()
        if (
            _mark(name, before[name]) != _mark(name, state)
            if name in before
            else name == "numpy" and state[2] not in _UNUSED
        )
    )


_UNUSED = (623, 624)
"""Where NumPy's generator stands in its numbers as long as none was drawn."""


def _mark(name: str, state: Any) -> Any:
    """Return what tells one state from another."""
    if name == "numpy":
        return state[1].tobytes(), state[2:]
    if name.startswith("torch"):
        tensors = state if isinstance(state, list) else [state]
        return [one.numpy().tobytes() for one in tensors]
    return state


def as_json(states: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`standing` told as JSON has it."""
    return {name: _encoded(name, state) for name, state in states.items()}


def _encoded(name: str, state: Any) -> Any:
    if name == "random":
        version, numbers, gauss = state
        return [version, _packed(numbers), gauss]
    if name == "numpy":
        kind, keys, place, has_gauss, gauss = state
        return [kind, _text(keys.astype("<u4").tobytes()), int(place), int(has_gauss), float(gauss)]
    if name == "torch":
        return _text(state.numpy().tobytes())
    if name == "torch.cuda":
        return [_text(one.numpy().tobytes()) for one in state]
    return state


def restore_states(found: Mapping[str, Any]) -> list[str]:
    """Bring generators that are imported into the states that :func:`as_json` told.

    Returns
    -------
    list of str
        Those that could not be: not imported yet, or of another kind by now.
    """
    left = []
    for name, state in found.items():
        try:
            _restore(name, state)
        except Exception:  # What is not there, or of another version, is told by its name.
            left.append(name)
    return left


def _restore(name: str, state: Any) -> None:
    if name == "random":
        sys.modules["random"].setstate((state[0], tuple(_unpacked(state[1])), state[2]))
    elif name == "numpy":
        if "numpy" in sys.modules:
            importlib.import_module("numpy.random")
        _numpy().set_state((state[0], _unpacked(state[1]), *state[2:]))
    elif name == "torch":
        torch = sys.modules["torch"]
        torch.set_rng_state(_tensor(torch, state))
    elif name == "torch.cuda":
        torch = sys.modules["torch"]
        torch.cuda.set_rng_state_all([_tensor(torch, one) for one in state])
    elif name == "tensorflow":
        sys.modules["tensorflow"].random.get_global_generator().state.assign(state)
    else:
        raise KeyError(name)


def _numpy() -> Any:
    # The attribute of the package would import it.
    return sys.modules["numpy.random"]


def _tensor(torch: Any, text: str) -> Any:
    return torch.tensor(list(base64.b64decode(text)), dtype=torch.uint8)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _packed(numbers: Any) -> str:
    return _text(struct.pack(f"<{len(numbers)}I", *numbers))


def _unpacked(text: str) -> list[int]:
    raw = base64.b64decode(text)
    return list(struct.unpack(f"<{len(raw) // 4}I", raw))
