"""Models behind HTTP: one endpoint, one or more versions, and who is answered by which.

This room serves bundles; what names of models mean, it is told by a *resolver*.
"""

from cellbook.serving.deployments import (
    canary,
    promote,
    read_deployment,
    rollback,
    shadow,
    single,
    split,
    write_deployment,
)
from cellbook.serving.resolving import Factory
from cellbook.serving.scoring import score, score_file
from cellbook.serving.server import Server
from cellbook.serving.settings import Settings

__all__ = [
    "Factory",
    "Server",
    "Settings",
    "canary",
    "promote",
    "read_deployment",
    "rollback",
    "score",
    "score_file",
    "shadow",
    "single",
    "split",
    "write_deployment",
]
