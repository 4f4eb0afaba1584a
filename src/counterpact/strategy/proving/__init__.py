"""Proof by code that shares nothing with the solver's path: certificate, exported leaves, check of penalties."""
