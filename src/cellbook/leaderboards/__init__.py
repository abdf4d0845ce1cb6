"""Leaderboards: what they rank, who qualifies, in which order."""

from cellbook.leaderboards.room import Leaderboards, frozen_at

__all__ = ["Leaderboards", "frozen_at"]
