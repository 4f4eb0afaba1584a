"""Signposts."""

from __future__ import annotations


def find(work, package):
    return ()
