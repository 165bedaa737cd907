"""What `init --from` wrote, as text for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rbacgen.analysis.bootstrap import FirstProject
from rbacgen.model.wording import counted, joined
from rbacgen.reports.text import safe


def report(start: FirstProject, given: str) -> str:
    """What `init --from` wrote and what it could not express, and how to go on from there."""
    lines = [
        f"wrote rbacgen.yaml, rbacgen.schema.json for editors and {counted(len(start.files) - 1, 'file')} in mapping/: {counted(start.assignments, 'assignment')} of "
        f"{counted(start.principals, 'principal')} in {', '.join(start.environments)}"
    ]
    come = "comes" if start.above == 1 else "come"
    excluded = [f"{start.above:,} that {come} from above the subscriptions"] if start.above else []
    excluded += [f"{start.activated:,} that somebody has activated just now"] if start.activated else []
    lines += [f"left out: {joined(excluded)}"] if excluded else []
    reasons = Counter(each.why for each in start.left_out if not each.is_gone)
    if reasons:
        passed_over = counted(reasons.total(), "assignment")
        unnamed = f", but for {start.unnamed:,} without one" if start.unnamed else ""
        lines.append(f"not in the project, each with an `ignore` entry{unnamed}: {passed_over}")
        lines += [f"  {count:,} \N{MULTIPLICATION SIGN} {safe(why)}" for why, count in sorted(reasons.items())]
    if start.gone:
        lines.append(
            f"not in the project, and without an entry: {counted(start.gone, 'assignment')} whose principals are deleted or in the "
            "directory's bin; `rbacgen diff` names each until it is deleted"
        )
    for project, count in start.managed.items():
        lines.append(
            f"{counted(count, 'assignment')} carried the mark of the project {project}: code manages them already, and "
            "`rbacgen diff` calls the descriptions altered until this project has taken it over"
        )
    lines.append(
        "rename what has a name that the team would not use, then run `rbacgen check`, "
        f"`rbacgen diff{'' if given == 'azure' else f' {safe(given)}'}` and `rbacgen render --existing {safe(given)}`"
    )
    return "\n".join(lines) + "\n"
