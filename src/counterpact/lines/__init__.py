"""The seven lines of effort, one room each, one contract: `assess(case, picture, record, as_of)`."""
