"""Results as text for people: short lines, the place first, a summary last."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from rbacgen.access_tests import Result
from rbacgen.lock import Change, Locked, Unasked, words
from rbacgen.lock import changes as lock_changes
from rbacgen.model import AzureRole, Plane, Unread
from rbacgen.outcome import Adoption, HeldCheck, Outcome, Rendered, Written, outside, totals
from rbacgen.problems import Problem, Severity
from rbacgen.rules import RULES

if TYPE_CHECKING:
    from rbacgen.access_tests import Trial
    from rbacgen.adoption import Start
    from rbacgen.catalog.changes import PatternChange, RoleChanges
    from rbacgen.source import Source

Style = Callable[[str, str], str]


def plain(text: str, _: str) -> str:
    """The text without any colour."""
    return text


def problem_line(problem: Problem, style: Style = plain) -> str:
    """One problem as `file:line:column: severity: message [rule]`."""
    return f"{safe(str(problem.at))}: {style(problem.severity, problem.severity)}: {safe(problem.message)} [{problem.rule}]"


def safe(text: str) -> str:
    """The text without what would repaint a terminal or turn its direction: names in files may hold anything."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def counted(count: int, word: str, plural: str = "") -> str:
    """`1 error`, `2 errors`, `no errors`."""
    return f"{count or 'no'} {word if count == 1 else plural or word + 's'}"


def checked(outcome: Outcome, notes: bool = False, elsewhere: bool = False, style: Style = plain) -> str:
    """What `check` found, errors and warnings (and notes and access outside Azure if asked for), and a summary."""
    shown = outcome.problems if notes else outcome.of(Severity.ERROR, Severity.WARNING)
    lines = [problem_line(problem, style) for problem in shown]
    lines += [""] if lines else []
    project, state = outcome.project, outcome.desired.state
    if not outcome.count(Severity.ERROR):
        principals = len({each.principal.id for each in state})
        environments = len({each.environment for each in state})
        lines.append(
            f"{project.name}: {len(state):,} assignments for {counted(principals, 'principal')} "
            f"in {counted(environments, 'environment')}"
        )
    if outcome.trials:
        lines.append(tested(outcome.trials, are_held=False))
    hidden = outcome.count(Severity.NOTE)
    counts = ", ".join(counted(outcome.count(severity), severity) for severity in Severity)
    lines.append(counts + (" (--notes shows them)" if hidden and not notes else ""))
    lines += _outside(outcome, elsewhere)
    for rule, count in sorted(outcome.switched_off.items()):
        lines.append(f"switched off: {rule}, {counted(count, 'finding')}: {project.checks_off[rule]}")
    return "\n".join(lines) + "\n"


def tested(trials: Iterable[Trial], are_held: bool) -> str:
    """How access tests went, in a line; on the wanted state (what people have together is told apart) or on what is held."""
    results = Counter(
        "failed where hats of one person meet"
        if each.is_union and each.result is Result.FAILED and not are_held
        else str(each.result)
        for each in trials
    )
    return (
        f"access tests: {', '.join(f'{count:,} {result}' for result, count in sorted(results.items(), reverse=True))}"
    )


def held(found: HeldCheck | None, style: Style = plain) -> str:
    """How the access tests went on what a source holds, and what else is to be said of it; nothing where none was asked."""
    if found is None:
        return ""
    lines = ["", *(problem_line(problem, style) for problem in found.problems)]
    lines += [""] if found.problems else []
    lines.append(
        f"on {safe(found.source)}, {tested(found.trials, are_held=True)}; {counted(len(found.problems), 'finding')}"
    )
    lines += unread(found.notes, found.unread, style)
    return "\n".join(lines) + "\n"


