"""Frozen records: what the book holds, as plain data.

Records know nothing of stores, kernels or panels.  Each one is a frozen dataclass whose field
names are the very keys of its document in the store: a name is never translated on the way.
"""

from cellbook.records.artifact import Artifact
from cellbook.records.base import Record, from_doc, to_doc
from cellbook.records.cell import LOOKING, CellExecution, CellState, Output
from cellbook.records.checkpoint import Checkpoint, CheckpointKind, StoredBytes
from cellbook.records.dashboard import Dashboard, DashboardPanel
from cellbook.records.dataset import (
    ROLES,
    DatasetVersion,
    as_role,
    check_dataset_name,
    check_digest,
    check_labels,
)
from cellbook.records.directions import Direction, direction_of
from cellbook.records.environment import Environment, GitState
from cellbook.records.fork import Fork
from cellbook.records.leaderboard import (
    DURATION,
    BoardField,
    BoardRow,
    BoardScore,
    Leaderboard,
    MetricRange,
    Seeds,
    Standing,
    check_unused,
)
from cellbook.records.metric import MetricDefinition, MetricRules, Score, as_definition
from cellbook.records.moment import Milestone, Stage
from cellbook.records.run import MetricStats, RunRecord, RunState
from cellbook.records.secret_names import without_secrets
from cellbook.records.session import ProcessIdentity, Session, SessionKind, SessionState
from cellbook.records.thread import (
    Anchor,
    AnchorKind,
    Author,
    Comment,
    Quote,
    Reaction,
    Revision,
    Thread,
    ThreadKind,
)
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
    "DURATION",
    "LOOKING",
    "ROLES",
    "Anchor",
    "AnchorKind",
    "Artifact",
    "Author",
    "BoardField",
    "BoardRow",
    "BoardScore",
    "CellExecution",
    "CellState",
    "Checkpoint",
    "CheckpointKind",
    "Comment",
    "Dashboard",
    "DashboardPanel",
    "DatasetVersion",
    "Direction",
    "Environment",
    "Fork",
    "GitState",
    "Json",
    "Leaderboard",
    "MetricDefinition",
    "MetricRange",
    "MetricRules",
    "MetricStats",
    "Milestone",
    "Output",
    "ProcessIdentity",
    "Quote",
    "Reaction",
    "Record",
    "Revision",
    "RunRecord",
    "RunState",
    "Score",
    "Seeds",
    "Session",
    "SessionKind",
    "SessionState",
    "Stage",
    "Standing",
    "StoredBytes",
    "Thread",
    "ThreadKind",
    "as_definition",
    "as_metric",
    "as_param",
    "as_role",
    "as_step",
    "as_text",
    "as_timestamp",
    "check_context",
    "check_dataset_name",
    "check_digest",
    "check_labels",
    "check_mapping",
    "check_metric_name",
    "check_name",
    "check_tags",
    "check_unused",
    "direction_of",
    "encodable",
    "from_doc",
    "to_doc",
    "without_secrets",
]
