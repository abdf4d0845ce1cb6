"""Leaderboards: what they rank, who qualifies, in which order."""

from cellbook.leaderboards.room import Leaderboards

__all__ = ["Leaderboards"]
