"""Cellbook's tests; a package, so that tests share helpers by ``from tests.room.module import``."""
