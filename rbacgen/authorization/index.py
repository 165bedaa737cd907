"""The assignments of a state, found by scope, by principal and through groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rbacgen.authorization.permissions import Compiled, compiled
from rbacgen.authorization.request import Facts, Subject
from rbacgen.model.assignment import Activation, Assignment, AzureRole, Key, Principal, PrincipalType, Reason
from rbacgen.model.scope import Scope, ScopeLevel


class AssignmentIndex:
    """The assignments of a state by scope and principal. Built once for all requests; it only remembers what it looked up."""

    __slots__ = ("_ancestors", "_compiled", "_subjects", "_undefined_roles", "by_principal", "by_scope", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.by_scope: dict[str, dict[str, list[Assignment]]] = {}
        self.by_principal: dict[str, list[Assignment]] = {}
        for each in facts.state:
            principal = each.principal.id
            self.by_scope.setdefault(each.scope.folded, {}).setdefault(principal, []).append(each)
            self.by_principal.setdefault(principal, []).append(each)
        self._subjects: dict[str, Subject] = {}
        self._undefined_roles: frozenset[str] | None = None
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._compiled: dict[str, tuple[AzureRole, Compiled]] = {}

    def subject(self, principal: Principal) -> Subject:
        """A principal with the groups that it is known to be in.

        The groups of a group count as complete: a request about a group is about what the group gives to its members.
        """
        known = self._subjects.get(principal.id)
        if known is None:
            through: dict[str, tuple[str, ...]] = {principal.id: ()}
            for path in self.facts.membership.groups_of(principal.id):
                through.setdefault(path[-1], path)
            may_have_more = principal.type is not PrincipalType.GROUP
            known = self._subjects[principal.id] = Subject(principal, through, may_have_more)
        return known

    def subject_of(self, principal_id: str) -> Subject:
        """The subject with this id, which has an assignment or is known to be in a group."""
        known = self._subjects.get(principal_id)
        if known is not None:
            return known
        assigned = self.by_principal.get(principal_id)
        return self.subject(assigned[0].principal if assigned else self.facts.membership.principals[principal_id])

    def principals(self) -> tuple[Principal, ...]:
        """All principals that have an assignment, by id."""
        return tuple(self.by_principal[each][0].principal for each in sorted(self.by_principal))

    def assignments_of(self, subject: Subject) -> Iterator[tuple[Assignment, tuple[str, ...]]]:
        """All assignments of a subject, each with the groups on the way to it."""
        for principal, path in subject.through.items():
            for each in self.by_principal.get(principal, ()):
                yield each, path

    def reasons(self, assignment: Assignment) -> tuple[Reason, ...]:
        """Why the project has an assignment; empty where it is not in the project."""
        if assignment.reasons or self.facts.desired is None:
            return assignment.reasons
        activation = assignment.activation
        if activation is Activation.ACTIVATED:
            activation = Activation.ELIGIBLE
        key = Key(assignment.scope.folded, assignment.role.id, assignment.principal.id, activation)
        found = self.facts.desired.get(key)
        return found.reasons if found is not None else ()

    def role(self, role: AzureRole) -> tuple[AzureRole, Compiled]:
        """The full definition of a role, and its compiled form."""
        found = self._compiled.get(role.id)
        if found is None:
            full = self.facts.role_of(role)
            found = self._compiled[role.id] = (full, compiled(full))
        return found

    def undefined_roles(self) -> frozenset[str]:
        """The ids of the assigned roles without a known definition."""
        if self._undefined_roles is None:
            self._undefined_roles = frozenset(
                each.role.id for each in self.facts.state if is_undefined(self.role(each.role)[0])
            )
        return self._undefined_roles

    def ancestors(self, scope: Scope) -> tuple[str, ...]:
        """The same as `ancestors` for the parents in the facts, remembered."""
        found = self._ancestors.get(scope.folded)
        if found is None:
            found = self._ancestors[scope.folded] = ancestors(scope, self.facts.parents)
        return found

    def assigned_scopes(self, scope: Scope) -> Iterator[str]:
        """The ancestors of a scope, itself first, that have assignments."""
        return (each for each in self.ancestors(scope) if each in self.by_scope)

    def may_contain(self, scope: Scope, target: Scope) -> bool:
        """Whether a management group may contain a scope although the facts do not say so."""
        return (
            not self.facts.knows_management_groups
            and scope.level is ScopeLevel.MANAGEMENT_GROUP
            and target.level is not ScopeLevel.TENANT
            and scope.folded not in self.ancestors(target)
        )


def is_undefined(role: AzureRole) -> bool:
    """Whether a role has no known definition. A few built-in roles grant nothing, and those have a name."""
    return not role.permissions and not role.name


def ancestors(scope: Scope, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The ids, in lower case and nearest first, at which an assignment applies to a scope: its own and those that contain it.

    Some of them are only the beginning of a scope id; nothing is assigned there.
    """
    return ancestor_ids(scope.folded, parents)


def ancestor_ids(folded: str, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The same as `ancestors`, for a scope id in lower case."""
    found: dict[str, None] = {}
    pending = [folded]
    for each in pending:  # grows during the loop
        if each and each not in found:
            found[each] = None
            pending += parents.get(each, ())
            if each.startswith("/"):
                pending.append(each.rpartition("/")[0])
    return (*found, "/") if "/" not in found else tuple(found)
