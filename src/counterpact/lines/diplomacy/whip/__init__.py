"""The live whip count: a forecast, the positions that are known, and what they say of all the others at once."""
