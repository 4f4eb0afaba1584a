"""Measures over years: the same problem with a clock, its schedule, its signposts and what to do when one is met."""
