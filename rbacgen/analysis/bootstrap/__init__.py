"""From the access in Azure to a first project, with a mapping of its own, that desires just this access."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from rbacgen.analysis.bootstrap import naming, writer
from rbacgen.analysis.bootstrap.expressible import ExpressibleAssignment, LeftOut, Sorted, sort
from rbacgen.analysis.bootstrap.naming import DraftScopeKind
from rbacgen.authorization.catalog import Catalog
from rbacgen.model.assignment import Activation, AzureRole, Principal, PrincipalType
from rbacgen.model.problems import RbacgenError
from rbacgen.model.scope import Scope
from rbacgen.model.source import Source, SourceKind
from rbacgen.model.wording import joined

_MARK = re.compile(r"\[rbacgen:([a-z0-9-]+)\]")
_TERRAFORM = {SourceKind.TERRAFORM_STATE, SourceKind.TERRAFORM_PLAN, SourceKind.TERRAFORM_FILES}


class DraftGrant(Struct, frozen=True):
    """One grant in the making: an Azure role on a scope kind; `environments` only where it is not the same in all."""

    kind: DraftScopeKind
    role_name: str
    activation: Activation
    condition: str
    ends: date | None
    environments: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """What distinguishes it from any other, as text that also sorts."""
        parts = (self.kind.name, self.role_name, self.activation, self.condition, str(self.ends or ""))
        return "|".join((*parts, *self.environments))

    def __hash__(self) -> int:
        return hash(self.identity)


class DraftRole(Struct, frozen=True):
    """A project role in the making: what it takes, and its members, each in some environments (all if none is named)."""

    name: str
    title: str
    is_workload: bool
    takes: tuple[str, ...]
    members: Mapping[Principal, tuple[str, ...]]


class Draft(Struct, frozen=True):
    """The content of all files. `reach` are the environments in which anybody has an access that is the same in all."""

    name: str
    tenant: str
    environments: Mapping[str, str]
    kinds: tuple[DraftScopeKind, ...]
    customs: Mapping[str, AzureRole]
    capabilities: Mapping[DraftGrant, str]
    reach: Mapping[DraftGrant, tuple[str, ...]]
    project_roles: tuple[DraftRole, ...]
    left_out: tuple[LeftOut, ...]
    eligible_days: int | None
    assumed: frozenset[str]


class FirstProject(Struct, frozen=True):
    """A first project: its files by path, and what became of the assignments that were found.

    `above` counts those that subscriptions inherit, `activated` those that somebody has activated just now; `managed` counts
    those whose description carries the mark of a project, by the project's name.
    """

    files: Mapping[str, str]
    assignments: int
    principals: int
    environments: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    above: int
    activated: int
    managed: Mapping[str, int]

    @property
    def unnamed(self) -> int:
        """How many assignments are neither in the project nor in an `ignore` entry, without those that are `gone`."""
        return sum(each.rule is None and not each.is_gone for each in self.left_out)

    @property
    def gone(self) -> int:
        """How many assignments are of principals that are deleted or in the directory's bin: findings of every comparison."""
        return sum(each.is_gone for each in self.left_out)


def first_project(source: Source, name: str, catalog: Catalog, today: date) -> FirstProject:
    """A project of this name and a mapping of its own that desire what exists in the source, and nothing else.

    What a project cannot express becomes an `ignore` entry with the cause, where that hides nothing else. Raises
    RbacgenError where the source holds nothing that a project can express.
    """
    found = sort(source, catalog, today, with_above=source.kind in _TERRAFORM)
    if not any(row.actual.scope.subscription for row in found.rows):
        raise RbacgenError(
            f"{source.name} holds no assignment that a project could contain",
            "give a source with the assignments of a subscription, its resource groups or its resources",
        )
    plan = _plan(source, name, found)
    return FirstProject(
        files=writer.files(plan),
        assignments=len(found.rows),
        principals=len({row.principal.id for row in found.rows}),
        environments=tuple(plan.environments),
        left_out=found.left_out,
        above=found.above,
        activated=found.activated,
        managed=dict(sorted(Counter(_managers(found.rows)).items())),
    )


def _managers(rows: Iterable[ExpressibleAssignment]) -> Iterator[str]:
    """The project whose mark each of these rows carries, where a comparison looks at it: justifications are PIM's own."""
    for row in rows:
        match = None if row.actual.actual.through_pim else _MARK.search(row.actual.description)
        if match is not None:
            yield match[1]


