"""Data sets, one folder each: `dataset.yml` says what it is, `read.py` reads its native files."""
