"""Results as text for people: short lines, the place first, a summary last."""

from __future__ import annotations

import posixpath
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from rbacgen.analysis.results import ImportResult, RenderResult, RolesSince, WrittenDirectory, totals
from rbacgen.authorization.catalog.diff import change as role_change
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.problems import Problem, Severity
from rbacgen.model.rules import RULES
from rbacgen.model.state import Unread
from rbacgen.project.lock import LockChange, words
from rbacgen.project.lock import changes as lock_changes
from rbacgen.project.lock_resolution import Locked, NotResolved

if TYPE_CHECKING:
    from rbacgen.analysis.bootstrap import FirstProject
    from rbacgen.authorization.catalog.diff import PatternChange, RoleChanges, RoleDefinitionChange
    from rbacgen.model.source import Source
    from rbacgen.reports.check_form import UnreadPart
    from rbacgen.reports.drift_form import At

Style = Callable[[str, str], str]


def plain(text: str, _: str) -> str:
    """The text without any colour."""
    return text


def problem_line(problem: Problem, style: Style = plain) -> str:
    """One problem as `file:line:column: severity: message [rule]`."""
    return f"{safe(str(problem.at))}: {style(problem.severity, problem.severity)}: {safe(problem.message)} [{problem.rule}]"


# What an agent of Azure DevOps takes for a command wherever it stands in a log, and GitHub's runner at the start of a line
# and, in its older form, anywhere: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
_COMMAND = re.compile(r"##(?=\[|vso\[)|(?<!\S)::+")


