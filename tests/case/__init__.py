"""Tests of counterpact.case."""
