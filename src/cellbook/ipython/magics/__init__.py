"""The magics: one feature a file."""

from cellbook.ipython.magics.boards import BoardMagics
from cellbook.ipython.magics.cellbook import StatusMagics
from cellbook.ipython.magics.checkpoints import CheckpointMagics
from cellbook.ipython.magics.comments import CommentMagics
from cellbook.ipython.magics.dashboards import DashboardMagics
from cellbook.ipython.magics.log import LogMagics
from cellbook.ipython.magics.run import RunMagics
from cellbook.ipython.magics.runs import RunsMagics

MAGICS = (
    RunMagics,
    LogMagics,
    RunsMagics,
    BoardMagics,
    DashboardMagics,
    CheckpointMagics,
    CommentMagics,
    StatusMagics,
)
"""The classes of all magics; each takes the extension that it belongs to."""
