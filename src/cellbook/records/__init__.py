"""Frozen records: what the book holds, as plain data.

Records know nothing of stores, kernels or panels.  Each one is a frozen dataclass whose field
names are the very keys of its document in the store: a name is never translated on the way.
"""

from cellbook.records.alarm import (
    UNITS,
    AlarmEvent,
    AlarmReading,
    AlarmRule,
    AlarmState,
    AlarmStep,
)
from cellbook.records.artifact import Artifact
from cellbook.records.base import Record, from_doc, to_doc
from cellbook.records.cell import LOOKING, CellExecution, CellState, Output
from cellbook.records.checkpoint import Checkpoint, CheckpointKind, StoredBytes
from cellbook.records.dashboard import Dashboard, DashboardPanel
from cellbook.records.dataset import (
    OUTPUT,
    PROFILES,
    ROLES,
    DatasetVersion,
    as_role,
    check_alias,
    check_dataset_name,
    check_digest,
    check_labels,
    check_profile,
)
from cellbook.records.delivery import Delivery
from cellbook.records.directions import Direction, direction_of
from cellbook.records.endpoint import Endpoint, ServedArm
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
from cellbook.records.lineage import Lineage, LineageEdge, LineageKind, LineageNode
from cellbook.records.metric import MetricDefinition, MetricRules, Score, as_definition
from cellbook.records.model import (
    LATEST,
    Evidence,
    EvidenceKind,
    ModelEvent,
    ModelEventKind,
    ModelStage,
    ModelVersion,
    Protection,
    RegisteredModel,
    as_model_stage,
    check_model_alias,
    check_model_name,
    check_model_target,
    check_people,
)
from cellbook.records.model_check import ModelCheckRun
from cellbook.records.moment import Milestone, Stage
from cellbook.records.prediction import LabelChunk, PredictionChunk, Reference
from cellbook.records.profile import ColumnProfile, DataProfile
from cellbook.records.reproduction import (
    REPRODUCES,
    WITHIN,
    Difference,
    Reproduction,
    ReproductionVerdict,
)
from cellbook.records.retraining import (
    RETRAINING,
    RETRAINS,
    Retraining,
    RetrainingPlan,
    RetrainingVerdict,
)
from cellbook.records.run import MetricStats, RunRecord, RunState
from cellbook.records.secret_names import without_secrets
from cellbook.records.session import ProcessIdentity, Session, SessionKind, SessionState
from cellbook.records.shaping import read_record
from cellbook.records.slice import Draw, RunSlice
from cellbook.records.subset import PREPARED, SCORED, TESTS, Subset
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
    "LATEST",
    "LOOKING",
    "OUTPUT",
    "PREPARED",
    "PROFILES",
    "REPRODUCES",
    "RETRAINING",
    "RETRAINS",
    "ROLES",
    "SCORED",
    "TESTS",
    "UNITS",
    "WITHIN",
    "AlarmEvent",
    "AlarmReading",
    "AlarmRule",
    "AlarmState",
    "AlarmStep",
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
    "ColumnProfile",
    "Comment",
    "Dashboard",
    "DashboardPanel",
    "DataProfile",
    "DatasetVersion",
    "Delivery",
    "Difference",
    "Direction",
    "Draw",
    "Endpoint",
    "Environment",
    "Evidence",
    "EvidenceKind",
    "Fork",
    "GitState",
    "Json",
    "LabelChunk",
    "Leaderboard",
    "Lineage",
    "LineageEdge",
    "LineageKind",
    "LineageNode",
    "MetricDefinition",
    "MetricRange",
    "MetricRules",
    "MetricStats",
    "Milestone",
    "ModelCheckRun",
    "ModelEvent",
    "ModelEventKind",
    "ModelStage",
    "ModelVersion",
    "Output",
    "PredictionChunk",
    "ProcessIdentity",
    "Protection",
    "Quote",
    "Reaction",
    "Record",
    "Reference",
    "RegisteredModel",
    "Reproduction",
    "ReproductionVerdict",
    "Retraining",
    "RetrainingPlan",
    "RetrainingVerdict",
    "Revision",
    "RunRecord",
    "RunSlice",
    "RunState",
    "Score",
    "Seeds",
    "ServedArm",
    "Session",
    "SessionKind",
    "SessionState",
    "Stage",
    "Standing",
    "StoredBytes",
    "Subset",
    "Thread",
    "ThreadKind",
    "as_definition",
    "as_metric",
    "as_model_stage",
    "as_param",
    "as_role",
    "as_step",
    "as_text",
    "as_timestamp",
    "check_alias",
    "check_context",
    "check_dataset_name",
    "check_digest",
    "check_labels",
    "check_mapping",
    "check_metric_name",
    "check_model_alias",
    "check_model_name",
    "check_model_target",
    "check_name",
    "check_people",
    "check_profile",
    "check_tags",
    "check_unused",
    "direction_of",
    "encodable",
    "from_doc",
    "read_record",
    "to_doc",
    "without_secrets",
]
