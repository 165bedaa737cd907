"""The worlds of the bench, each made and served by a process of its own, so that what the stand-in takes counts for nobody.

`python -m tests.bench.worlds WORLD FOLDER GROUPS` says on stdout, in one line of JSON, what it serves; then each line
on stdin is answered with the requests since the last one, by service and by what ARM was asked for. It ends when stdin does.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from rbacgen.authorization import catalog
from tests.fakes import large_world as contest
from tests.fakes.azure import StandIn
from tests.fakes.azure.holding import tenant_of
from tests.fakes.azure.tenant import Assignment

PAGE = 1000
GROUPS = 400  # that want access in each of many subscriptions
LIMIT = 5_000  # assignments of a subscription


def planted(folder: Path, groups: int) -> contest.Contest:
    """The contest, with its eight faults."""
    return contest.contest(folder, groups)


def scaled(folder: Path, groups: int) -> contest.Contest:
    """The contest with every subscription readable, so that all of it is read: 40 wanted assignments a group.

    Where four subscriptions would hold more than Azure lets them, there are more of them, with 400 groups in each.
    """
    if groups > LIMIT // contest.KINDS:
        subscriptions = groups * len(contest.ENVIRONMENTS) // GROUPS
        for number in range(subscriptions - len(contest.ENVIRONMENTS)):
            contest.ENVIRONMENTS[f"more_{number}"] = contest.identifier("subscription", number)
        groups = GROUPS
    made = contest.contest(folder, groups)
    made.tenant.rules.clear()
    made.unread.clear()
    return made


def single(folder: Path, groups: int) -> contest.Contest:
    """One subscription that holds just what is wanted: ten assignments a group."""
    checked = contest.world(folder, groups, {"prod": contest.ENVIRONMENTS["prod"]}).work_out()
    size = len(checked.desired.state)
    return contest.Contest(folder / "rbacgen.yaml", tenant_of(checked), desired=size, actual=size)


def _with_strangers(folder: Path, groups: int, others: int) -> contest.Contest:
    """One subscription in which some of what is wanted is not there, and as many people have access that nobody wants."""
    checked = contest.world(folder, groups, {"prod": contest.ENVIRONMENTS["prod"]}).work_out()
    desired = list(checked.desired.state)
    tenant = tenant_of(checked, without=[each.key for each in desired[:others]])
    made = contest.Contest(folder / "rbacgen.yaml", tenant, desired=len(desired), actual=len(desired))
    for number, each in enumerate(desired[:others]):
        rogue, scope = contest.identifier("rogue", number), each.scope.id
        tenant.principal(rogue, "User", f"rogue-{number}", upn=f"rogue-{number}@contoso.example")
        tenant.assign(scope, contest.READER, rogue)
        made.expected |= {
            ("unmanaged", scope.lower(), contest.READER, rogue),
            ("missing", scope.lower(), each.role.id, each.principal.id),
        }
    return made


def rogue(folder: Path, groups: int) -> contest.Contest:
    """One subscription with one row of a stranger's, whom PIM may have given it."""
    return _with_strangers(folder, groups, 1)


def rogues(folder: Path, groups: int) -> contest.Contest:
    """One subscription with a row each of three strangers'."""
    return _with_strangers(folder, groups, 3)


def unmarked(folder: Path, groups: int) -> contest.Contest:
    """One subscription that holds just what is wanted, all of it made by hand: PIM may keep any of it."""
    made = single(folder, groups)
    for each in made.tenant.assignments.every():
        each.description = None
    return made


WORLDS = {
    "planted": planted,
    "scaled": scaled,
    "single": single,
    "rogue": rogue,
    "rogues": rogues,
    "unmarked": unmarked,
}


def watched(made: contest.Contest, folder: Path) -> None:
    """Writes the same rows as two snapshots of az-rbac-watch 0.10.1: `before.json` without the faults, `after.json` with them.

    The fields are those of its `SnapshotAssignment`, filled as its scan does: without names where the directory or the role
    list has none. What it keeps no field for (conditions, eligibility) is not in there, and neither is a subscription that
    may not be read: its scan logs the refusal and goes on.
    """
    roles, tenant = catalog.load(), made.tenant
    faulty = {(scope, role, principal) for kind, scope, role, principal in made.expected if kind != "altered"}

    def row(each: Assignment) -> dict[str, Any]:
        role = roles.find(each.role)
        principal = tenant.present(each.principal)
        return {
            "id": each.id,
            "scope": each.scope,
            "role_name": role.name if role else None,
            "role_type": "BuiltInRole" if role else None,
            "principal_id": each.principal,
            "principal_type": each.kind,
            "principal_display_name": principal.name if principal else None,
        }

    actual = [each for things in tenant.assignments.values() for each in things]
    before = [row(each) for each in actual if (each.folded, each.role, each.principal) not in faulty]
    after = [row(each) for each in actual if tenant.may_read(each.scope, "assignments")]
    known = {(each.folded, each.role, each.principal) for each in actual}
    for kind, scope, role, principal in sorted(made.expected):
        if kind in ("missing", "altered") and (scope, role, principal) not in known:
            one = Assignment(scope, role, principal, "Group", "before", None, None, None, "", scope)
            before.append(row(one))
    for name, assignments in (("before", before), ("after", after)):
        whole = {
            "version": "1.0",
            "metadata": {"timestamp": "2026-11-23T00:00:00Z", "tenant_id": tenant.id, "tool_version": "0.10.1"},
            "scopes": {
                "subscriptions": [{"id": each.id, "name": each.name} for each in tenant.subscriptions.values()],
                "management_groups": [{"id": "mg-contest", "name": "mg-contest"}],
            },
            "assignments": assignments,
            "role_definitions": [],
        }
        (folder / f"{name}.json").write_text(json.dumps(whole, indent=2), encoding="utf-8")


def faults(made: contest.Contest) -> list[tuple[str, ...]]:
    """The planted faults that are assignments: in words, then kind, scope, role and principal, as they must be found."""
    eligible = {(each.folded, each.role, each.principal) for each in made.tenant.eligibilities.every()}

    def words(kind: str, scope: str, role: str, principal: str) -> str:
        if kind == "altered":
            return "eligible, not standing" if (scope, role, principal) in eligible else "changed condition"
        if kind == "unmanaged":
            return "rogue Owner" if role == contest.OWNER else "unknown role"
        return kind.replace("_", "-")

    return [(words(*each), *each) for each in sorted(made.expected)]


def main() -> None:
    """Makes a world and serves it."""
    name, place, groups = sys.argv[1:]
    folder = Path(place)
    made = WORLDS[name](folder, int(groups))
    watched(made, folder)
    with StandIn(made.tenant, page=PAGE) as azure:
        said = {
            "environment": azure.environment(),
            "desired": made.desired,
            "actual": made.actual,
            "faults": faults(made),
            "unread": sorted(made.unread),
        }
        print(json.dumps(said), flush=True)
        for _ in sys.stdin:
            asked = [each for each in azure.requests if not each.batched]
            azure.requests.clear()
            seen = Counter(each.service for each in asked)
            seen.update(each.path.rpartition("/")[2] for each in asked if each.service == "arm")
            print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
