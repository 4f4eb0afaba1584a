"""Gaps between regimes: who stands on one partner's list and not on another's, and since when."""
