"""A first project and its mapping as YAML text, with comments for the person who goes on from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rbacgen.analysis.bootstrap.expressible import LeftOut
from rbacgen.analysis.bootstrap.naming import DraftScopeKind
from rbacgen.model.assignment import Activation, AzureRole, PrincipalType
from rbacgen.model.scope import ScopeLevel
from rbacgen.project.document import comment, scalar
from rbacgen.project.project_file import EDITOR_LINE

if TYPE_CHECKING:
    from rbacgen.analysis.bootstrap import Draft, DraftGrant, DraftRole

OWNER = "identity_owner"
_IGNORED = ("because", "principal", "azure_role", "at", "activation", "condition", "until")
_MEMBER = {
    PrincipalType.USER: "user",
    PrincipalType.GROUP: "group",
    PrincipalType.SERVICE_PRINCIPAL: "service_principal",
}


def files(plan: Draft) -> dict[str, str]:
    """Every file by its path below the project's folder."""
    written = {
        "rbacgen.yaml": _project(plan),
        "mapping/mapping.yaml": _about(plan),
        "mapping/scope_kinds.yaml": _scope_kinds(plan),
    }
    if plan.customs:
        written["mapping/custom_roles.yaml"] = _custom_roles(plan.customs.values())
    by_file: dict[str, list[DraftGrant]] = {}
    for access in plan.capabilities:
        by_file.setdefault(access.kind.type_word, []).append(access)
    for stem, capabilities in by_file.items():
        written[f"mapping/capabilities/{stem}.yaml"] = _capabilities(capabilities, plan)
    for project_role in plan.project_roles:
        folder = "workloads" if project_role.is_workload else "roles"
        written[f"mapping/{folder}/{project_role.name}.yaml"] = _project_role(project_role)
    if any(project_role.is_workload for project_role in plan.project_roles):
        written[f"mapping/roles/{OWNER}.yaml"] = _owner()
    return {path: f"{text.rstrip()}\n" for path, text in sorted(written.items())}


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(scalar(name) for name in names)}]"


# The project file


def _project(plan: Draft) -> str:
    lines = [
        EDITOR_LINE.format("rbacgen.schema.json"),
        f"# The access in {comment(plan.name)}, as it was found. Give environments, project roles and scope kinds better names,",
        "# here and in mapping/. `rbacgen check` validates the files, `rbacgen diff` compares them with Azure.",
        f"project: {scalar(plan.name)}",
        "mapping: ./mapping",
    ]
    lines += [f"tenant: {scalar(plan.tenant)}"] if plan.tenant else []
    if plan.eligible_days is not None:
        why = "eligible access was found without an end" if plan.eligible_days == 0 else "from the day that it is given"
        lines.append(f"pim_eligible_days: {plan.eligible_days}".ljust(32) + f"# {why}")
    if plan.customs:
        lines += [
            "",
            "# Custom roles that exist outside of this project: mapping/custom_roles.yaml has their definitions.",
        ]
        lines += ["existing_roles:"]
        lines += [f"  {scalar(name)}: {scalar(role.id)}" for name, role in plan.customs.items()]
    lines += [
        "",
        "# With a `subscription` under `scopes`, this project manages the whole subscription: all other access in it is drift",
        "# for `rbacgen diff`. Remove the line if other teams work in it too.",
        "environments:",
    ]
    for name, subscription in plan.environments.items():
        lines += [f"  {name}:", f"    subscription: {scalar(subscription)}", *_bindings(plan, name)]
    lines += ["", "# Who holds which role. Put people into groups, and assign project roles to the groups.", "team:"]
    for project_role in plan.project_roles:
        lines.append(f"  {project_role.name}:")
        for member, where in project_role.members.items():
            doubt = "    # or a user: the source does not say which" if member.id in plan.assumed else ""
            lines.append(f"    - {_member(member.type, member.name, member.id, where)}{doubt}")
    if any(project_role.is_workload for project_role in plan.project_roles):
        lines.append(f"  {OWNER}: []".ljust(32) + "# who answers for the identities above?")
    lines += _ignored(plan.left_out)
    return "\n".join(lines)


def _bindings(plan: Draft, environment: str) -> Iterator[str]:
    yield "    scopes:"
    yield f"      subscription: {scalar(f'/subscriptions/{plan.environments[environment]}')}"
    bound = [kind for kind in plan.kinds if environment in kind.scopes and kind.type not in ("subscription", "tenant")]
    for kind in bound:
        scope = kind.scopes[environment]
        named = scope.level in (ScopeLevel.RESOURCE_GROUP, ScopeLevel.MANAGEMENT_GROUP)
        yield f"      {kind.name}: {scalar(scope.id.rpartition('/')[2] if named else scope.id)}"


def _member(type_: PrincipalType, name: str, principal_id: str, environments: Sequence[str]) -> str:
    where = f", in: {_listed(environments)}" if environments else ""
    return f"{{{_MEMBER[type_]}: {scalar(name)}, id: {scalar(principal_id)}{where}}}"


