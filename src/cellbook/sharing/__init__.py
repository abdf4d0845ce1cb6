"""A run as one file that says what it is, and that another book takes in."""

from cellbook.sharing.describing import describe
from cellbook.sharing.exporting import export_run
from cellbook.sharing.importing import Imported, import_run

__all__ = ["Imported", "describe", "export_run", "import_run"]