def _plan(source: Source, name: str, found: Sorted) -> Draft:
    scopes: dict[str, list[Scope]] = {}
    for row in found.rows:
        if row.actual.scope.subscription:
            scopes.setdefault(row.actual.scope.subscription, []).append(row.actual.scope)
    named = naming.environments(scopes)
    first = next(iter(named.values()))  # what is above subscriptions is in no environment, so it goes with the first
    kinds = naming.kinds((named.get(row.actual.scope.subscription, first), row.actual.scope) for row in found.rows)
    kind_at = {(each, scope): kind for kind in kinds for each, scope in kind.scopes.items()}
    order = list(named.values())

    actual: dict[str, dict[str, set[DraftGrant]]] = {}
    people = _people(found.rows)
    for row in found.rows:
        environment = named.get(row.actual.scope.subscription, first)
        kind = kind_at[environment, row.actual.scope]
        access = DraftGrant(kind, row.role_name, row.actual.activation, row.condition, row.ends)
        actual.setdefault(row.principal.id, {}).setdefault(environment, set()).add(access)

    alike: dict[tuple[bool, frozenset[DraftGrant]], dict[Principal, tuple[str, ...]]] = {}
    for principal_id, by_environment in sorted(actual.items()):
        principal = people[principal_id]
        accesses, where = _signature(by_environment, order)
        is_workload = principal.type is PrincipalType.SERVICE_PRINCIPAL
        alike.setdefault((is_workload, accesses), {})[principal] = where

    reach: dict[DraftGrant, set[str]] = {}
    for (_, accesses), members in alike.items():
        for access in accesses:
            for where in members.values():
                reach.setdefault(access, set()).update(where or order)
    capabilities = _capabilities(reach)
    return Draft(
        name=name,
        tenant=source.tenant.lower() if source.tenant else "",
        environments={environment: subscription for subscription, environment in named.items()},
        kinds=kinds,
        customs=found.customs,
        capabilities=capabilities,
        reach={access: tuple(each for each in order if each in where) for access, where in reach.items()},
        project_roles=_project_roles(alike, capabilities, order),
        left_out=found.left_out,
        eligible_days=found.eligible_days,
        assumed=found.assumed,
    )


def _signature(
    by_environment: Mapping[str, set[DraftGrant]], order: list[str]
) -> tuple[frozenset[DraftGrant], tuple[str, ...]]:
    """What a principal has, and the environments to name beside it.

    The same in every environment where it has anything: then it is a member there. Else the grants name environments.
    """
    different = {frozenset(accesses) for accesses in by_environment.values()}
    if len(different) == 1:
        where = tuple(each for each in order if each in by_environment)
        return different.pop(), () if len(where) == len(order) else where
    spread: dict[DraftGrant, list[str]] = {}
    for environment in order:
        for access in by_environment.get(environment, ()):
            spread.setdefault(access, []).append(environment)
    parts = (
        DraftGrant(each.kind, each.role_name, each.activation, each.condition, each.ends, tuple(where))
        for each, where in spread.items()
    )
    return frozenset(parts), ()


def _people(rows: Iterable[ExpressibleAssignment]) -> dict[str, Principal]:
    """The principals by object id, each with a name that no other one of its type has: its own, or with its id."""
    people = {row.principal.id: row.principal for row in rows}
    shown = {}
    for principal_id, principal in people.items():
        name = unicodedata.normalize("NFC", principal.name.strip())
        is_fit = 0 < len(name) <= 1000 and name.isprintable()
        shown[principal_id] = name if is_fit else principal_id
    counted = Counter((people[each].type, name.casefold()) for each, name in shown.items())
    return {
        principal_id: Principal(
            principal_id,
            people[principal_id].type,
            name if counted[people[principal_id].type, name.casefold()] == 1 else f"{name} ({principal_id})",
        )
        for principal_id, name in shown.items()
    }


def _capabilities(accesses: Iterable[DraftGrant]) -> dict[DraftGrant, str]:
    """A name for each: the Azure role and the scope kind, and more where that is not enough."""
    taken: set[str] = set()
    named = {}
    for access in sorted(accesses, key=lambda each: each.identity):
        eligible = "_eligible" if access.activation is Activation.ELIGIBLE else ""
        where = f"_in_{'_'.join(access.environments)}" if access.environments else ""
        plain = f"{naming.word(access.role_name)}_on_{access.kind.name}{where}{eligible}"
        named[access] = naming.identifier(plain, access.identity, taken)
    return named


def _project_roles(
    alike: Mapping[tuple[bool, frozenset[DraftGrant]], Mapping[Principal, tuple[str, ...]]],
    capabilities: Mapping[DraftGrant, str],
    order: list[str],
) -> tuple[DraftRole, ...]:
    """The project roles, people's first, each named after its members or after what it gives."""
    taken = {writer.OWNER}
    project_roles = []
    known = sorted(alike.items(), key=lambda each: (each[0][0], sorted(access.identity for access in each[0][1])))
    for (is_workload, accesses), members in known:
        named = [each.name for each in members if each.type is not PrincipalType.USER and each.id not in each.name]
        given = naming.of_principals(named, order) if len(named) == len(members) else ""
        by_roles = naming.of_roles(access.role_name for access in accesses)
        identity = "||".join(sorted(access.identity for access in accesses))
        name = naming.identifier(given or by_roles, f"{is_workload}|{identity}", taken)
        words = (given or name).replace("_", " ")
        title = words[:1].upper() + words[1:]
        if not given:
            title = joined(sorted({access.role_name for access in accesses})[:3])
        project_roles.append(
            DraftRole(
                name=name,
                title=title[:1000],
                is_workload=is_workload,
                takes=tuple(capabilities[access] for access in sorted(accesses, key=lambda each: each.identity)),
                members=dict(sorted(members.items(), key=lambda each: (each[0].type, each[0].name, each[0].id))),
            )
        )
    return tuple(sorted(project_roles, key=lambda each: (each.is_workload, each.name)))
