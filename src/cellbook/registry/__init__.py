"""Models under names, in versions: registered, found by alias, approved, loaded.

Above `packaging`, which knows no book, and `tracking`, whose runs it names.
"""

from cellbook.registry.reading import EVENTS, VERSIONS, Told, flaws, read_models
from cellbook.registry.room import Models
from cellbook.registry.rules import approvals, last_check, only_loads, protection_of, verdicts
from cellbook.registry.unpacked import Unpacked

__all__ = [
    "EVENTS",
    "VERSIONS",
    "Models",
    "Told",
    "Unpacked",
    "approvals",
    "flaws",
    "last_check",
    "only_loads",
    "protection_of",
    "read_models",
    "verdicts",
]
