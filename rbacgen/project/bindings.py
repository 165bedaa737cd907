"""From scope kinds to real scopes: what a project file binds, checked against what a kind can be."""

from __future__ import annotations

import re

from msgspec import Struct, field

from rbacgen.model import rules
from rbacgen.model.problems import Position, Problem
from rbacgen.model.scope import GUID_TEXT, Scope, ScopeLevel, level_of
from rbacgen.project.lock import Lock
from rbacgen.project.mapping import ScopeKind
from rbacgen.project.project import Environment, Project
from rbacgen.project.project_file import Binding

_SUBSCRIPTION = f"/subscriptions/{GUID_TEXT}"
# Without controls and without marks that turn the direction of text or show nothing at all.
_SEGMENT = r"[^/?#%&\\<>*\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+"
_SHAPES = {
    ScopeLevel.TENANT: re.compile(r"/\Z"),
    ScopeLevel.MANAGEMENT_GROUP: re.compile(
        r"/providers/microsoft\.management/managementgroups/[\w.()-]{1,90}\Z", re.I
    ),
    ScopeLevel.SUBSCRIPTION: re.compile(_SUBSCRIPTION + r"\Z", re.I),
    ScopeLevel.RESOURCE_GROUP: re.compile(_SUBSCRIPTION + r"/resourcegroups/[\w.()-]{0,89}[\w()-]\Z", re.I),
    ScopeLevel.RESOURCE: re.compile(
        _SUBSCRIPTION
        + rf"/resourcegroups/[\w.()-]{{1,90}}/providers/{_SEGMENT}(?:/(?!providers/){_SEGMENT}/{_SEGMENT})+\Z",
        re.I,
    ),
}
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
_NAMES = {
    ScopeLevel.MANAGEMENT_GROUP: re.compile(r"[\w.()-]{1,90}\Z"),
    ScopeLevel.RESOURCE_GROUP: re.compile(r"[\w.()-]{0,89}[\w()-]\Z"),
    ScopeLevel.RESOURCE: re.compile(rf"{_SEGMENT}\Z"),
}


