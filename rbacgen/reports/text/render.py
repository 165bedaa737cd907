"""What `render` did, as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rbacgen.analysis.results import ImportResult, RenderResult, WrittenDirectory, totals

if TYPE_CHECKING:
    pass
from rbacgen.model.wording import counted
from rbacgen.reports.text import Style, plain, safe


def report(result: RenderResult, check: bool) -> str:
    """What `render` did to each directory, or with `check` what is not current there."""
    if check:
        return _stale(result)
    width = max((len(each.folder) for each in result.directories), default=0)
    lines = [_written(each, width) for each in result.directories]
    sums = totals(result.directories)
    imported = f", {sums['imported']:,} imported" if result.imports_result is not None else ""
    imported += f" (and {counted(sums['imported_roles'], 'custom role')})" if sums["imported_roles"] else ""
    lines.append(
        f"{counted(sums['assignments'], 'assignment')}: {sums['added']:,} new, {sums['gone']:,} gone{imported}"
    )
    return "\n".join(lines) + "\n"


def imports_result(found: ImportResult | None, style: Style = plain) -> list[str]:
    """What a render has to say of what exists already, a line each: what it cannot take over, and what it could not see."""
    if found is None:
        return []
    lines = [f"{style('note', 'note')}: {safe(note)}" for note in found.notes]
    for each in found.not_imported:
        what = f"{each.environment}: {safe(each.title)} is not imported: {each.why}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {each.remedy}"]
    for missed in found.unread:
        what = f"{safe(missed.scope)}: {missed.part} not read: {safe(missed.why)}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {missed.remedy}"]
    if found.unchanged:
        phrase = counted(found.unchanged, "resource exists", "resources exist")
        lines.append(f"{style('note', 'note')}: {phrase} as an earlier apply left it: nothing to import")
    if found.referring:
        phrase = f"{counted(found.referring, 'assignment')} could not be looked up"
        lines.append(f"{style('note', 'note')}: {phrase}: only Terraform knows what they refer to")
    if found.not_visible:
        phrase = f"{safe(found.source_name)} does not have {counted(found.not_visible, 'resource')} of the project"
        lines.append(f"{style('note', 'note')}: {phrase}: if one exists outside it, an apply fails with a conflict")
    if found.respelled:
        phrase = f"Azure spells {counted(len(found.respelled), 'scope')} in its own way, such as {found.respelled[0]}"
        lines.append(f"{style('note', 'note')}: {phrase}: `rbacgen lock` keeps its spelling")
    return lines


def _written(each: WrittenDirectory, width: int) -> str:
    if each.is_gone:
        return f"{each.folder.ljust(width)}  is no environment any more: apply there once, then delete the folder"
    if each.is_current:
        return f"{each.folder.ljust(width)}  current, {counted(each.assignments, 'assignment')}"
    phrase = [f"wrote {counted(len(each.changed), 'file')}"] if each.changed else []
    phrase += [f"removed {counted(len(each.removed), 'file')}"] if each.removed else []
    return f"{each.folder.ljust(width)}  {', '.join(phrase)}, {counted(each.assignments, 'assignment')}"


def _stale(result: RenderResult) -> str:
    lines = []
    for each in result.directories:
        if each.changed and not each.unchanged and each.added == each.assignments and not each.removed:
            lines.append(f"{each.folder}: is not rendered yet")
            continue
        lines += [f"{each.folder}/{name}: differs from the project" for name in each.changed]
        lines += [f"{each.folder}/{name}: is rendered no more" for name in each.removed]
    if not lines:
        return "the rendered files are current\n"
    sums = totals(result.directories)
    stale = sum(len(each.changed) + len(each.removed) for each in result.directories)
    lines.append(
        f"{counted(stale, 'file')} not current ({sums['added']:,} assignments new, {sums['gone']:,} gone): run `rbacgen render`"
    )
    return "\n".join(lines) + "\n"
