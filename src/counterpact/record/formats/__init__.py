"""Readers of formats that several data sets share."""
