"""ATT&CK as STIX: the shared reader does all of it."""

from counterpact.record.formats.stix import read_bundle as read

__all__ = ["read"]
