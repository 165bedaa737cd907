"""The order of steps of `suggest`: from operations, needs of a mapping or an activity log to the roles that cover them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from msgspec import Struct

from rbacgen.authorization import patterns
from rbacgen.authorization import suggest as suggestion
from rbacgen.authorization.catalog import Catalog
from rbacgen.authorization.catalog.operations import Operation
from rbacgen.authorization.excess import GrantPlace, Universe
from rbacgen.authorization.suggest import Advice, NeedSuggestion
from rbacgen.commands import files, load
from rbacgen.model import rules
from rbacgen.model.assignment import AzureRole, Plane
from rbacgen.model.near_names import did_you_mean
from rbacgen.model.problems import InputError, RbacgenError, Severity
from rbacgen.model.scope import ScopeLevel

if TYPE_CHECKING:
    from rbacgen.project.mapping import Need, ScopeKind
    from rbacgen.project.project import Project

STANDARD_INPUT = "-"


class SuggestRequest(Struct, frozen=True):
    """What suggestions are asked for: operations, a capability, a project role, or an activity log (one of them).

    `plane` is that of the operations where it is not to be looked up, `on` a scope kind, a resource type or a level of
    Azure's hierarchy, `caller` whose events of the log count, `custom_role` the name of a custom role to write as well.
    """

    operations: tuple[str, ...] = ()
    plane: Plane | None = None
    on: str | None = None
    capability: str | None = None
    project_role: str | None = None
    activity_log: str | None = None
    caller: str | None = None
    custom_role: str | None = None


class _NeedGroup(Struct, frozen=True):
    """Needs that one set of roles has to cover, and where."""

    needs: tuple[Operation, ...]
    place: GrantPlace | None
    scope_kind: str = ""
    environments: tuple[str, ...] = ()
    activated: bool = False


def suggest(given: str | None, asked: SuggestRequest) -> Advice:
    """The Azure roles that cover what is asked for, best first.

    `given` is the project file. A project is read where needs or a scope kind of it are asked for, or where it is named.
    Raises InputError where its mapping has errors, and RbacgenError where what is asked for is not there or says nothing.
    """
    of_mapping = asked.capability is not None or asked.project_role is not None
    project = None
    own: tuple[AzureRole, ...] = ()
    if of_mapping or given is not None or _is_scope_kind(asked.on):
        project, catalog = _project(given)
        own = tuple(custom.role for custom in project.mapping.custom_roles.values())
    else:
        catalog = load.catalog_here(None)
    remarks: list[str] = []
    if of_mapping:
        assert project is not None
        words, needs = _needs_of(project, asked)
        groups = _grouped(project, needs, asked.on, words)
    else:
        place = _place(asked.on, project) if asked.on is not None else None
        if asked.activity_log is not None:
            words, operations = _logged(asked.activity_log, asked.caller, remarks)
            found = [Operation(each, Plane.CONTROL) for each in operations]
        else:
            words = f"{len(set(asked.operations))} operation{'' if len(set(asked.operations)) == 1 else 's'}"
            found = _typed(asked.operations, asked.plane, catalog, own, remarks)
        groups = [_NeedGroup(tuple(found), place)]
    universe = Universe.of(catalog, (need for group in groups for need in group.needs), own)
    answers = []
    for group in groups:
        found_here = suggestion.suggest(group.needs, catalog, universe, group.place, own)
        custom = None
        if asked.custom_role is not None:
            name = asked.custom_role if len(groups) == 1 else _apart(asked.custom_role, group)
            _check_name(name, catalog)
            custom = suggestion.custom_role(name, found_here, catalog, _subscriptions(project, group.environments))
        answers.append(NeedSuggestion(group.scope_kind, group.environments, group.activated, found_here, custom))
    return Advice(words, tuple(answers), tuple(remarks))


def _check_name(name: str, catalog: Catalog) -> None:
    """Raises RbacgenError where a custom role of this name would be refused, as the rule `custom-role-name` does."""
    taken = catalog.find(name)
    if taken is not None and not taken.custom:
        raise RbacgenError(
            f"`{name}` is the name of an Azure role already ({taken.id})",
            "names of Azure roles are unique without regard to case; give the custom role another name",
        )


def _apart(name: str, group: _NeedGroup) -> str:
    """A name of its own for the custom role of each group: Azure takes a name once."""
    activated = " activated" if group.activated else ""
    return f"{name} {group.scope_kind} {' '.join(group.environments)}{activated}"


def _subscriptions(project: Project | None, environments: tuple[str, ...]) -> tuple[str, ...]:
    if project is None:
        return ()
    return tuple(
        f"/subscriptions/{each.subscription}"
        for each in project.environments
        if each.subscription and (not environments or each.stands_for in environments)
    )


def _project(given: str | None) -> tuple[Project, Catalog]:
    """The project as far as its mapping goes; its members are not needed here."""
    from rbacgen.project import project_loader

    read = load.read_files(given)
    errors = [each for each in rules.sound(read.problems) if each.severity is Severity.ERROR]
    if errors:
        raise InputError(errors)
    return project_loader.build(read.root, read.mapping, read.lock)[0], read.roles


# Where


def _is_scope_kind(on: str | None) -> bool:
    return on is not None and "/" not in on and on not in tuple(ScopeLevel)


def _place(on: str, project: Project | None) -> GrantPlace:
    """The place that `--on` names. Raises RbacgenError where there is none such."""
    from rbacgen.project.mapping_file import ResourceType

    if _is_scope_kind(on):
        assert project is not None
        kind = project.mapping.scope_kinds.get(on)
        if kind is None:
            raise RbacgenError(
                f"the mapping has no scope kind `{on}`{did_you_mean(on, project.mapping.scope_kinds)}",
                f"it has {', '.join(project.mapping.scope_kinds)}; a resource type such as Microsoft.KeyVault/vaults will do too",
            )
        return _place_of(kind)
    if "/" not in on:
        return GrantPlace(ScopeLevel(on), "", on)
    if not re.fullmatch(get_args(ResourceType)[1].pattern, on):
        raise RbacgenError(f"`{on}` is no resource type", "write it as Azure does: Microsoft.KeyVault/vaults")
    return GrantPlace(ScopeLevel.RESOURCE, on, on)


def _place_of(kind: ScopeKind) -> GrantPlace:
    return GrantPlace(kind.level, kind.type if kind.level is ScopeLevel.RESOURCE else "", kind.name)


# What


def _typed(
    given: Iterable[str], plane: Plane | None, catalog: Catalog, own: tuple[AzureRole, ...], remarks: list[str]
) -> list[Operation]:
    """Typed operations, each on its plane: the one that is given, else the one where it is known.

    Raises RbacgenError for what is no operation, and for one that is known on both planes or on none: roles that cover it on
    the wrong plane do not give it.
    """
    universe = Universe.of(catalog, (), own)
    found = []
    for text in dict.fromkeys(each.strip() for each in given):
        patterns.check(text)
        known = {*universe.planes(text), *catalog.operations.planes(text)}
        planes = tuple(each for each in Plane if each in known)
        if plane is None and len(planes) > 1:
            raise RbacgenError(
                f"`{text}` is on both planes: it manages the resource (control) and touches what is in it (data)",
                "say which is meant with `--plane control` or `--plane data`",
            )
        near = [] if planes else [(each, other) for other in Plane for each in catalog.operations.near(text, other, 2)]
        meant = f": did you mean {' or '.join(f'`{each}` ({other})' for each, other in near[:3])}?" if near else ""
        if plane is None and not planes:
            raise RbacgenError(
                f"`{text}` is not in the known list and may be on either plane{meant}",
                "say which is meant with `--plane control` (it manages the resource) or `--plane data` (it touches what is in it)",
            )
        chosen = plane or planes[0]
        found.append(Operation(text, chosen))
        if chosen in planes:
            continue
        if planes:
            remarks.append(f"`{text}` is known on the {planes[0]} plane, not on the {chosen} plane")
            continue
        remarks.append(f"`{text}` is not in the known list{meant}")
    return found


def _logged(given: str, caller: str | None, remarks: list[str]) -> tuple[str, tuple[str, ...]]:
    """The operations of an activity log, and words for it."""
    from rbacgen.commands.open_source import decoded
    from rbacgen.sources import activity_log

    name = "standard input" if given == STANDARD_INPUT else files.shown(Path(given))
    try:
        content = sys.stdin.buffer.read() if given == STANDARD_INPUT else Path(given).read_bytes()
    except (OSError, ValueError) as error:
        why = (isinstance(error, OSError) and error.strerror) or "no such file"
        raise RbacgenError(
            f"the activity log {name} cannot be read: {why.lower()}",
            "write one with `az monitor activity-log list --offset 30d --max-events 10000 -o json > log.json`",
        ) from None
    logged = activity_log.parse(name, decoded(content, name), caller)
    if not logged.operations:
        raise RbacgenError(
            f"every operation in {name} was refused: {', '.join(logged.refused)}",
            "if these are needed, ask for them by name: `rbacgen suggest OPERATION...`",
        )
    whose = "" if caller is None else " of the one caller"
    others = f"; {logged.others:,} of other callers left out" if logged.others else ""
    words = (
        f"{len(logged.operations)} operation{'' if len(logged.operations) == 1 else 's'} that {name} shows{whose} as "
        f"started, accepted or succeeded ({logged.events:,} events read{others})"
    )
    remarks.append(
        "an activity log holds writes, deletes and actions of the control plane: no reads, nothing of the data plane, and "
        "not what Azure checks along on other resources (such as joining a subnet or assigning an identity); add what is "
        "missing by name"
    )
    if logged.events == activity_log.AZ_DEFAULT:
        remarks.append(
            f"{name} holds just {activity_log.AZ_DEFAULT} events, which is where az stops by default: "
            "`--max-events 10000 --offset 30d`"
        )
    if logged.refused:
        remarks.append(f"refused, and so not counted as needed: {', '.join(logged.refused)}")
    return words, logged.operations


def _needs_of(project: Project, asked: SuggestRequest) -> tuple[str, list[Need]]:
    """The needs of a capability or of a project role, and words for where they are from."""
    known = project.mapping
    if asked.capability is not None:
        capability = known.capabilities.get(asked.capability)
        if capability is None:
            raise RbacgenError(
                f"the mapping has no capability `{asked.capability}`{did_you_mean(asked.capability, known.capabilities)}",
                f"it has {', '.join(sorted(known.capabilities))}",
            )
        words, needs = f"the capability `{capability.name}`", list(capability.needs)
    else:
        assert asked.project_role is not None
        role = known.roles.get(asked.project_role)
        if role is None:
            raise RbacgenError(
                f"the mapping has no project role `{asked.project_role}`{did_you_mean(asked.project_role, known.roles)}",
                f"it has {', '.join(known.roles)}",
            )
        takes = {each.name: each for responsibility in role.responsibilities for each in responsibility.takes}
        words, needs = f"the project role {role.title}", [need for each in takes.values() for need in each.needs]
    if not needs:
        raise RbacgenError(
            f"{words} names no operation that it needs",
            "write them under `needs:` of the capability, or ask for operations: `rbacgen suggest OPERATION...`",
        )
    return f"the needs of {words}", needs


def _grouped(project: Project, needs: Iterable[Need], on: str | None, words: str) -> list[_NeedGroup]:
    """The needs by scope kind, and by environments that need the same, active ones apart from those after an activation."""
    kinds = project.mapping.scope_kinds
    gathered: dict[tuple[str, bool], dict[str, set[Operation]]] = {}
    for need in needs:
        for environment in need.environments or project.mapping.environments:
            desired = gathered.setdefault((need.on, need.activated), {}).setdefault(environment, set())
            desired |= {Operation(each, Plane.CONTROL) for each in need.actions}
            desired |= {Operation(each, Plane.DATA) for each in need.data_actions}
    if on is not None:
        place = _place(on, project)
        there = {name for name, kind in kinds.items() if _is_at(kind, place)}
        asked_of = {name for name, _ in gathered}
        gathered = {key: found for key, found in gathered.items() if key[0] in there}
        if not gathered:
            raise RbacgenError(
                f"{words.replace('the needs of ', '')} needs nothing on `{on}`",
                f"it needs something on {', '.join(name for name in kinds if name in asked_of)}",
            )
    order = {name: index for index, name in enumerate(kinds)}
    groups = []
    for (name, activated), by_environment in sorted(gathered.items(), key=lambda item: (order[item[0][0]], item[0][1])):
        for environments, operations in _alike(by_environment, project.mapping.environments):
            groups.append(_NeedGroup(operations, _place_of(kinds[name]), name, environments, activated))
    return groups


def _is_at(kind: ScopeKind, place: GrantPlace) -> bool:
    of_kind = _place_of(kind)
    return kind.name == place.name or (of_kind.level, of_kind.type.lower()) == (place.level, place.type.lower())


def _alike(
    by_environment: Mapping[str, set[Operation]], environments: Iterable[str]
) -> list[tuple[tuple[str, ...], tuple[Operation, ...]]]:
    """Environments that need the same operations together, in the mapping's order."""
    together: dict[frozenset[Operation], list[str]] = {}
    for environment in environments:
        if environment in by_environment:
            together.setdefault(frozenset(by_environment[environment]), []).append(environment)
    return [(tuple(names), tuple(operations)) for operations, names in together.items()]
