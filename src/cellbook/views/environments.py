"""What runs ran on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cellbook.records import Environment, RunRecord, from_doc
from cellbook.store import Store
from cellbook.views import formatting


def environment_of(store: Store, record: RunRecord) -> Environment | None:
    """Return what a run ran on: its own environment, or that of its session."""
    environment = record.environment
    if environment is None and record.session is not None:
        session = store.get("sessions", record.session) or {}
        environment = session.get("environment")
    doc = None if environment is None else store.get("environments", environment)
    return None if doc is None else from_doc(Environment, doc)


def environment_facts(environment: Environment) -> dict[str, Any]:
    """Return what is to be told of an environment, packages apart; None where there is nothing."""
    return {name: fact(environment) for name, fact in _FACTS}


def _dirt(environment: Environment) -> str | None:
    git = environment.git
    if git is None:
        return None
    if not git.dirty:
        return "none"
    lines = [line for line in git.patch.splitlines() if line[:1] in "+-" and line]
    changed = [line for line in lines if not line.startswith(("+++ ", "--- "))]
    return f"{len(changed)} lines" if changed else "yes"


_FACTS: tuple[tuple[str, Callable[[Environment], Any]], ...] = (
    ("python", lambda env: f"{env.implementation} {env.python}"),
    ("commit", lambda env: env.git.commit[:12] if env.git else None),
    ("branch", lambda env: env.git.branch or None if env.git else None),
    ("uncommitted changes", _dirt),
    ("host", lambda env: env.hostname or None),
    ("OS", lambda env: env.os or None),
    ("CPU", lambda env: env.cpu or None),
    ("GPU", lambda env: ", ".join(env.gpus) or None),
    ("memory", lambda env: formatting.size(env.memory) if env.memory else None),
)
ENVIRONMENT_FACTS = tuple(name for name, _ in _FACTS)
"""Their names, in the order in which they are shown."""