def _outside(outcome: Outcome, listed: bool) -> list[str]:
    """Access that is not Azure's: counted, or listed by project role and responsibility."""
    found = outside(outcome.project)
    if not found:
        return []
    systems = ", ".join(sorted({each.system for each in found}))
    if not listed:
        return [f"outside Azure: {counted(len(found), 'entry', 'entries')} in {systems} (--outside lists them)"]
    lines = ["", "outside Azure, for people to give and to look after:"]
    title = ""
    for each in found:
        if each.title != title:
            title = each.title
            lines.append(f"  {title}")
        lines += textwrap.wrap(
            f"{each.responsibility}, {each.system}: {each.access}",
            80,
            initial_indent="    ",
            subsequent_indent="      ",
        )
    return lines


def rule_list(width: int = 80) -> str:
    """Every rule with its weight, its sentence and its source."""
    parts = []
    for rule in sorted(RULES.values(), key=lambda rule: (list(Severity).index(rule.severity), rule.id)):
        title = f"{rule.id}  ({rule.severity}{', can be switched off' if rule.optional else ''})"
        body = textwrap.wrap(rule.says, width - 4, initial_indent="    ", subsequent_indent="    ")
        parts.append("\n".join([title, *body, f"    {rule.source}"]))
    return "\n".join(parts) + "\n"


def rendered(result: Rendered, check: bool) -> str:
    """What `render` did to each directory, or with `check` what is not current there."""
    if check:
        return _stale(result)
    width = max((len(each.folder) for each in result.directories), default=0)
    lines = [_written(each, width) for each in result.directories]
    sums = totals(result.directories)
    adopted = f", {sums['adopted']:,} adopted" if result.adoption is not None else ""
    adopted += f" (and {counted(sums['adopted_roles'], 'custom role')})" if sums["adopted_roles"] else ""
    lines.append(f"{counted(sums['assignments'], 'assignment')}: {sums['added']:,} new, {sums['gone']:,} gone{adopted}")
    return "\n".join(lines) + "\n"


def adoption(found: Adoption | None, style: Style = plain) -> list[str]:
    """What a render has to say of what lives already, a line each: what it cannot take over, and what it could not see."""
    if found is None:
        return []
    lines = [f"{style('note', 'note')}: {safe(note)}" for note in found.notes]
    for each in found.not_adopted:
        what = f"{each.environment}: {safe(each.title)} is not adopted: {each.why}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {each.cure}"]
    for missed in found.unread:
        what = f"{safe(missed.scope)}: {missed.part} not read: {safe(missed.why)}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {missed.cure}"]
    if found.standing:
        said = counted(found.standing, "resource lives", "resources live")
        lines.append(f"{style('note', 'note')}: {said} as an earlier apply left it: nothing to import")
    if found.referring:
        said = f"{counted(found.referring, 'assignment')} could not be looked up"
        lines.append(f"{style('note', 'note')}: {said}: only Terraform knows what they refer to")
    if found.unseen:
        said = f"{safe(found.source_name)} does not hold {counted(found.unseen, 'resource')} that the project wants"
        lines.append(
            f"{style('note', 'note')}: {said}: what lives outside it all the same, an apply would meet as a conflict"
        )
    if found.respelled:
        said = f"Azure spells {counted(len(found.respelled), 'scope')} in its own way, such as {found.respelled[0]}"
        lines.append(f"{style('note', 'note')}: {said}: `rbacgen lock` keeps its spelling")
    return lines


def adopted(start: Start, given: str) -> str:
    """What `init --from` wrote and what it could not say, and how to go on from there."""
    lines = [
        f"wrote rbacgen.yaml and {len(start.files) - 1} files in mapping/: {counted(start.assignments, 'assignment')} of "
        f"{counted(start.principals, 'principal')} in {', '.join(start.environments)}"
    ]
    aside = [f"{start.above:,} that come from above the subscriptions"] if start.above else []
    aside += [f"{start.activated:,} that somebody has activated just now"] if start.activated else []
    lines += [f"left out: {' and '.join(aside)}"] if aside else []
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


