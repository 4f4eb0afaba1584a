"""Whom to visit first, and what each state depends on."""
