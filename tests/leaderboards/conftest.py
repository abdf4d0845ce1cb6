"""The same book and runs as the views' tests have."""

from tests.views.conftest import log, opened, store

__all__ = ["log", "opened", "store"]
