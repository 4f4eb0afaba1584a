"""A case: everything an analysis says. Read from a folder of plain tables, edited by events, written back."""