def unread(notes: Iterable[str], missing: Iterable[Unread], style: Style = plain) -> list[str]:
    """Notes of a reading and what it could not read, a line each, with the cure below."""
    lines = [f"{style('note', 'note')}: {safe(note)}" for note in notes]
    for missed in missing:
        what = f"{safe(missed.scope)}: {missed.part} not read: {safe(missed.why)}"
        lines += [f"{style('warning', 'warning')}: {what}", f"  {missed.cure}"]
    return lines


def _written(each: Written, width: int) -> str:
    if each.is_gone:
        return f"{each.folder.ljust(width)}  is no environment any more: apply there once, then delete the folder"
    if each.is_current:
        return f"{each.folder.ljust(width)}  current, {counted(each.assignments, 'assignment')}"
    said = [f"wrote {counted(len(each.changed), 'file')}"] if each.changed else []
    said += [f"removed {counted(len(each.removed), 'file')}"] if each.removed else []
    return f"{each.folder.ljust(width)}  {', '.join(said)}, {counted(each.assignments, 'assignment')}"


def _stale(result: Rendered) -> str:
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
        f"{counted(stale, 'file')} not current ({sums['added']} assignments new, {sums['gone']} gone): run `rbacgen render`"
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
    lines = [f"new       {each.name} ({each.id})" for each in changes.added]
    lines += [f"gone      {each.name} ({each.id})" for each in changes.removed]
    lines += [f"renamed   {each.was.name} -> {each.role.name}" for each in changes.renamed]
    for each in changes.changed:
        lines.append(f"changed   {each.role.name}")
        lines += [f"            {_pattern('+', gained)}" for gained in each.gained]
        lines += [f"            {_pattern('-', lost)}" for lost in each.lost]
    return "\n".join(lines or ["no role differs from the shipped catalogue"]) + "\n"


def _pattern(sign: str, change: PatternChange) -> str:
    where = "" if change.plane is Plane.CONTROL else " (data)"
    return f"{sign} {'not ' if change.excluded else ''}{change.pattern}{where}"


def locked(result: Locked) -> str:
    """What `lock` found and did to the lock file, or would do."""
    settled = result.settled
    lines = [
        f"{safe(str(each.named.at))}: {each.kind.replace('_', ' ')}: {safe(each.message)}" for each in settled.findings
    ]
    lines += _unasked(settled.unasked)
    lines += [safe(note) for note in result.notes]
    lines += [""] if lines else []
    lines += [_lock_change(each) for each in lock_changes(result.before, settled.lock)]
    lines.append(_lock_summary(result))
    return "\n".join(lines) + "\n"


def _lock_change(change: Change) -> str:
    what = f"{words(change.kind)} {change.name} {change.id}".rstrip()
    return f"{'+' if change.is_new else '-'} {safe(what)}"


def _unasked(unasked: Iterable[Unasked]) -> list[str]:
    """What could not be asked for, each reason once with all that it holds for."""
    by_reason: dict[tuple[str, str], list[Unasked]] = {}
    for each in unasked:
        by_reason.setdefault((each.why, each.cure), []).append(each)
    lines = []
    for (why, cure), those in by_reason.items():
        lines += [f"{safe(str(each.at))}: not read: {safe(each.what)}" for each in those]
        lines.append(f"  {safe(why)}" + (f": {safe(cure)}" if cure else ""))
    return lines


def _lock_summary(result: Locked) -> str:
    settled = result.settled
    holds = f"{counted(len(settled.lock.principals), 'principal')} and {counted(len(settled.lock.scopes), 'scope')}"
    to_decide = sum(each.is_loud for each in settled.findings)
    rest = [counted(to_decide, "finding") + " to decide"] if to_decide else []
    rest += [f"{len(settled.unasked)} not read"] if settled.unasked else []
    if result.is_written:
        said = f"wrote {settled.lock.file}: {holds}"
    elif not result.is_current:
        said = f"{settled.lock.file} is not current: run `rbacgen lock`"
    elif rest:
        said = f"{settled.lock.file} stays as it is: {holds}"
    else:
        said = f"{settled.lock.file} is current: {holds}"
    return "; ".join([said, *rest])
