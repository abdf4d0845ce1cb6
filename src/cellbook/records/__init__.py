"""Frozen records: what the book holds, as plain data.

Records know nothing of stores, kernels or panels.  Each one is a frozen dataclass whose field
names are the very keys of its document in the store: a name is never translated on the way.
"""

from cellbook.records.artifact import Artifact
from cellbook.records.base import Record, from_doc, to_doc
from cellbook.records.cell import LOOKING, CellExecution, CellState, Output
from cellbook.records.checkpoint import Checkpoint, CheckpointKind, StoredBytes
from cellbook.records.dashboard import Dashboard, DashboardPanel
from cellbook.records.environment import Environment, GitState
from cellbook.records.run import MetricStats, RunRecord, RunState
from cellbook.records.secret_names import without_secrets
from cellbook.records.session import ProcessIdentity, Session, SessionKind, SessionState
from cellbook.records.values import (
    Json,
    as_metric,
    as_param,
    as_step,
    as_text,
    as_timestamp,
    check_context,
    check_mapping,
    check_metric_name,
    check_name,
    check_tags,
    encodable,
)

__all__ = [
    "LOOKING",
    "Artifact",
    "CellExecution",
    "CellState",
    "Checkpoint",
    "CheckpointKind",
    "Dashboard",
    "DashboardPanel",
    "Environment",
    "GitState",
    "Json",
    "MetricStats",
    "Output",
    "ProcessIdentity",
    "Record",
    "RunRecord",
    "RunState",
    "Session",
    "SessionKind",
    "SessionState",
    "StoredBytes",
    "as_metric",
    "as_param",
    "as_step",
    "as_text",
    "as_timestamp",
    "check_context",
    "check_mapping",
    "check_metric_name",
    "check_name",
    "check_tags",
    "encodable",
    "from_doc",
    "to_doc",
    "without_secrets",
]
