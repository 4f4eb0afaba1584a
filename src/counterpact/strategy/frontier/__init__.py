"""Exact frontiers of effect against costs: every package that no other beats, within a stated gap."""
