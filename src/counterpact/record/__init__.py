"""The record: public sources in their native formats, in one local store, every row with its provenance.

`datasets/<name>/` = `dataset.yml` (what it is) + `read.py` (native file → tables). `store` keeps immutable Parquet and
a manifest swapped by atomic rename; `ingest` joins the two; `fetch` gets files from publishers; `bundle` moves a
store to a machine without a network.
"""
