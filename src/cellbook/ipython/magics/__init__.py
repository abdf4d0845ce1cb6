"""The magics: one feature a file."""

from cellbook.ipython.magics.boards import BoardMagics
from cellbook.ipython.magics.cellbook import StatusMagics
from cellbook.ipython.magics.checkpoints import CheckpointMagics
from cellbook.ipython.magics.comments import CommentMagics
from cellbook.ipython.magics.dashboards import DashboardMagics
from cellbook.ipython.magics.data import DataMagics
from cellbook.ipython.magics.lineage import LineageMagics
from cellbook.ipython.magics.log import LogMagics
from cellbook.ipython.magics.models import ModelMagics
from cellbook.ipython.magics.monitoring import MonitorMagics
from cellbook.ipython.magics.reproducing import ReproduceMagics
from cellbook.ipython.magics.retraining import RetrainMagics
from cellbook.ipython.magics.run import RunMagics
from cellbook.ipython.magics.runs import RunsMagics
from cellbook.ipython.magics.serving import ServeMagics
from cellbook.ipython.magics.sharing import SharingMagics
from cellbook.ipython.magics.travelling import ForkMagics

MAGICS = (
    RunMagics,
    LogMagics,
    DataMagics,
    RunsMagics,
    BoardMagics,
    ModelMagics,
    DashboardMagics,
    CheckpointMagics,
    LineageMagics,
    ReproduceMagics,
    RetrainMagics,
    CommentMagics,
    ForkMagics,
    SharingMagics,
    ServeMagics,
    MonitorMagics,
    StatusMagics,
)
"""The classes of all magics; each takes the extension that it belongs to."""
