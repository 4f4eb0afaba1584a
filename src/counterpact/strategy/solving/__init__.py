"""The engine: replies, packages and their proof on an `Instance`, whatever case it came from."""
