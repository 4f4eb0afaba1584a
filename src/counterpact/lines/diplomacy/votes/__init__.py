"""Roll calls of the General Assembly as one dense table of states and items."""

from __future__ import annotations

from counterpact.lines.diplomacy.votes.read import read_votes
from counterpact.lines.diplomacy.votes.table import ABSENT, ABSTAIN, BALLOTS, NO, NOT_MEMBER, YES, Item, VoteTable

__all__ = ["ABSENT", "ABSTAIN", "BALLOTS", "NO", "NOT_MEMBER", "YES", "Item", "VoteTable", "read_votes"]
