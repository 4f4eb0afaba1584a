"""The brief: one JSON object, one self-contained HTML page, one summary for the terminal. No analysis happens here."""
