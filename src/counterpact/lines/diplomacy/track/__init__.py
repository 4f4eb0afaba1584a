"""Sealed forecasts and how they came true."""
