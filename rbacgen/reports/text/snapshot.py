"""What `snapshot` read, as text for people."""

from __future__ import annotations

from rbacgen.model.source import Source
from rbacgen.model.wording import counted
from rbacgen.reports.text.diff import unread_lines, wrapped


def report(source: Source, width: int = 80) -> str:
    """What a snapshot holds, and what could not be read."""
    lines = [f"read {counted(len(source.state), 'assignment')} and {counted(len(source.definitions), 'custom role')}"]
    for note in source.notes:
        lines += wrapped(f"note: {note}", width, 0)
    if source.state.coverage.unread:
        lines.append("not read:")
        lines += unread_lines(source.state.coverage.unread, width)
    return "\n".join(lines) + "\n"