def safe(text: str) -> str:
    """The text without what would repaint a terminal, turn its direction or command a pipeline: names in files may hold anything."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return _COMMAND.sub(_parted, text) if "##" in text or "::" in text else text


def _parted(found: re.Match[str]) -> str:
    return f"{found.group()} " if found.group() == "##" else " ".join(found.group())


def counted(count: int, word: str, plural: str = "") -> str:
    """`1 error`, `2,000 errors`, `no errors`."""
    return f"{f'{count:,}' if count else 'no'} {word if count == 1 else plural or word + 's'}"


def place(at: At) -> str:
    """`file:line:column`, or the file alone where it is meant as a whole."""
    return f"{at.file}:{at.line}:{at.column}" if at.line else at.file


def rule_list(width: int = 80) -> str:
    """Every rule with its weight, its sentence and its source."""
    parts = []
    for rule in sorted(RULES.values(), key=lambda rule: (list(Severity).index(rule.severity), rule.id)):
        title = f"{rule.id}  ({rule.severity}{', can be switched off' if rule.optional else ''})"
        body = textwrap.wrap(rule.says, width - 4, initial_indent="    ", subsequent_indent="    ")
        parts.append("\n".join([title, *body, f"    {rule.source}"]))
    return "\n".join(parts) + "\n"


def rendered(result: RenderResult, check: bool) -> str:
    """What `render` did to each directory, or with `check` what is not current there."""
    if check:
        return _stale(result)
    width = max((len(each.folder) for each in result.directories), default=0)
    lines = [_written(each, width) for each in result.directories]
    sums = totals(result.directories)
    imported = f", {sums['adopted']:,} adopted" if result.imports_result is not None else ""
    imported += f" (and {counted(sums['adopted_roles'], 'custom role')})" if sums["adopted_roles"] else ""
    lines.append(
        f"{counted(sums['assignments'], 'assignment')}: {sums['added']:,} new, {sums['gone']:,} gone{imported}"
    )
    return "\n".join(lines) + "\n"


def imports_result(found: ImportResult | None, style: Style = plain) -> list[str]:
    """What a render has to say of what lives already, a line each: what it cannot take over, and what it could not see."""
    if found is None:
        return []
    lines = [f"{style('note', 'note')}: {safe(note)}" for note in found.notes]
    for each in found.not_imported:
        what = f"{each.environment}: {safe(each.title)} is not adopted: {each.why}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {each.remedy}"]
    for missed in found.unread:
        what = f"{safe(missed.scope)}: {missed.part} not read: {safe(missed.why)}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {missed.remedy}"]
    if found.standing:
        said = counted(found.standing, "resource lives", "resources live")
        lines.append(f"{style('note', 'note')}: {said} as an earlier apply left it: nothing to import")
    if found.referring:
        said = f"{counted(found.referring, 'assignment')} could not be looked up"
        lines.append(f"{style('note', 'note')}: {said}: only Terraform knows what they refer to")
    if found.not_visible:
        said = (
            f"{safe(found.source_name)} does not hold {counted(found.not_visible, 'resource')} that the project wants"
        )
        lines.append(
            f"{style('note', 'note')}: {said}: what lives outside it all the same, an apply would meet as a conflict"
        )
    if found.respelled:
        said = f"Azure spells {counted(len(found.respelled), 'scope')} in its own way, such as {found.respelled[0]}"
        lines.append(f"{style('note', 'note')}: {said}: `rbacgen lock` keeps its spelling")
    return lines


def imported(start: FirstProject, given: str) -> str:
    """What `init --from` wrote and what it could not say, and how to go on from there."""
    lines = [
        f"wrote rbacgen.yaml, rbacgen.schema.json for editors and {counted(len(start.files) - 1, 'file')} in mapping/: {counted(start.assignments, 'assignment')} of "
        f"{counted(start.principals, 'principal')} in {', '.join(start.environments)}"
    ]
    come = "comes" if start.above == 1 else "come"
    excluded = [f"{start.above:,} that {come} from above the subscriptions"] if start.above else []
    excluded += [f"{start.activated:,} that somebody has activated just now"] if start.activated else []
    lines += [f"left out: {' and '.join(excluded)}"] if excluded else []
    reasons = Counter(each.why for each in start.left_out if not each.is_gone)
    if reasons:
        passed_over = counted(reasons.total(), "assignment")
        unnamed = f", but for {start.unnamed:,} without one" if start.unnamed else ""
        lines.append(f"not taken in, each with an `ignore` entry{unnamed}: {passed_over}")
        lines += [f"  {count:,} \N{MULTIPLICATION SIGN} {safe(why)}" for why, count in sorted(reasons.items())]
    if start.gone:
        lines.append(
            f"not taken in, and without an entry: {counted(start.gone, 'assignment')} whose principals are deleted or in the "
            "directory's bin; `rbacgen diff` names each until it is deleted"
        )
    for project, count in start.managed.items():
        lines.append(
            f"{counted(count, 'assignment')} carried the mark of the project {project}: code manages that already, and "
            "`rbacgen diff` calls the descriptions altered until this project has taken it over"
        )
    lines.append(
        "rename what has a name that nobody would use, then run `rbacgen check`, "
        f"`rbacgen diff{'' if given == 'azure' else f' {safe(given)}'}` and `rbacgen render --existing {safe(given)}`"
    )
    return "\n".join(lines) + "\n"


def partly_read(source: Source, style: Style = plain) -> list[str]:
    """What a source has to say of itself, a line each: notes, and what could not be read."""
    return unread(source.notes, source.state.coverage.unread, style)


def unread(notes: Iterable[str], missing: Iterable[Unread | UnreadPart], style: Style = plain) -> list[str]:
    """Notes of a reading and what it could not read, a line each, with the cure below."""
    lines = [f"{style('note', 'note')}: {safe(note)}" for note in notes]
    for missed in missing:
        what = f"{safe(missed.scope)}: {missed.part} not read: {safe(missed.why)}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {missed.remedy}"]
    return lines


def _written(each: WrittenDirectory, width: int) -> str:
    if each.is_gone:
        return f"{each.folder.ljust(width)}  is no environment any more: apply there once, then delete the folder"
    if each.is_current:
        return f"{each.folder.ljust(width)}  current, {counted(each.assignments, 'assignment')}"
    said = [f"wrote {counted(len(each.changed), 'file')}"] if each.changed else []
    said += [f"removed {counted(len(each.removed), 'file')}"] if each.removed else []
    return f"{each.folder.ljust(width)}  {', '.join(said)}, {counted(each.assignments, 'assignment')}"


def _stale(result: RenderResult) -> str:
    lines = []
    for each in result.directories:
        if each.changed and not each.unchanged and each.added == each.assignments and not each.removed:
            lines.append(f"{each.folder}: is not rendered yet")
            continue
        lines += [f"{each.folder}/{name}: differs from what the project says" for name in each.changed]
        lines += [f"{each.folder}/{name}: is rendered no more" for name in each.removed]
    if not lines:
        return "what stands there is current\n"
    sums = totals(result.directories)
    stale = sum(len(each.changed) + len(each.removed) for each in result.directories)
    lines.append(
        f"{counted(stale, 'file')} not current ({sums['added']:,} assignments new, {sums['gone']:,} gone): run `rbacgen render`"
    )
    return "\n".join(lines) + "\n"


def role(azure_role: AzureRole) -> str:
    """One Azure role with all that it grants."""
    kind = "custom role" if azure_role.custom else "built in"
    flags = [kind, *(["preview"] if azure_role.preview else []), *(["being retired"] if azure_role.deprecated else [])]
    lines = [azure_role.name, f"  {azure_role.id}  ({', '.join(flags)})"]
    if azure_role.former_names:
        lines.append(f"  formerly {', '.join(azure_role.former_names)}")
    if azure_role.assignable_scopes != ("/",):
        lines.append(f"  assignable at {', '.join(azure_role.assignable_scopes)}")
    for permission in azure_role.permissions:
        for title, patterns in (
            ("actions", permission.actions),
            ("not actions", permission.not_actions),
            ("data actions", permission.data_actions),
            ("not data actions", permission.not_data_actions),
        ):
            if patterns:
                lines += [f"  {title}", *(f"    {pattern}" for pattern in patterns)]
        if permission.condition:
            lines += [
                "  under the condition",
                *textwrap.wrap(permission.condition, 80, initial_indent="    ", subsequent_indent="    "),
            ]
    return "\n".join(lines) + "\n"


def roles(found: Iterable[AzureRole]) -> str:
    """A list of Azure roles, one a line."""
    return "".join(f"{each.id}  {each.name}{' (custom)' if each.custom else ''}\n" for each in found)


def role_changes(changes: RoleChanges) -> str:
    """What differs between the shipped catalogue and the roles that Azure was seen to have."""
    return "\n".join(_role_lines(changes) or ["no role differs from the shipped catalogue"]) + "\n"


def roles_since(found: RolesSince) -> str:
    """What became of the Azure roles of an earlier file, and what that file could not tell."""
    changes = found.changes
    lines = _role_lines(changes)
    lines += [""] if lines else []
    gained = sum(bool(each.gained) for each in changes.changed)
    counts = [f"{len(changes.added)} new"] if changes.added or found.is_whole else []
    counts += [f"{len(changes.removed)} gone", f"{len(changes.renamed)} renamed", f"{gained} with more access"]
    counts.append(f"{len(changes.changed) - gained} changed otherwise")
    since = f"since {safe(found.file)} with its {counted(found.roles, 'Azure role')}"
    lines.append(f"{since}: {', '.join(counts)}")
    if not found.is_whole:
        lines.append(f"what was added since is not told: this {found.kind} does not hold all roles")
    return "\n".join(lines) + "\n"


def _role_lines(changes: RoleChanges) -> list[str]:
    lines = [f"new       {safe(each.name)} ({each.id})" for each in changes.added]
    lines += [f"gone      {safe(each.name)} ({each.id})" for each in changes.removed]
    lines += [f"renamed   {safe(each.was.name)} -> {safe(each.role.name)}" for each in changes.renamed]
    for each in changes.changed:
        lines.append(f"changed   {safe(each.role.name)}")
        lines += [f"            {line}" for line in _changed(each)]
    return lines


def _changed(found: RoleDefinitionChange) -> list[str]:
    """What a role gained, then what it lost, a line each, and what else is not as it was."""
    lines = [_pattern("+", each) for each in found.gained] + [_pattern("-", each) for each in found.lost]
    if found.is_regrouped:
        lines.append("the same permissions, divided otherwise: an exclusion takes away only from its own part")
    if found.is_assignable_elsewhere:
        was, now = (", ".join(role.assignable_scopes) for role in (found.was, found.role))
        lines.append(safe(f"assignable at {now}, before at {was}"))
    return lines


def _pattern(sign: str, change: PatternChange) -> str:
    """A permission string that came or went; an exclusion that goes is a gain, and one that comes a loss."""
    said = ["data"] if change.plane is Plane.DATA else []
    said += [("excluded no more" if sign == "+" else "excluded now")] if change.excluded else []
    said += ["under a condition"] if change.condition else []
    return safe(f"{sign} {change.pattern}") + (f" ({', '.join(said)})" if said else "")


def locked(result: Locked) -> str:
    """What `lock` found and did to the lock file, or would do."""
    settled = result.settled
    lines = [
        f"{safe(str(each.named.at))}: {each.kind.replace('_', ' ')}: {safe(each.message)}" for each in settled.findings
    ]
    lines += _not_resolved(settled.not_resolved)
    lines += [safe(note) for note in result.notes]
    lines += [""] if lines else []
    lines += _lock_changes(lock_changes(result.before, settled.lock))
    lines.append(_lock_summary(result))
    return "\n".join(lines) + "\n"


def _lock_changes(changes: tuple[LockChange, ...]) -> list[str]:
    """The changes a line each; members of a group are counted, and an Azure role that is not what it was says how."""
    lines: list[str] = []
    counts = Counter((each.is_new, each.group) for each in changes if each.group)
    for each in changes:
        sign = "+" if each.is_new else "-"
        if each.group:
            count = counts.pop((each.is_new, each.group), 0)  # of all members, at the first one
            of = each.group if each.name == each.group else f"{each.name} {each.group}"
            lines += [f"{sign} {counted(count, 'member')} of the group {of}"] if count else []
        elif each.was is not None and each.role is not None:
            renamed = "" if each.was.name == each.name else f", before {each.was.name}"
            lines.append(f"~ Azure role {each.name} {each.id}{renamed}")
            lines += [f"    {line}" for line in _changed(role_change(each.was, each.role))]
        elif each.kind == "group_name":
            lines.append(f"{sign} the group {each.id} is called {each.name}")
        else:
            kind = "Azure role" if each.kind == "azure_role" else words(each.kind)
            lines.append(f"{sign} {kind} {each.name} {each.id}".rstrip())
    return [safe(line) for line in lines]


def _not_resolved(not_resolved: Iterable[NotResolved]) -> list[str]:
    """What could not be asked for, each reason once with all that it holds for."""
    by_reason: dict[tuple[str, str], list[NotResolved]] = {}
    for each in not_resolved:
        by_reason.setdefault((each.why, each.remedy), []).append(each)
    lines = []
    for (why, remedy), those in by_reason.items():
        lines += [f"{safe(str(each.at))}: not read: {safe(each.what)}" for each in those]
        lines.append(f"  {safe(why)}" + (f": {safe(remedy)}" if remedy else ""))
    return lines


def _lock_summary(result: Locked) -> str:
    settled = result.settled
    actual = [
        counted(len(settled.lock.principals), "principal"),
        counted(len(settled.lock.scopes), "scope"),
        counted(len(settled.lock.azure_roles), "Azure role"),
    ]
    if settled.lock.members:
        as_stood = "" if result.members_asked else " as they stood"
        actual.append(f"the members of {counted(len(settled.lock.members), 'group')}{as_stood}")
    holds = f"{', '.join(actual[:-1])} and {actual[-1]}"
    to_decide = sum(each.is_loud for each in settled.findings)
    rest = [counted(to_decide, "finding") + " to decide"] if to_decide else []
    rest += [f"{len(settled.not_resolved):,} not read"] if settled.not_resolved else []
    if result.is_written:
        said = f"wrote {settled.lock.file}: {holds}"
    elif not result.is_current:
        said = f"{settled.lock.file} is not current: run `rbacgen lock{' --members' if result.members_asked else ''}`"
    elif rest:
        said = f"{settled.lock.file} stays as it is: {holds}"
    else:
        said = f"{settled.lock.file} is current: {holds}"
    return "; ".join([said, *rest])


def from_root(file: str, base: str) -> str:
    """The path of a file from the root of the repository; `base` is the current folder as seen from there."""
    return posixpath.normpath(posixpath.join(base, file.replace("\\", "/")))
