"""Whose values: the guarantee beside a reply that maximises the adversary's own valuation, harm counted on it."""