def _ignored(left_out: Iterable[LeftOut]) -> list[str]:
    """The entries, one for each assignment that one can name."""
    named = [(each.actual, each.rule) for each in left_out if each.rule is not None]
    if not named:
        return []
    lines = [
        "",
        "# What was found and what a project cannot express. Correct it in Azure, or keep the entry: `rbacgen diff` ignores this",
        "# one assignment as long as its activation is the same and, where they are given here, its condition and its last day",
        "# (`until`).",
        "ignore:",
    ]
    for actual, rule in named:
        role_name = actual.role.name if rule.azure_role == actual.role.id else ""
        remarks = {"azure_role": f"    # {comment(role_name)}" if role_name else ""}
        given = ((key, str(value)) for key in _IGNORED if (value := getattr(rule, key)) is not None)
        first, *rest = (f"{key}: {scalar(text)}{remarks.get(key, '')}" for key, text in given)
        lines += [f"  - {first}", *(f"    {each}" for each in rest)]
    return lines


# The mapping


def _about(plan: Draft) -> str:
    return "\n".join(
        [
            "# The access of this project, as it was found in Azure.",
            f"title: {scalar(f'Access of {plan.name}')}",
            f"environments: {_listed(plan.environments)}",
        ]
    )


def _scope_kinds(plan: Draft) -> str:
    lines = ["# The scopes of grants; rbacgen.yaml binds each of them in each environment. Rename them there too."]
    lines += ["subscription:", "  says: Subscription of the environment", "  type: subscription"]
    if any("/" in kind.type for kind in plan.kinds):
        lines += ["resource_group:", "  says: Any resource group of the environment", "  type: resource_group"]
        lines += ["  under: subscription"]
    for kind in plan.kinds:
        if kind.type == "subscription":
            continue
        under = "subscription" if kind.type == "resource_group" else "resource_group" if "/" in kind.type else ""
        lines += [f"{kind.name}:", f"  says: {scalar(says(kind))}", f"  type: {scalar(kind.type)}"]
        lines += [f"  under: {under}"] if under else []
    return "\n".join(lines)


def says(kind: DraftScopeKind) -> str:
    """What a scope kind is: its type in words, and the names that it has in the environments."""
    if kind.type == "tenant":
        return "Tenant root"
    names = dict.fromkeys(scope.id.rpartition("/")[2] for scope in kind.scopes.values())
    words = kind.type_word.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]} {', '.join(names)}"[:2000]


def _custom_roles(roles: Iterable[AzureRole]) -> str:
    lines = ["# Custom roles that were found; `existing_roles` in rbacgen.yaml has their ids in Azure."]
    for role in roles:
        described = " ".join(role.description.split())[:512] or "A custom role that was found in Azure."
        lines += [
            f"{scalar(role.name)}:",
            f"  says: {scalar(described)}",
            "  why: Found in Azure. Explain here why no built-in role is enough.",
        ]
        permission = role.permissions[0]
        for name in ("actions", "not_actions", "data_actions", "not_data_actions"):
            patterns = dict.fromkeys(getattr(permission, name))
            lines += [f"  {name}:", *(f"    - {scalar(each)}" for each in patterns)] if patterns else []
    return "\n".join(lines)


def _capabilities(capabilities: Iterable[DraftGrant], plan: Draft) -> str:
    lines = ["# Capabilities, and the Azure roles that grant them."]
    for access in capabilities:
        name = plan.capabilities[access]
        grant = [f"azure_role: {scalar(access.role_name)}", f"on: {access.kind.name}"]
        where = access.environments or plan.reach[access]
        grant += [f"in: {_listed(where)}"] if set(where) != set(plan.environments) else []
        grant += ["activation: eligible"] if access.activation is Activation.ELIGIBLE else []
        grant += [f"ends: {access.ends}"] if access.ends is not None else []
        grant += [f"condition: {scalar(access.condition)}"] if access.condition else []
        first, *rest = grant
        lines += [f"{name}:", f"  says: {scalar(f'{access.role_name} on {access.kind.name}'[:2000])}", "  grants:"]
        lines += [f"    - {first}", *(f"      {each}" for each in rest)]
    return "\n".join(lines)


def _project_role(project_role: DraftRole) -> str:
    members = ", ".join(member.name for member in project_role.members if member.type is not PrincipalType.USER)
    lines = [
        f"# {comment(members[:90] or 'People who have the same access')}",
        "# Rename this file, its first line and its key under `team` in rbacgen.yaml; and describe what the access is for.",
        f"{'workload' if project_role.is_workload else 'project_role'}: {project_role.name}",
        f"title: {scalar(project_role.title)}",
    ]
    lines += [f"owner: {OWNER}"] if project_role.is_workload else []
    lines += [
        "responsibilities:",
        f"  - id: use_{project_role.name}",
        "    does: Access as it was found in Azure",
        "    takes:",
    ]
    lines += [f"      - {name}" for name in project_role.takes]
    return "\n".join(lines)


def _owner() -> str:
    return "\n".join(
        [
            "# Every identity has somebody who answers for it: rename this project role, or name others as `owner`.",
            f"project_role: {OWNER}",
            "title: Identity Owner",
            "responsibilities:",
            "  - id: answer_for_identities",
            "    does: Answer for the identities of the project",
            "    no_access: The identities have the access that their work takes",
        ]
    )