class Bindings(Struct):
    """Resolves scope kinds, each once per environment; collects what is wrong and which bindings were of use."""

    project: Project
    problems: list[Problem] = field(default_factory=list)
    used: set[tuple[str, str]] = field(default_factory=set)
    _known: dict[tuple[str, str], Scope | None] = field(default_factory=dict)

    def scope(self, kind_name: str, environment: Environment) -> Scope | None:
        """The scope behind a kind in an environment, or None where it is absent, unbound or wrongly bound.

        A wrong binding is noted once; an unbound kind is for the caller to say, who knows what needs it.
        """
        known = (environment.name, kind_name)
        if known not in self._known:
            self._known[known] = None
            kind = self.project.mapping.scope_kinds.get(kind_name)
            if kind is not None:
                self._known[known] = self._resolve(kind, environment)
        return self._known[known]

    def is_absent(self, kind_name: str, environment: Environment) -> bool:
        """Whether the project says that this kind, or what it lies under, is not there in this environment."""
        kind: ScopeKind | None = self.project.mapping.scope_kinds.get(kind_name)
        while kind is not None:
            if kind.name in environment.without:
                return True
            if kind.name in environment.bindings or kind.under is None or kind.level is ScopeLevel.SUBSCRIPTION:
                return False
            kind = self.project.mapping.scope_kinds.get(kind.under)
        return False

    def unbound(self, kind_name: str, environment: Environment) -> str:
        """The kind that has to be bound for this one to have a scope: itself, or the first unbound one above it."""
        kind = self.project.mapping.scope_kinds[kind_name]
        match environment.bindings.get(kind.name, kind.fixed_name):
            case str() as name:
                is_named = not name.startswith("/")
            case Binding(name=str(), resource_group=None, terraform=None):
                is_named = True
            case _:
                is_named = False
        if not is_named or kind.under is None or kind.under not in self.project.mapping.scope_kinds:
            return kind.name
        if self.scope(kind.under, environment) is not None:
            return kind.name
        return self.unbound(kind.under, environment)

    def _resolve(self, kind: ScopeKind, environment: Environment) -> Scope | None:
        bound = environment.bindings.get(kind.name)
        at = environment.binding_at.get(kind.name, environment.at)
        if bound is not None:
            self.used.add((environment.name, kind.name))
        match bound:
            case None if kind.level is ScopeLevel.TENANT:
                return Scope.of("/")
            case None if kind.level is ScopeLevel.SUBSCRIPTION:
                return self._literal(f"/subscriptions/{environment.subscription}") if environment.subscription else None
            case None if kind.fixed_name is not None:
                return self._named(kind, kind.fixed_name, Binding(), environment, at)
            case None:
                return None
            case str() if bound.startswith("/"):
                return self._whole(kind, bound, at)
            case str():
                return self._named(kind, bound, Binding(), environment, at)
            case Binding(terraform=str() as reference):
                if bound.name or bound.resource_group:
                    self._refuse(at, "give `terraform`, or a name and where it is, not both")
                subscription = (bound.subscription or environment.subscription).lower()
                above = kind.level in (ScopeLevel.TENANT, ScopeLevel.MANAGEMENT_GROUP)
                return Scope(reference, kind.level, "" if above else subscription, reference=True)
            case Binding(name=str() as name):
                return self._named(kind, name, bound, environment, at)
            case Binding() if kind.level is ScopeLevel.SUBSCRIPTION and bound.subscription:
                return self._literal(f"/subscriptions/{bound.subscription.lower()}")
            case Binding():
                self._refuse(at, "give a `name` (with `resource_group` or `subscription`), or `terraform`")
                return None

    def _whole(self, kind: ScopeKind, scope_id: str, at: Position) -> Scope | None:
        trimmed = scope_id.rstrip("/") or "/"
        level = level_of(trimmed)
        if not _SHAPES[level].match(trimmed):
            self._refuse(at, f"`{trimmed}` is not a whole Azure scope id")
            return None
        found = _type_in(trimmed) if level is ScopeLevel.RESOURCE else ""
        if level is not kind.level or found.lower() != kind.type.lower():
            desired = kind.type or str(kind.level).replace("_", " ")
            self._refuse(
                at, f"`{kind.name}` is a {desired}, and this is the id of a {found or str(level).replace('_', ' ')}"
            )
            return None
        return self._literal(_respelled(trimmed, kind.type))

    def _named(
        self, kind: ScopeKind, name: str, binding: Binding, environment: Environment, at: Position
    ) -> Scope | None:
        pattern = _NAMES.get(kind.level)
        if pattern is None:
            expected = (
                "`/`" if kind.level is ScopeLevel.TENANT else "/subscriptions/<id> (or nothing: the environment has it)"
            )
            self._refuse(at, f"`{name}` cannot be the id of a {kind.level}: bind `{kind.name}` to {expected}")
            return None
        if not pattern.match(name):
            self._refuse(at, f"`{name}` cannot be the name of a {kind.type or str(kind.level).replace('_', ' ')}")
            return None
        if kind.level is ScopeLevel.MANAGEMENT_GROUP:
            return self._literal(f"/providers/Microsoft.Management/managementGroups/{name}")
        subscription = (binding.subscription or environment.subscription).lower()
        if not subscription:
            return None
        if kind.level is ScopeLevel.RESOURCE_GROUP:
            if binding.resource_group:
                self._refuse(at, f"`{kind.name}` is a resource group itself: give its `name` without `resource_group`")
                return None
            return self._literal(f"/subscriptions/{subscription}/resourceGroups/{name}")
        if binding.subscription and not binding.resource_group:
            self._refuse(at, f"say in which `resource_group` of that subscription `{name}` lies")
            return None
        above = self.project.mapping.scope_kinds.get(kind.under or "")
        if binding.resource_group and above is not None and above.level is ScopeLevel.RESOURCE:
            self._refuse(
                at, f"`{kind.name}` lies under `{above.name}`, not in a resource group: bind `{above.name}` there"
            )
            return None
        if binding.resource_group:
            group = f"/subscriptions/{subscription}/resourceGroups/{binding.resource_group}"
            if not _SHAPES[ScopeLevel.RESOURCE_GROUP].match(group):
                self._refuse(at, f"`{binding.resource_group}` cannot be the name of a resource group")
                return None
            return self._literal(_below_group(group, kind.type, name))
        parent_kind = self.project.mapping.scope_kinds.get(kind.under or "")
        parent = self.scope(parent_kind.name, environment) if parent_kind else None
        if parent is None or parent_kind is None:
            return None
        if parent.reference:
            message = f"`{parent_kind.name}` is known to Terraform only, so `{kind.name}` needs its own `terraform:` reference"
            self._refuse(at, message)
            return None
        if parent_kind.level is not ScopeLevel.RESOURCE:
            return self._literal(_below_group(parent.id, kind.type, name))
        return self._literal(parent.id + _segments(kind.type[len(parent_kind.type) + 1 :], name))

    def _literal(self, scope_id: str) -> Scope:
        return Scope.of(spelled(scope_id, self.project.lock))

    def _refuse(self, at: Position, message: str) -> None:
        self.problems.append(rules.problem("wrong-binding", at, message))


