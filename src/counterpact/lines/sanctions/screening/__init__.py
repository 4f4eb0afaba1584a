"""Screening: is this name, ship or company listed, how sure is that, and why."""
