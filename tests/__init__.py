"""Tests; the folders mirror src/counterpact."""
