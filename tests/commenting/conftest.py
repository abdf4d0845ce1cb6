from tests.views.conftest import log, opened

__all__ = ["log", "opened"]
