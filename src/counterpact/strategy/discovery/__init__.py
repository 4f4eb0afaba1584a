"""Scenario discovery: in which circumstances does a package fail, in few conditions and plain words."""