def is_whole(scope_id: str) -> bool:
    """Whether this is the whole id of a scope that a project can bind: of any level, without a trailing slash."""
    return bool(_SHAPES[level_of(scope_id)].match(scope_id))


def spelled(scope_id: str, lock: Lock) -> str:
    """The scope id in Azure's own spelling: whole from the lock, or part by part as far as the lock knows a parent."""
    known = lock.spelled(scope_id)
    if known != scope_id or not lock.scopes:
        return known
    head = scope_id.rpartition("/")[0]
    while head.count("/") > 1:
        if head.lower() in lock.scopes:
            return lock.scopes[head.lower()] + scope_id[len(head) :]
        head = head.rpartition("/")[0]
    return scope_id


def _respelled(scope_id: str, resource_type: str) -> str:
    """A whole id with the words that are Azure's own as Azure spells them: azurerm replaces on a difference in case.

    https://github.com/hashicorp/terraform-provider-azurerm/issues/24434
    """
    segments = scope_id.split("/")
    words = ("subscriptions", "resourceGroups", "providers", "Microsoft.Management", "managementGroups")
    known = {word.lower(): word for word in words}
    if len(segments) > 2 and segments[1].lower() == "subscriptions":
        segments[2] = segments[2].lower()
        places = {1, 3, 5}
    else:
        places = {1, 2, 3}
    for place in places & set(range(len(segments))):
        segments[place] = known.get(segments[place].lower(), segments[place])
    if resource_type:
        provider, *types = resource_type.split("/")
        segments[6] = provider
        for index, part in enumerate(types):
            segments[7 + 2 * index] = part
    return "/".join(segments)


def _below_group(group_id: str, resource_type: str, name: str) -> str:
    provider, _, types = resource_type.partition("/")
    return f"{group_id}/providers/{provider}{_segments(types, name)}"


def _segments(types: str, name: str) -> str:
    """Type and name pairs below a parent; types between it and the last one have the one instance `default`.

    Azure has it so for blobServices, fileServices and their kind:
    https://learn.microsoft.com/rest/api/storagerp/blob-containers/get
    """
    *between, last = types.split("/")
    return "".join(f"/{part}/default" for part in between) + f"/{last}/{name}"


def _type_in(scope_id: str) -> str:
    """The resource type in a literal resource id."""
    path = scope_id[scope_id.lower().rindex("/providers/") + len("/providers/") :]
    provider, *pairs = path.split("/")
    return "/".join([provider, *pairs[::2]])
