"""The consolidated list of the United Nations Security Council."""

from __future__ import annotations

from counterpact.record.formats.un import read_xml as read

__all__ = ["read"]
